// The tag of a repository that was most likely meant by one that is not there.

import { versionOrder } from "./tagOrder.ts";

/** A longer tag is a commit or a build: one that is nearly the same is not a typo of it. */
const longestTag = 40;

/**
 * Finds the tag nearest to one that does not exist: with or without a leading `v`, in other letters' case, or with a
 * few characters typed wrongly. Of equally near ones the newest version wins.
 * @param tags the repository's tags
 * @returns undefined if none is near
 */
export function nearestTag(wanted: string, tags: readonly string[]): string | undefined {
  if (wanted === "" || wanted.length > longestTag) return undefined;
  const most = Math.max(1, Math.floor(wanted.length / 3));
  const near = tags.flatMap((tag) => {
    if (tag === wanted || Math.abs(tag.length - wanted.length) > most + 1) return [];
    const cost = costOf(wanted, tag);
    return cost <= most ? [{ tag, cost }] : [];
  });
  const byVersion = versionOrder();
  return near.sort((a, b) => a.cost - b.cost || byVersion(a.tag, b.tag))[0]?.tag;
}

/** Less than one typed character: a reader sees the same tag. */
const sameToReaders = 0.25;
/** A key that was hit twice is the likeliest typo. */
const doubled = 0.5;

function costOf(wanted: string, tag: string): number {
  const [a, b] = [bare(wanted), bare(tag)];
  if (a === b) return sameToReaders;
  return withoutDoubles(wanted, tag) ? doubled : distance(a, b);
}

/** Without what readers pass over: case, and the `v` before a version. */
function bare(tag: string): string {
  return tag.toLowerCase().replace(/^v(?=\d)/, "");
}

/** Whether one character of `wanted` stands there twice and makes the whole difference. */
function withoutDoubles(wanted: string, tag: string): boolean {
  if (wanted.length !== tag.length + 1) return false;
  let at = 0;
  while (at < tag.length && wanted[at] === tag[at]) at += 1;
  return at > 0 && wanted[at] === wanted[at - 1] && wanted.slice(at + 1) === tag.slice(at);
}

/** How many characters must be added, removed, changed or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const best = Math.min(changed, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(isSwapped ? Math.min(best, (before[j - 2] ?? 0) + 1) : best);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
