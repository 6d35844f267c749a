// The edit that puts another reference in place of the one that is written.

import type { ImageUse } from "../document/analysis.ts";
import type { Change } from "./change.ts";

/** Replaces the reference and leaves quotes, comments and anchors as they are. */
export function replaceReference(use: ImageUse, reference: string): readonly Change[] {
  return replaceInScalar(use, { start: 0, end: use.scalar.text.length, text: reference });
}

/**
 * A change of a use's text becomes one of its YAML document: in place, or of the whole scalar where
 * escapes or folds stand between.
 * @param change offsets count in the scalar's text.
 */
export function replaceInScalar(use: ImageUse, change: Change): Change[] {
  const { content, span, text } = use.scalar;
  if (content !== undefined) {
    return [
      { start: content.start + change.start, end: content.start + change.end, text: change.text },
    ];
  }
  const value = text.slice(0, change.start) + change.text + text.slice(change.end);
  return [{ ...span, text: JSON.stringify(value) }];
}
