// Changes of a text: the smallest stretch that becomes another.

import type { FileSpan, Span } from "../document/span.ts";

/** A stretch of a YAML document, and what stands there afterwards. */
export interface Change extends Span {
  readonly text: string;
}

/** The same, counted from the beginning of the file. */
export interface FileChange extends FileSpan {
  readonly text: string;
}

/** The text with all changes made; they must not overlap. Changes at the same place are made in their order. */
export function applyChanges(text: string, changes: readonly (Change | FileChange)[]): string {
  let result = "";
  let at = 0;
  for (const change of inOrder(changes)) {
    result += text.slice(at, change.start) + change.text;
    at = change.end;
  }
  return result + text.slice(at);
}

/** The changes by place, those that say the same thing twice only once: an anchored scalar is edited once. */
export function inOrder<Kind extends Change | FileChange>(changes: readonly Kind[]): Kind[] {
  const byPlace = new Map(changes.map((change) => [`${change.start} ${change.end}`, change]));
  return [...byPlace.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}
