// Executes the server's commands: the pin family over one image, a file or the workspace, and questions about it.

import * as l10n from "@vscode/l10n";
import {
  ErrorCodes,
  ResponseError,
  type ExecuteCommandParams,
  type WorkDoneProgressReporter,
} from "vscode-languageserver";
import type { Change } from "../edits/change.ts";
import { resolvedDigest } from "../findings/imageState.ts";
import {
  pinnedAndRenamed,
  pinnedFile,
  unpinnedFile,
  updatedFile,
} from "../findings/placedEdits.ts";
import type { PlacedState } from "../findings/reading.ts";
import { keyText, type ManifestKey } from "../resolver/resolution.ts";
import { serverCommands } from "./commandNames.ts";
import { workspaceEdit, type DocumentChanges } from "./convert.ts";
import { imagesReport, skipListReport } from "./reports.ts";
import type { Session } from "./session.ts";
import { targetFiles, targetStates, type CommandTarget } from "./targets.ts";

type EditVerb = "pin" | "update" | "unpin";

/** What a pin command did, for the client to tell. */
export interface EditReport {
  readonly changed: number;
  readonly failed: readonly string[];
}

export async function onExecuteCommand(
  session: Session,
  params: ExecuteCommandParams,
  progress: WorkDoneProgressReporter,
  signal: AbortSignal,
): Promise<unknown> {
  const target = readTarget(params.arguments?.[0]);
  const edit = (verb: EditVerb): Promise<EditReport> =>
    editImages(session, { verb, target, progress, signal });
  switch (params.command) {
    case serverCommands.pin:
      return edit("pin");
    case serverCommands.update:
      return edit("update");
    case serverCommands.unpin:
      return edit("unpin");
    case serverCommands.refresh:
      refresh(session, target);
      return undefined;
    case serverCommands.clearCache:
      session.details.clear();
      await session.outside.answers.clear();
      return undefined;
    case serverCommands.platforms:
      return showPlatforms(session, target, signal);
    case serverCommands.skipList:
      return skipListReport(session, target.uri ?? "");
    case serverCommands.images:
      return imagesReport(session);
    default:
      throw new ResponseError(ErrorCodes.InvalidParams, `Unknown command ${params.command}`);
  }
}

function readTarget(raw: unknown): CommandTarget {
  return typeof raw === "object" && raw !== null ? raw : {};
}

interface EditRequest {
  readonly verb: EditVerb;
  readonly target: CommandTarget;
  readonly progress: WorkDoneProgressReporter;
  readonly signal: AbortSignal;
}

async function editImages(session: Session, request: EditRequest): Promise<EditReport> {
  const { verb, target } = request;
  if (verb !== "unpin") await askFor(session, request);
  const changed: DocumentChanges[] = [];
  const failed: string[] = [];
  let count = 0;
  for (const file of targetFiles(session, target)) {
    const states = targetStates(file, target);
    const edits = states.flatMap((placed) => {
      const changes = changesFor(session, placed, request);
      if (changes === undefined && isWanted(placed, verb)) {
        failed.push(placed.state.use.reference.text);
      }
      return changes ?? [];
    });
    if (edits.length === 0) continue;
    count += states.length;
    changed.push({ document: file.document, version: file.version, changes: edits });
  }
  if (changed.length > 0) await apply(session, changed, request);
  return { changed: count, failed };
}

/** Asks for everything the edit needs, most of it in one go; cancelling leaves all files as they are. */
async function askFor(session: Session, { verb, target, progress, signal }: EditRequest) {
  const keys = new Map<string, ManifestKey>();
  for (const file of targetFiles(session, target)) {
    for (const { state } of targetStates(file, target)) {
      const wanted = state.use.reference.kind === "tag" ? verb === "pin" : verb === "update";
      if (wanted && state.tag !== undefined) keys.set(keyText(state.tag.key), state.tag.key);
    }
  }
  if (keys.size === 0) return;
  progress.begin(l10n.t("Asking registries"), 0, undefined, true);
  let done = 0;
  try {
    await Promise.all(
      [...keys.values()].map(async (key) => {
        await session.outside.answers.resolve(key, { signal, priority: "visible" });
        done += 1;
        progress.report(Math.round((100 * done) / keys.size), `${done} / ${keys.size}`);
      }),
    );
  } finally {
    progress.done();
  }
}

function changesFor(
  session: Session,
  placed: PlacedState,
  { verb, target }: EditRequest,
): readonly Change[] | undefined {
  const { state } = placed;
  const { style } = session.settings.known(target.uri).pin;
  const isTag = state.use.reference.kind === "tag";
  if (verb === "unpin") return isTag ? undefined : unpinnedFile(placed);
  const digest = resolvedDigest(state.tag);
  if (digest === undefined) return undefined;
  if (verb === "pin") {
    if (!isTag) return undefined;
    // One image by hand: the revision's name goes along, since Knative would refuse the change without.
    return target.position === undefined
      ? pinnedFile(placed, digest, style)
      : pinnedAndRenamed(placed, digest, style);
  }
  const drifted = state.drift.kind === "moved" || state.drift.kind === "single-platform";
  return drifted ? updatedFile(placed, digest) : undefined;
}

function isWanted({ state }: PlacedState, verb: EditVerb): boolean {
  if (state.tag === undefined || verb === "unpin") return false;
  const isTag = state.use.reference.kind === "tag";
  return isTag === (verb === "pin") && resolvedDigest(state.tag) === undefined;
}

async function apply(
  session: Session,
  changes: readonly DocumentChanges[],
  { target, verb }: EditRequest,
): Promise<void> {
  const titles: Readonly<Record<EditVerb, string>> = {
    pin: l10n.t("Pin images"),
    update: l10n.t("Update pins"),
    unpin: l10n.t("Unpin images"),
  };
  const label = titles[verb];
  const confirm = target.uri === undefined ? label : undefined;
  await session.connection.workspace.applyEdit({
    label,
    edit: workspaceEdit(changes, session.profile, confirm),
  });
}

function refresh(session: Session, target: CommandTarget): void {
  const keys = targetFiles(session, target)
    .flatMap((file) => targetStates(file, target))
    .flatMap(({ state }) => [state.tag?.key, state.pin?.key])
    .filter((key) => key !== undefined);
  session.outside.answers.refresh(keys);
  session.prefetcher.again();
  session.refresher.changed();
}

async function showPlatforms(
  session: Session,
  target: CommandTarget,
  signal: AbortSignal,
): Promise<void> {
  const placed = targetFiles(session, target).flatMap((file) => targetStates(file, target))[0];
  if (placed?.state.tag !== undefined) await session.details.ask(placed.state.tag.key, signal);
}
