// Answers hovers: what is known at once, what a registry says within a moment.

import * as l10n from "@vscode/l10n";
import type { Hover, HoverParams } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { configHover } from "../../features/configHover.ts";
import { imageHover } from "../../features/hover.ts";
import { namedSecretHover } from "../../features/namedSecrets.ts";
import { pullSecretHover, type SecretUser } from "../../features/pullSecretHover.ts";
import { signInCommand } from "../../features/signInCommand.ts";
import { link, type Piece } from "../../features/markdown.ts";
import type { Finding } from "../../findings/finding.ts";
import { deniedRegistry, newDigest, type ImageState } from "../../findings/imageState.ts";
import { writableDigest } from "../../findings/pinDecision.ts";
import type { FileOffset } from "../../document/span.ts";
import {
  fileFindings,
  isAt,
  stateAt,
  type FileReading,
  type PlacedState,
} from "../../findings/reading.ts";
import type { Resolution } from "../../resolver/resolution.ts";
import { waitAtMost, waitForAnswers } from "../state/waitForAnswers.ts";
import { offsetOf, positionOf, rangeOf } from "../convert.ts";
import { templateAt } from "./definitionHandler.ts";
import { hoverFacts, markup } from "./hoverFacts.ts";
import { waitForTags } from "./missingTags.ts";
import { pullSecrets } from "../state/pullSecrets.ts";
import { openReading, prefetchCluster, type Session } from "../state/session.ts";

/** A hover waits this long for a registry, then says that it is being asked. */
const timeoutMs = 1000;
/** A failure older than this is looked up again on hover, to show whether it still holds. */
const failedAgainMs = 5000;

export async function onHover(
  session: Session,
  params: HoverParams,
  signal: AbortSignal,
): Promise<Hover | null> {
  const before = await openReading(session, params.textDocument.uri);
  if (before === undefined) return null;
  const offset = offsetOf(before.document, params.position);
  const asked = stateAt(before.reading, offset);
  if (asked === undefined) return settingHover(session, before, offset);
  prefetchCluster(session);
  const { pin, tag } = asked.state;
  const retryAfterMs = failedAgainMs;
  await waitForAnswers(session, [pin, tag], {
    timeoutMs,
    priority: "hover",
    signal,
    retryAfterMs,
  });
  await waitForMore(session, { uri: params.textDocument.uri, offset, signal });
  // The answers arrived in the meantime: what is read now knows them.
  const found = await openReading(session, params.textDocument.uri);
  const placed = found === undefined ? undefined : stateAt(found.reading, offset);
  if (found === undefined || placed === undefined) return null;
  // Somebody types: the offset means another place by now.
  if (found.reading.text !== before.reading.text) return null;
  const { isOwnClient } = session.profile;
  const blocks = imageHover({
    ...hoverFacts(session, placed.state, found.settings),
    template: templateAt(session.index.facts(), params.textDocument.uri, placed.place.start),
    said: isOwnClient ? findingsAt(found.reading, placed) : [],
    links: isOwnClient ? links(session, found.document, placed) : [],
  });
  return {
    contents: markup(session, blocks),
    // The value alone: other extensions answer for its key.
    range: rangeOf(found.document, placed.place),
  };
}

/** What is nice to know is waited for this long. */
const briefTimeoutMs = 400;

/**
 * Reads more about the image under the mouse: its platforms and age where that is not a pull, and the
 * repository's tags where its own is missing.
 */
async function waitForMore(
  session: Session,
  {
    uri,
    offset,
    signal,
  }: { readonly uri: string; readonly offset: FileOffset; readonly signal: AbortSignal },
): Promise<void> {
  const found = await openReading(session, uri);
  const placed = found === undefined ? undefined : stateAt(found.reading, offset);
  if (placed === undefined) return;
  const { state } = placed;
  const { answers } = session.outside;
  const answer = state.pin ?? state.tag;
  const isUnknown = answer !== undefined && answers.peekDetails(answer.key) === undefined;
  if (isUnknown && answer.resolution.status === "resolved") {
    await waitAtMost(session, answers.prefetchDetails(answer.key), briefTimeoutMs);
  }
  await waitForTags(session, [state], { timeoutMs: briefTimeoutMs, signal });
}

/** A setting of `config-deployment` explains itself. */
function settingHover(
  session: Session,
  { document, reading }: { readonly document: TextDocument; readonly reading: FileReading },
  offset: FileOffset,
): Hover | null {
  const showsFindings = session.profile.isOwnClient;
  const setting =
    configHover(reading, offset, { showsFindings }) ??
    pullSecretHover(reading, offset, () => secretUsers(session)) ??
    namedSecretHover(reading, offset, () => pullSecrets(session));
  if (setting === undefined) return null;
  return { contents: markup(session, setting.blocks), range: rangeOf(document, setting.span) };
}

/** The workspace's images with tags: what Knative needs a pull secret for. */
function secretUsers({ index }: Session): SecretUser[] {
  return index
    .files()
    .flatMap(({ analysis }) => analysis.parts)
    .flatMap(({ document }) => document.images)
    .flatMap(({ reference, resource: { namespace } }) =>
      reference.kind === "tag" ? [{ reference, namespace }] : [],
    );
}

/** The findings of the place, which VS Code shows in the same popup. */
function findingsAt(reading: FileReading, placed: PlacedState): Finding[] {
  return fileFindings(reading)
    .filter(({ span }) => isAt(placed, span))
    .map(({ finding }) => finding);
}

/** The commands for what is under the mouse, as links: our own client runs exactly these. */
function links(session: Session, document: TextDocument, placed: PlacedState): Piece[] {
  const { state, place } = placed;
  const position = positionOf(document, place.start);
  const at = { uri: document.uri, position };
  // What these find out is shown here: the popup opens again with it.
  const again = { ...at, showsHover: true };
  const command = (title: string, name: string, argument: unknown): Piece =>
    link(title, `command:${name}?${encodeURIComponent(JSON.stringify([argument]))}`);
  const isTag = state.use.reference.kind === "tag";
  const digest = state.pin?.key.reference ?? writableDigest(state.tag, true)?.digest;
  const drifted = newDigest(state.drift) !== undefined;
  const pieces: Piece[] = [];
  if (isTag && digest !== undefined) {
    pieces.push(command(l10n.t("Pin"), "knativeDigest.pinImage", at));
  }
  if (drifted) pieces.push(command(l10n.t("Update"), "knativeDigest.updateImage", at));
  if (digest !== undefined) {
    pieces.push(command(l10n.t("Copy digest"), "knativeDigest.copyDigest", { digest }));
  }
  if (canShowPlatforms(session, state)) {
    pieces.push(command(l10n.t("Show platforms"), "knativeDigest.showPlatforms", again));
  }
  const denied = deniedRegistry(state);
  const line = denied === undefined ? undefined : signInCommand(denied);
  if (line !== undefined) {
    pieces.push(command(l10n.t("Sign in"), "knativeDigest.dockerLogin", { line }));
  }
  if (canFindTag(session, state)) {
    pieces.push(command(l10n.t("Find tag"), "knativeDigest.findTag", again));
  }
  if ([state.tag, state.pin].some((answer) => answer && mayBeAsked(answer.resolution))) {
    pieces.push(command(l10n.t("Refresh"), "knativeDigest.refresh", again));
  }
  return pieces;
}

/** A digest without a tag, of which no tag is known. */
function canFindTag({ outside }: Session, { pin, tag }: ImageState): boolean {
  if (pin?.resolution.status !== "resolved" || tag !== undefined) return false;
  return outside.answers.tagsOf(pin.key).length === 0;
}

function mayBeAsked(resolution: Resolution): boolean {
  if (resolution.status !== "not-asked") return true;
  return resolution.reason === "on-demand" || resolution.reason === "not-yet";
}

/** Its manifest says more than is shown, and can be read. */
function canShowPlatforms({ outside }: Session, { pin, tag }: ImageState): boolean {
  const answer = pin ?? tag;
  if (answer?.resolution.status !== "resolved") return false;
  return outside.answers.peekDetails(answer.key) === undefined;
}
