// Parses `Retry-After`, and other times that servers write.

const longest = 3_600_000;

/**
 * Milliseconds to wait, from `Retry-After` (seconds or an HTTP date), at most an hour.
 * @param now milliseconds since 1970.
 * @param otherwise what to wait where the header is missing or cannot be read.
 */
export function retryAfter(value: string | undefined, now: number, otherwise: number): number {
  const text = value?.trim() ?? "";
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text) * 1000, longest);
  const at = parseTime(text);
  return at === undefined ? otherwise : Math.min(Math.max(at - now, 0), longest);
}

/** Milliseconds since 1970 of an HTTP date or an RFC 3339 time; undefined if the text is neither. */
export function parseTime(text: string): number | undefined {
  if (!/^[A-Za-z]{3}, |^\d{4}-\d{2}-\d{2}T/.test(text) || text.length > 64) return undefined;
  // eslint-disable-next-line no-restricted-globals -- reads text; not the clock.
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
