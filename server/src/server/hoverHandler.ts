// Answers hovers: what is known at once, what a registry says within a moment.

import * as l10n from "@vscode/l10n";
import { MarkupKind, type Hover, type HoverParams } from "vscode-languageserver";
import { configHover } from "../features/configHover.ts";
import { imageHover } from "../features/hover.ts";
import { link, toMarkdown, toPlainText, type Block, type Piece } from "../features/markdown.ts";
import { isIndexMediaType, resolvedDigest, type ImageState } from "../findings/imageState.ts";
import { stateAt } from "../findings/reading.ts";
import type { ManifestKey, Resolution } from "../resolver/resolution.ts";
import { serverCommands } from "./commandNames.ts";
import { rangeOf } from "./convert.ts";
import { openReading, type Session } from "./session.ts";

/** A hover waits this long for a registry, then says that it is being asked. */
const patienceMs = 1500;

export async function onHover(
  session: Session,
  params: HoverParams,
  signal: AbortSignal,
): Promise<Hover | null> {
  const before = await openReading(session, params.textDocument.uri);
  if (before === undefined) return null;
  const offset = before.document.offsetAt(params.position);
  const asked = stateAt(before.reading, offset);
  if (asked === undefined) {
    const setting = configHover(before.reading, offset);
    if (setting === undefined) return null;
    return {
      contents: markup(session, setting.blocks),
      range: rangeOf(before.document, setting.span),
    };
  }
  await waitForAnswers(session, asked.state, signal);
  // The answers arrived in the meantime: what is read now knows them.
  const found = stateAt(session.store.reading(before.document) ?? before.reading, offset) ?? asked;
  const { state, start } = found;
  const blocks = imageHover({
    state,
    details: state.tag === undefined ? undefined : session.details.peek(state.tag.key),
    now: session.outside.clock.now(),
    knativeVersion: before.settings.knativeVersion,
    links: session.profile.commandLinks ? links(session, params, state) : [],
  });
  return {
    contents: markup(session, blocks),
    range: rangeOf(before.document, state.use.place, start),
  };
}

/** Blocks in the form that the client reads. */
export function markup(
  { profile }: Pick<Session, "profile">,
  blocks: readonly Block[],
): { kind: MarkupKind; value: string } {
  return profile.markdown
    ? { kind: MarkupKind.Markdown, value: toMarkdown(blocks) }
    : { kind: MarkupKind.PlainText, value: toPlainText(blocks) };
}

async function waitForAnswers(
  { outside }: Session,
  state: ImageState,
  signal: AbortSignal,
): Promise<void> {
  const unknown = [state.pin, state.tag].filter(
    (answer) => answer !== undefined && isOpen(answer.resolution.status),
  );
  if (unknown.length === 0) return;
  const { answers, clock } = outside;
  let cancel = (): void => undefined;
  const patience = new Promise<void>((resolve) => {
    cancel = clock.schedule(patienceMs, resolve);
  });
  const resolved = unknown.map((answer) =>
    answer === undefined
      ? Promise.resolve()
      : answers.resolve(answer.key, { signal, priority: "hover" }),
  );
  try {
    await Promise.race([patience, Promise.all(resolved)]);
  } finally {
    cancel();
  }
}

function isOpen(status: Resolution["status"]): boolean {
  return status === "pending" || status === "not-asked";
}

function links(session: Session, params: HoverParams, state: ImageState): Piece[] {
  const { uri } = params.textDocument;
  const at = { uri, position: params.position };
  const command = (title: string, name: string, argument: unknown): Piece =>
    link(title, `command:${name}?${encodeURIComponent(JSON.stringify([argument]))}`);
  const digest = state.pin?.key.reference ?? resolvedDigest(state.tag);
  const isTag = state.use.reference.kind === "tag";
  const drifted = state.drift.kind === "moved" || state.drift.kind === "single-platform";
  const pieces: Piece[] = [];
  if (isTag && digest !== undefined) {
    pieces.push(command(l10n.t("Pin"), serverCommands.pin, at));
  }
  if (drifted) pieces.push(command(l10n.t("Update"), serverCommands.update, at));
  if (digest !== undefined) {
    pieces.push(command(l10n.t("Copy digest"), "knativeDigest.copyDigestText", { digest }));
  }
  if (canShowPlatforms(session, state.tag?.key, state)) {
    pieces.push(command(l10n.t("Show platforms"), "knativeDigest.showPlatforms", at));
  }
  if (
    [state.tag, state.pin].some((answer) => answer !== undefined && mayBeAsked(answer.resolution))
  ) {
    pieces.push(command(l10n.t("Refresh"), serverCommands.refresh, at));
  }
  return pieces;
}

function mayBeAsked(resolution: Resolution): boolean {
  if (resolution.status !== "not-asked") return true;
  return resolution.reason === "on-demand" || resolution.reason === "not-yet";
}

function canShowPlatforms(
  session: Session,
  key: ManifestKey | undefined,
  state: ImageState,
): boolean {
  if (key === undefined || state.tag?.resolution.status !== "resolved") return false;
  return (
    session.details.peek(key) === undefined && isIndexMediaType(state.tag.resolution.mediaType)
  );
}
