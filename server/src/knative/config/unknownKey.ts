// Keys of `config-deployment` that Knative never reads, and the key that was meant.

import { configKeys, findConfigKey, isReadBy, type ConfigKey } from "./configKeys.ts";
import { newestKnownVersion } from "./versionProfile.ts";

/** Why Knative does not read a key: it ignores unknown keys silently. */
export type UnknownKeyCause =
  /** No release ever read it. */
  | "never-read"
  /** A later release reads it. */
  | "too-new"
  /** An earlier release read it. */
  | "removed";

export interface UnknownKey {
  readonly cause: UnknownKeyCause;
  /** The key that was most likely meant, or the one itself if only the release is wrong; undefined if unknown. */
  readonly meant: ConfigKey | undefined;
}

/**
 * Validates a key of the `data` of `config-deployment`: undefined if Knative reads it, or if it is not a setting
 * (`_example` and other keys with an underscore in front, as Knative's own ConfigMaps use them).
 * Keys are compared exactly: case, spaces and underscores matter.
 */
export function findUnknownKey(name: string, version: string): UnknownKey | undefined {
  if (name.startsWith("_")) return undefined;
  const known = findConfigKey(name);
  if (known === undefined) return { cause: "never-read", meant: meantKey(name, version) };
  if (isReadBy(known, version)) return undefined;
  return { cause: known.until === undefined ? "too-new" : "removed", meant: known };
}

/** Whether a key is the skip list's, in either spelling or misspelt. */
export function meansSkipList(name: string): boolean {
  const key = findConfigKey(name) ?? findUnknownKey(name, newestKnownVersion)?.meant;
  return key?.type === "registries";
}

/**
 * The key that a misspelt one was meant to be. `registries-skipping-tag-resolution`, which widely read articles print,
 * is nearest to `registries-skipping-tag-resolving`; other spellings are recognized without case and punctuation.
 */
function meantKey(name: string, version: string): ConfigKey | undefined {
  const candidates = configKeys.filter((known) => isReadBy(known, version));
  const abbreviated = candidates.find((known) => abbreviates(name, known.name));
  if (abbreviated !== undefined) return abbreviated;
  const written = plain(name);
  const limit = Math.max(1, Math.min(4, Math.floor(written.length / 5)));
  const [nearest] = candidates
    .filter(({ name: full }) => Math.abs(plain(full).length - written.length) <= limit)
    .map((known) => ({ known, distance: editDistance(written, plain(known.name)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((one, other) => one.distance - other.distance);
  return nearest?.known ?? bySkippedRegistries(written);
}

/** Lower case, without what separates words. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Whether each word of the one begins the word of the other at its place: `queue-sidecar-mem-request`. */
function abbreviates(name: string, full: string): boolean {
  const words = name
    .replace(/([a-z])(?=[A-Z])/g, "$1-")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const fullWords = full.split("-");
  return (
    words.length === fullWords.length &&
    words.every((word, index) => word !== "" && (fullWords[index] ?? "").startsWith(word))
  );
}

/** Names that speak of skipping and of registries or of tags can only mean the skip list. */
function bySkippedRegistries(written: string): ConfigKey | undefined {
  const skips = /skip/.test(written) && /registr|tag/.test(written);
  return skips ? findConfigKey("registries-skipping-tag-resolving") : undefined;
}

/** Levenshtein's distance, with two neighbours swapped counting as one. */
export function editDistance(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          row > 1 && column > 1 && swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
