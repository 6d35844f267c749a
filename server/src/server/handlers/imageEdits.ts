// Pins, updates and unpins images by command: one, a file's, or the workspace's.

import { append } from "../../base/append.ts";
import * as l10n from "@vscode/l10n";
import type { FileChange } from "../../edits/change.ts";
import { editorPolicy } from "../../features/pinActions.ts";
import {
  decidePin,
  pinQuestion,
  type EditVerb,
  type PinDecision,
  type PinPolicy,
} from "../../findings/pinDecision.ts";
import { inFile, type FileOffset } from "../../document/span.ts";
import { editedPlace } from "../../document/writtenImage.ts";
import { pinnedFile, renamedFile, unpinnedFile, updatedFile } from "../../findings/placedEdits.ts";
import type { PlacedState } from "../../findings/reading.ts";
import type { CommandTarget, EditReport } from "../../protocol.ts";
import { distinctKeys, type ManifestKey } from "../../resolver/resolution.ts";
import type { PinStyle } from "../../settings.ts";
import { shownOrNull, shownText } from "../../shownText.ts";
import { positionOf, workspaceEdit, type DocumentChanges, type EditConsent } from "../convert.ts";
import type { TaskProgress } from "../progress.ts";
import type { Session } from "../state/session.ts";
import { targetFiles, targetStates, type TargetFile } from "./targets.ts";

export interface EditRequest {
  readonly verb: EditVerb;
  readonly target: CommandTarget;
  /** Shows the progress of asking, which is over before the user decides about the changes. */
  readonly showing: (work: (progress: TaskProgress) => Promise<void>) => Promise<void>;
}

/** Asks for what is needed, and has the client make the changes; cancelled, all files stay as they are. */
export async function editImages(session: Session, request: EditRequest): Promise<EditReport> {
  const { verb, target, showing } = request;
  // What is not open may have changed on the disk behind everybody's back: edits need today's text.
  await session.files.readAgain(target.uri);
  const keys = verb === "unpin" ? [] : keysFor(session, request);
  await showing((progress) => askForAll(session, keys, progress));
  // Registries took their time, in which other programs may have written.
  if (keys.length > 0) await session.files.readAgain(target.uri);
  const changed: DocumentChanges[] = [];
  const plans: Plan[] = [];
  for (const file of targetFiles(session, target)) {
    const { pin } = await session.settings.for(file.document.uri);
    const plan = planFor(file, request, pin.style);
    plans.push(plan);
    const { document, version } = file;
    const { changes, optional } = plan;
    if (changes.length > 0) changed.push({ document, version, changes, optional });
  }
  const applied = changed.length > 0 && (await apply(session, changed, request));
  return {
    changed: plans.reduce((sum, plan) => sum + plan.count, 0),
    files: changed.length,
    applied,
    failed: plans.flatMap(({ failed }) => failed),
  };
}

/** Asks for many manifests, as many at a time as their registries take. Rejects if it is cancelled. */
export async function askForAll(
  { outside }: Session,
  keys: readonly ManifestKey[],
  { signal, report }: TaskProgress,
): Promise<void> {
  let done = 0;
  await Promise.all(
    keys.map(async (key) => {
      await outside.answers.resolve(key, { signal, priority: "visible" });
      done += 1;
      report(done, keys.length);
    }),
  );
}

/** What must be asked: the tags of what is to be pinned or updated, each once. */
function keysFor(session: Session, { verb, target }: EditRequest): ManifestKey[] {
  const keys = targetFiles(session, target)
    .flatMap((file) => editedStates(file, target))
    .flatMap((placed) => pinQuestion(placed, verb, policyFor(target)) ?? []);
  return distinctKeys(keys);
}

/** In the whole workspace nobody named the file of an entry that may be for other workloads. */
function policyFor({ uri }: CommandTarget): PinPolicy {
  return { ...editorPolicy, takesUnsure: uri !== undefined };
}

/** Of many images those are left alone that a comment says it of; one image by hand is meant. */
function editedStates(file: TargetFile, target: CommandTarget): PlacedState[] {
  const isOne = target.position !== undefined;
  return targetStates(file, target).filter(({ isIgnored }) => isOne || !isIgnored);
}

interface Plan {
  readonly changes: readonly FileChange[];
  /** Changes that the user is asked about: new names of revisions. */
  readonly optional: readonly FileChange[];
  /** Images that are changed. */
  readonly count: number;
  readonly failed: EditReport["failed"];
}

function planFor(file: TargetFile, { verb, target }: EditRequest, style: PinStyle): Plan {
  const changes: FileChange[] = [];
  const renames: FileChange[] = [];
  // Uses that share an anchored scalar are one change, and one failure.
  const scalars = new Set<FileOffset>();
  const failed = new Map<FileOffset, EditReport["failed"][number]>();
  for (const placed of editedStates(file, target)) {
    const decision = decidePin(placed, verb, policyFor(target));
    const edits = changesFor(placed, decision, style);
    const scalar = inFile(editedPlace(placed.state.use), placed.start);
    if (edits === undefined) {
      if (isWanted(decision)) failed.set(scalar, failureOf(placed, file));
      continue;
    }
    scalars.add(scalar);
    append(changes, edits);
    append(renames, renamedFile(placed) ?? []);
  }
  const report = { count: scalars.size, failed: [...failed.values()] };
  // One image by hand: Knative would refuse the change without the new name. Of many the user decides.
  return target.position === undefined
    ? { changes, optional: renames, ...report }
    : { changes: [...changes, ...renames], optional: [], ...report };
}

function changesFor(
  placed: PlacedState,
  decision: PinDecision,
  style: PinStyle,
): readonly FileChange[] | undefined {
  if (decision.kind === "clear") return unpinnedFile(placed);
  if (decision.kind !== "write") return undefined;
  return placed.state.use.reference.kind === "tag"
    ? pinnedFile(placed, decision.digest, style)
    : updatedFile(placed, decision.digest);
}

/** Whether the verb was meant for an image that it could do nothing for. */
function isWanted(decision: PinDecision): boolean {
  if (decision.kind === "ask") return true;
  if (decision.kind !== "impossible") return false;
  return decision.why.kind === "failed" || decision.why.kind === "not-asked";
}

function failureOf(
  { state, place }: PlacedState,
  { document }: TargetFile,
): EditReport["failed"][number] {
  const resolution = state.tag?.resolution;
  const problem = resolution?.status === "failed" ? resolution.error.message : null;
  const image = shownText(state.use.reference.text);
  const position = positionOf(document, place.start);
  return { image, problem: shownOrNull(problem), uri: document.uri, position };
}

async function apply(
  session: Session,
  changed: readonly DocumentChanges[],
  { target, verb }: EditRequest,
): Promise<boolean> {
  const { connection, profile } = session;
  if (!profile.appliesEdits) {
    connection.window.showWarningMessage(
      l10n.t("Nothing was changed: this editor does not let language servers edit files."),
    );
    return false;
  }
  const label = editLabel(verb);
  const consent: EditConsent = {
    label,
    optionalLabel: l10n.t("Rename revisions (otherwise Knative rejects the change)"),
    preview: target.uri === undefined,
  };
  const edit = workspaceEdit(changed, profile, consent);
  const { applied } = await connection.workspace.applyEdit({ label, edit });
  return applied;
}

function editLabel(verb: EditVerb): string {
  switch (verb) {
    case "pin":
      return l10n.t("Pin images");
    case "update":
      return l10n.t("Update pins");
    case "unpin":
      return l10n.t("Unpin images");
  }
}
