// The edit that puts another reference in place of the one that is written.

import type { ImageUse } from "../document/analysis.ts";
import type { Span } from "../document/span.ts";
import type { Change } from "./change.ts";

/** A use and the text of the YAML document it stands in; offsets of the changes count from there. */
export interface EditedUse {
  readonly use: ImageUse;
  readonly text: string;
}

/** Replaces the reference and leaves quotes, comments and anchors as they are. */
export function replaceReference({ scalar }: ImageUse, reference: string): readonly Change[] {
  return scalar.content === undefined
    ? [{ ...scalar.span, text: JSON.stringify(reference) }]
    : [{ ...scalar.content, text: reference }];
}

/**
 * A change of a use's text becomes one of its YAML document: in place, or of the whole scalar where
 * escapes or folds stand in what is replaced.
 * @param change offsets count in the scalar's text.
 */
export function replaceInScalar(edited: EditedUse, change: Change): Change[] {
  const { content, span, text } = edited.use.scalar;
  if (content !== undefined) {
    return [
      { start: content.start + change.start, end: content.start + change.end, text: change.text },
    ];
  }
  const tail = change.end === text.length ? writtenTail(edited, change.start) : undefined;
  if (tail !== undefined) return [{ ...tail, text: change.text }];
  const value = text.slice(0, change.start) + change.text + text.slice(change.end);
  return [{ ...span, text: JSON.stringify(value) }];
}

/**
 * Where the end of a use's text stands, if it is written character for character: what is replaced there begins with a
 * colon, an at sign or `sha256:`, none of which can be the rest of an escape.
 */
function writtenTail({ use, text }: EditedUse, from: number): Span | undefined {
  const { style, span, text: value } = use.scalar;
  if (style === "block") return undefined;
  const end = style === "plain" ? span.end : span.end - 1;
  const tail = value.slice(from);
  return text.slice(end - tail.length, end) === tail
    ? { start: end - tail.length, end }
    : undefined;
}
