// Gathers what a hover and a hint's tooltip say, and puts it into the form that the client reads.

import type { MarkupContent } from "vscode-languageserver";
import { MarkupKind } from "../lspLibrary.ts";
import type { HoverFacts } from "../../features/imageFacts.ts";
import { toMarkdown, toPlainText, type Block } from "../../features/markdown.ts";
import { nearestKnownTag } from "./missingTags.ts";
import { buildTime } from "../../findings/buildTime.ts";
import type { ImageState } from "../../findings/imageState.ts";
import type { Settings } from "../../settings.ts";
import type { Session } from "../state/session.ts";

/** Everything but what only a hover has. */
export function hoverFacts(
  session: Session,
  state: ImageState,
  settings: Settings,
): Omit<HoverFacts, "said" | "links"> {
  const { outside } = session;
  const key = state.pin?.key ?? state.tag?.key;
  const known = key === undefined ? undefined : outside.answers.peekDetails(key);
  return {
    state,
    details: known,
    created: buildTime(known?.created, outside.clock.now()),
    nearestTag: nearestKnownTag(outside.answers, state),
    tagsOfDigest: state.pin === undefined || state.tag ? [] : outside.answers.tagsOf(state.pin.key),
    now: outside.clock.now(),
    knativeVersion: settings.knativeVersion,
  };
}

/** Blocks in the form that the client reads. */
export function markup(
  { profile }: Pick<Session, "profile">,
  blocks: readonly Block[],
): MarkupContent {
  return profile.markdown
    ? { kind: MarkupKind.Markdown, value: toMarkdown(blocks) }
    : { kind: MarkupKind.PlainText, value: toPlainText(blocks) };
}
