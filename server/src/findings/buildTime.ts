// When an image was built, unless its date is made up for reproducible builds.

/** 2013-03-01, before docker's first release: build tools write such dates so that builds can be repeated. */
const firstImages = 1_362_096_000_000;
/** Clocks of two machines differ by less than this. */
const dayMs = 86_400_000;

/**
 * The time in milliseconds since 1970; undefined if the image names none, or one that is made up.
 * @param created as the image says it (ISO 8601).
 */
export function buildTime(created: string | undefined, now: number): number | undefined {
  // eslint-disable-next-line no-restricted-globals -- reads a text, and no clock
  const time = Date.parse(created ?? "");
  return time > firstImages && time - now < dayMs ? time : undefined;
}
