// How long an answer is good: by what kind of reference it is for.

import { isDigest } from "../image/digest.ts";

const minute = 60_000;
const hour = 60 * minute;

/** Answers older than this are forgotten. */
export const longestLife = 7 * 24 * hour;

/** Shorter than this, an answer that arrives would be asked for again by the view that it refreshes. */
const shortestFresh = minute / 2;

/**
 * Milliseconds for which an answer is fresh: a day for a digest, which cannot change; twelve hours for a tag that
 * names a full version; else, for tags that move (`latest`, `main`, `1`, `1.2`), the setting.
 * @param minutes the setting `cache.minutes`; 0 keeps nothing.
 */
export function freshFor(reference: string, minutes: number): number {
  const moving = Math.max(minutes * minute, shortestFresh);
  if (minutes === 0) return moving;
  if (isDigest(reference)) return 24 * hour;
  return isFullVersion(reference) ? Math.max(12 * hour, moving) : moving;
}

/** `1.2.3`, `v1.2.3-alpine`, a commit: tags that are not moved by custom. */
function isFullVersion(tag: string): boolean {
  return /^v?\d+\.\d+\.\d+([-+_.].*)?$/.test(tag) || /^([a-z]+-)?[0-9a-f]{40}$/.test(tag);
}
