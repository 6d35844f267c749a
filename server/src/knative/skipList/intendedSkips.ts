// Registries that were meant to be skipped, but are not: written at a place or in a form that Knative does not read.

import type { TagReference } from "../../image/imageReference.ts";
import { isPlaceholder } from "../../image/placeholder.ts";
import type { ConfigPlace, ConfigSetting } from "../config/configProblem.ts";
import { exampleKey } from "../config/exampleChecksum.ts";
import { editedExampleSettings } from "../config/exampleSettings.ts";
import { stringData } from "../config/validateConfig.ts";
import { validateSkipEntry, validateSkipList } from "./skipEntry.ts";
import { legacySkipListKey, parseSkipList, skipListKey } from "./skipList.ts";
import { meansSkipList } from "../config/unknownKey.ts";
import { isBeforeFirst } from "../config/versionProfile.ts";

/** Why the registry is not skipped. */
export type MissedSkipReason =
  /** Under a key that Knative never reads. */
  | "unknown-key"
  /** Inside `_example`. */
  | "in-example"
  /** Under the legacy key, which the kebab-case one overrules. */
  | "overruled"
  /** In a namespace, a ConfigMap or at a level that Knative never reads. */
  | "misplaced"
  /** As an entry that cannot match. */
  | "never-matches";

/** A registry that is meant to be skipped. */
export interface IntendedSkip {
  readonly reason: MissedSkipReason;
  /** The entry as it is written. */
  readonly written: string;
  /** The registries that were meant, as Knative spells them, including the entry itself. */
  readonly registries: readonly string[];
  readonly place: ConfigPlace;
}

/** The skips that stand in a configuration that Knative never reads. */
export function misplacedSkips(
  settings: readonly ConfigSetting[],
  seenRegistries: readonly string[],
): readonly IntendedSkip[] {
  return [...stringData(settings)].flatMap(([key, value]) =>
    meansSkipList(key) ? listedSkips({ key, value, reason: "misplaced" }, seenRegistries) : [],
  );
}

/**
 * Finds skips that were written into a configuration where they have no effect.
 * @param seenRegistries the registries of the workspace's images: they show what a wrong entry meant.
 */
export function intendedSkips(
  settings: readonly ConfigSetting[],
  version: string,
  seenRegistries: readonly string[],
): readonly IntendedSkip[] {
  const data = stringData(settings);
  return [...data].flatMap(([key, value]): readonly IntendedSkip[] => {
    if (key === exampleKey) return fromExample(value, version, seenRegistries);
    if (isBeforeFirst(version) && key === legacySkipListKey)
      return unmatched(key, value, seenRegistries);
    if (key === skipListKey || (key === legacySkipListKey && !data.has(skipListKey))) {
      return unmatched(key, value, seenRegistries);
    }
    const isLegacy = key === legacySkipListKey;
    if (!isLegacy && !meansSkipList(key)) return [];
    const reason = isLegacy ? "overruled" : "unknown-key";
    return listedSkips({ key, value, reason }, seenRegistries);
  });
}

interface VainList {
  readonly key: string;
  readonly value: string;
  readonly reason: MissedSkipReason;
}

/** Every entry of a list that is not read; what a tool fills in is not known. */
function listedSkips(
  { key, value, reason }: VainList,
  seenRegistries: readonly string[],
): readonly IntendedSkip[] {
  return parseSkipList(value)
    .filter(({ registry }) => !isPlaceholder(registry))
    .map(({ registry, start, end }) => ({
      reason,
      written: registry,
      registries: meantBy(registry, seenRegistries),
      place: { at: "value", key, start, end },
    }));
}

/**
 * The intention that an image's registry be skipped, if there is one and Knative does not skip it.
 * @param effective the skip list that applies to the image.
 */
export function missedSkip(
  reference: TagReference,
  effective: ReadonlySet<string>,
  intended: readonly IntendedSkip[],
): IntendedSkip | undefined {
  if (effective.has(reference.registry)) return undefined;
  // `localhost/foo` is on Docker Hub for Knative, but who lists `localhost` means it.
  const slash = reference.text.indexOf("/");
  const first = slash < 0 ? undefined : reference.text.slice(0, slash);
  return intended.find(
    ({ written, registries }) =>
      registries.includes(reference.registry) || (written !== "" && written === first),
  );
}

function fromExample(
  example: string,
  version: string,
  seenRegistries: readonly string[],
): readonly IntendedSkip[] {
  return editedExampleSettings(example, version)
    .filter(({ key }) => key.name === skipListKey)
    .flatMap(({ value, start, end }) =>
      parseSkipList(value).map(({ registry }) => ({
        reason: "in-example",
        written: registry,
        registries: meantBy(registry, seenRegistries),
        place: { at: "value", key: exampleKey, start, end },
      })),
    );
}

function unmatched(
  key: string,
  value: string,
  seenRegistries: readonly string[],
): readonly IntendedSkip[] {
  if (isPlaceholder(value)) return [];
  return validateSkipList(value, seenRegistries).map(({ entry, problem }) => ({
    reason: "never-matches",
    written: entry.registry,
    registries: [entry.registry, ...(problem.meant?.split(",") ?? [])],
    place: { at: "value", key, start: entry.start, end: entry.end },
  }));
}

function meantBy(registry: string, seenRegistries: readonly string[]): readonly string[] {
  return [registry, ...(validateSkipEntry(registry, seenRegistries)?.meant?.split(",") ?? [])];
}
