// The skip list: how Knative reads `registries-skipping-tag-resolving`, and which images it matches.

import type { ValidReference } from "../../image/imageReference.ts";
import { trimSpaceRange } from "../go/goText.ts";
import { isAtLeast, isBeforeFirst } from "../config/versionProfile.ts";

/** The key of `config-deployment` that Knative reads (pkg/deployment/config.go). */
export const skipListKey = "registries-skipping-tag-resolving";
/** The spelling from before Knative 1.0, still read, and overruled by `skipListKey`. */
export const legacySkipListKey = "registriesSkippingTagResolving";

/** What Knative skips where neither key is set (pkg/deployment/config.go `defaultConfig`). */
export const defaultSkippedRegistries: readonly string[] = ["kind.local", "ko.local", "dev.local"];

/** The default of a release, by its number from before 1.0, too: `kind.local` is in it since 0.18. */
export function defaultsOf(version: string): readonly string[] {
  const isEarly = isBeforeFirst(version) && !isAtLeast(version, "0.18");
  return isEarly
    ? defaultSkippedRegistries.filter((registry) => registry !== "kind.local")
    : defaultSkippedRegistries;
}

/** One piece of the value between commas, and where it stands in the value (UTF-16 offsets). */
export interface SkipListEntry {
  /** The piece without the white space around it: what Knative compares registries with. */
  readonly registry: string;
  /** Where `registry` begins in the value. */
  readonly start: number;
  /** Where `registry` ends in the value. */
  readonly end: number;
}

/** A part of a text to be replaced; offsets are UTF-16 units of the value it was made for. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The entries of a value, in order, repeated and empty ones too: split at commas only, white space
 * around each removed as Go's `strings.TrimSpace` does (knative.dev/pkg configmap/parse.go `AsStringSet`).
 * There is no error: line breaks, semicolons, quotes and brackets become part of an entry.
 */
export function parseSkipList(value: string): readonly SkipListEntry[] {
  let pieceStart = 0;
  return value.split(",").map((piece) => {
    const { start, end } = trimSpaceRange(piece);
    const entry = {
      registry: piece.slice(start, end),
      start: pieceStart + start,
      end: pieceStart + end,
    };
    pieceStart += piece.length + 1;
    return entry;
  });
}

/** Which value decides, and what it says. */
export interface EffectiveSkipList {
  /** The key that was read; `default` if there was none. */
  readonly key: typeof skipListKey | typeof legacySkipListKey | "default";
  /** The registries whose tags stay as written; may hold an empty string, which matches nothing. */
  readonly registries: ReadonlySet<string>;
}

/**
 * The skip list of a `data` map: the kebab-case key wins, then the legacy one, then the default.
 * A key that is there replaces the default and never extends it (pkg/deployment/config.go `NewConfigFromMap`).
 */
export function skipListOf(data: ReadonlyMap<string, string>): EffectiveSkipList {
  for (const key of [skipListKey, legacySkipListKey] as const) {
    const value = data.get(key);
    if (value !== undefined) return { key, registries: skipSet(value) };
  }
  return { key: "default", registries: new Set(defaultSkippedRegistries) };
}

/** The registries that a value names, as Knative's set. */
export function skipSet(value: string): ReadonlySet<string> {
  return new Set(parseSkipList(value).map((entry) => entry.registry));
}

/**
 * Whether Knative leaves the image's tag alone: its registry, spelled as Knative spells it, equals an entry,
 * exactly, with the port. A digest is never compared (pkg/reconciler/revision/resolve.go `Resolve`).
 */
export function isSkipped(reference: ValidReference, registries: ReadonlySet<string>): boolean {
  return reference.kind === "tag" && registries.has(reference.registry);
}

/**
 * The change that takes one entry off the value and leaves every other byte as it is; the comma goes with it.
 * Taking the last one leaves an empty value, which skips nothing, not even the default.
 * @param entries as `parseSkipList` gives them.
 * @param index of the entry among them; one that is not there changes nothing.
 */
export function removeSkipListEntry(entries: readonly SkipListEntry[], index: number): TextChange {
  const entry = entries[index];
  if (entry === undefined) return { start: 0, end: 0, text: "" };
  const previous = entries[index - 1];
  if (previous !== undefined) return { start: previous.end, end: entry.end, text: "" };
  const next = entries[index + 1];
  return { start: entry.start, end: next?.start ?? entry.end, text: "" };
}

/** The change that adds a registry behind the last entry; an empty value becomes the registry alone. */
export function addSkipListEntry(value: string, registry: string): TextChange {
  const last = parseSkipList(value).at(-1);
  const at = last?.end ?? value.length;
  return {
    start: at,
    end: at,
    text: last === undefined || last.registry === "" ? registry : `,${registry}`,
  };
}
