// Changes of a text: the smallest stretch that becomes another.

/** A stretch of a text, in UTF-16 units, and what stands there afterwards. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all changes made; they must not overlap. Changes at the same place are made in their order. */
export function applyChanges(text: string, changes: readonly Change[]): string {
  let result = "";
  let at = 0;
  for (const change of inOrder(changes)) {
    result += text.slice(at, change.start) + change.text;
    at = change.end;
  }
  return result + text.slice(at);
}

/** The changes by place, those that say the same thing twice only once: an anchored scalar is edited once. */
export function inOrder(changes: readonly Change[]): Change[] {
  const byPlace = new Map(changes.map((change) => [`${change.start} ${change.end}`, change]));
  return [...byPlace.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

export function shiftChange(change: Change, by: number): Change {
  return { ...change, start: change.start + by, end: change.end + by };
}
