// Answers inlay hints for a range, from what is known.

import type { InlayHint, InlayHintParams, MarkupContent } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { PullSecretSource } from "../../document/analysis.ts";
import { touches, type FileOffset, type FileSpan } from "../../document/span.ts";
import { imageHint } from "../../features/hints.ts";
import { imageHover } from "../../features/hover.ts";
import { namedSecretHints } from "../../features/namedSecrets.ts";
import { pinActions } from "../../features/pinActions.ts";
import {
  isAt,
  onePerPlace,
  placedStatesAround,
  stateAt,
  type FileReading,
  type PlacedState,
} from "../../findings/reading.ts";
import type { Settings } from "../../settings.ts";
import { waitBriefly } from "../state/waitForAnswers.ts";
import { fileSpanOf, positionOf, textEdits } from "../convert.ts";
import { hoverFacts, markup } from "./hoverFacts.ts";
import { pullSecrets } from "../state/pullSecrets.ts";
import { openReading, type Session } from "../state/session.ts";

interface HintData {
  readonly uri: string;
  readonly version: number;
  readonly offset: FileOffset;
}

export async function onInlayHints(
  session: Session,
  params: InlayHintParams,
  signal: AbortSignal,
): Promise<InlayHint[]> {
  const { uri } = params.textDocument;
  const first = await openReading(session, uri);
  if (first === undefined) return [];
  const span = fileSpanOf(first.document, params.range);
  session.prefetcher.seen(uri, span);
  session.recovery.changed();
  if (!first.settings.inlayHints.enabled) return [];
  if (!session.profile.refreshesHints) {
    const inView = placedStatesAround(first.reading, span).filter((placed) => isAt(placed, span));
    await waitBriefly(session, { ...first, states: inView.map(({ state }) => state) }, signal);
  }
  const found = await openReading(session, uri);
  if (found === undefined) return [];
  return [...hintsIn(session, found, span), ...secretHints(session, found, span)];
}

interface Found {
  readonly document: TextDocument;
  readonly reading: FileReading;
  readonly settings: Settings;
}

function hintsIn(session: Session, found: Found, span: FileSpan): InlayHint[] {
  const { document, reading, settings } = found;
  return onePerPlace(placedStatesAround(reading, span)).flatMap((placed): InlayHint[] => {
    const hint = imageHint(placed, settings.inlayHints.digestLength);
    if (hint === undefined) return [];
    if (hint.at < span.start || hint.at > span.end) return [];
    const gap = hint.isApart ? { paddingLeft: true } : {};
    const bare: InlayHint = { position: positionOf(document, hint.at), label: hint.label, ...gap };
    const { start: offset } = placed.place;
    const data: HintData = { uri: document.uri, version: document.version, offset };
    const edits = hintEdits(placed, found);
    // The edit comes at once and only the tooltip later: VS Code takes a resolve request that a passing mouse has
    // cancelled for its answer, and then a double click would do nothing.
    return session.profile.resolvesHints
      ? [{ ...bare, ...edits, data }]
      : [{ ...bare, ...edits, tooltip: tooltipOf(session, placed, settings) }];
  });
}

/** Behind the names of pull secrets in sight: what Knative does with each. */
function secretHints(session: Session, found: Found, span: FileSpan): InlayHint[] {
  let known: readonly PullSecretSource[] | undefined;
  const secrets = (): readonly PullSecretSource[] => (known ??= pullSecrets(session));
  return found.reading.parts
    .filter((part) => touches(part, span))
    .flatMap((part) => namedSecretHints(part, secrets))
    .filter(({ at }) => at >= span.start && at <= span.end)
    .map(({ label, at }) => ({
      position: positionOf(found.document, at),
      label,
      paddingLeft: true,
    }));
}

export async function onInlayHintResolve(session: Session, hint: InlayHint): Promise<InlayHint> {
  const data = hint.data as HintData | undefined;
  if (data === undefined) return hint;
  const found = await openReading(session, data.uri);
  // The hint belongs to a text that is gone: another image may stand there now.
  if (found === undefined || found.document.version !== data.version) return hint;
  const placed = stateAt(found.reading, data.offset);
  if (placed === undefined) return hint;
  return { ...hint, tooltip: tooltipOf(session, placed, found.settings) };
}

function tooltipOf(session: Session, { state }: PlacedState, settings: Settings): MarkupContent {
  const facts = hoverFacts(session, state, settings);
  return markup(session, imageHover({ ...facts, said: [], links: [] }));
}

/** The edit that a double click makes: exactly what pinning does. */
function hintEdits(
  placed: PlacedState,
  { document, settings }: Omit<Found, "reading">,
): Pick<InlayHint, "textEdits"> {
  const action = pinActions(placed, settings.pin.style).find(({ isPreferred }) => isPreferred);
  return action?.changes === undefined ? {} : { textEdits: textEdits(document, action.changes) };
}
