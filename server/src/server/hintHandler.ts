// Answers inlay hints for a range, from what is known.

import type { InlayHint, InlayHintParams } from "vscode-languageserver";
import { imageHint } from "../features/hints.ts";
import { imageHover } from "../features/hover.ts";
import { pinActions } from "../features/pinActions.ts";
import { placedStates, stateAt, type PlacedState } from "../findings/reading.ts";
import type { Settings } from "../settings.ts";
import { textEdits } from "./convert.ts";
import { markup } from "./hoverHandler.ts";
import { openReading, type Session } from "./session.ts";
import type { TextDocument } from "vscode-languageserver-textdocument";

interface HintData {
  readonly uri: string;
  readonly version: number;
  readonly offset: number;
}

export async function onInlayHints(
  session: Session,
  params: InlayHintParams,
): Promise<InlayHint[]> {
  const found = await openReading(session, params.textDocument.uri);
  if (found === undefined) return [];
  const { document, reading, settings } = found;
  const span = {
    start: document.offsetAt(params.range.start),
    end: document.offsetAt(params.range.end),
  };
  session.prefetcher.seen(document.uri, span);
  if (!settings.inlayHints.enabled) return [];
  return placedStates(reading).flatMap((placed) => {
    const hint = imageHint(placed, settings.inlayHints.digestLength);
    if (hint === undefined) return [];
    const at = hint.at + placed.start;
    if (at < span.start || at > span.end) return [];
    const offset = placed.state.use.place.start + placed.start;
    const bare: InlayHint = { position: document.positionAt(at), label: hint.label };
    const data: HintData = { uri: document.uri, version: document.version, offset };
    // The edit comes at once and only the tooltip later: VS Code takes a resolve request that a
    // passing mouse has cancelled for its answer, and then a double click would do nothing.
    return [
      session.profile.resolvesHints
        ? { ...bare, data, ...hintEdits(placed, { document, settings }) }
        : { ...bare, ...hintExtras(session, placed, { document, settings }) },
    ];
  });
}

export async function onInlayHintResolve(session: Session, hint: InlayHint): Promise<InlayHint> {
  const data = hint.data as HintData | undefined;
  if (data === undefined) return hint;
  const found = await openReading(session, data.uri);
  // The hint belongs to a text that is gone: its edit would change other bytes.
  if (found === undefined || found.document.version !== data.version) return hint;
  const placed = stateAt(found.reading, data.offset);
  return placed === undefined ? hint : { ...hint, ...hintExtras(session, placed, found) };
}

/** The tooltip, and the edit that a double click makes: exactly what pinning does. */
function hintExtras(
  session: Session,
  placed: PlacedState,
  context: { readonly document: TextDocument; readonly settings: Settings },
): Pick<InlayHint, "tooltip" | "textEdits"> {
  const { state } = placed;
  const tooltip = markup(
    session,
    imageHover({
      state,
      details: state.tag === undefined ? undefined : session.details.peek(state.tag.key),
      now: session.outside.clock.now(),
      knativeVersion: context.settings.knativeVersion,
      links: [],
    }),
  );
  return { tooltip, ...hintEdits(placed, context) };
}

function hintEdits(
  placed: PlacedState,
  { document, settings }: { readonly document: TextDocument; readonly settings: Settings },
): Pick<InlayHint, "textEdits"> {
  const action = pinActions(placed, settings.pin.style).find(
    ({ verb, isPreferred }) => isPreferred && verb !== "unpin",
  );
  return action?.changes === undefined ? {} : { textEdits: textEdits(document, action.changes) };
}
