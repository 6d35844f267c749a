// The table of facts: what a registry can be asked for, how, and how long each answer is good.

import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import type { AskOptions, RegistryClient } from "../registry/registryClient.ts";
import type { Settings } from "../settings.ts";
import type { FactRules } from "./factCache.ts";
import { freshFor, longestLife } from "./freshness.ts";
import type { ManifestDetails, ManifestKey, TagList } from "./resolution.ts";

/** One kind of fact: a row of the table. */
export interface FactKind<Value> {
  readonly rules: FactRules;
  /** Sends the requests. Rejects with a `RegistryError`, or with the signal's reason. */
  readonly lookUp: (key: ManifestKey, options: FactOptions) => Promise<Value>;
  /** The key under which an answer is kept, where that is not the one that was asked for. */
  readonly keptAs?: (key: ManifestKey, value: Value) => ManifestKey;
  /** Whether an earlier failure holds back the next lookup of a person until its time is over. */
  readonly failuresHold: boolean;
  /** Whether an answer can never become wrong, so that a refresh repeats failures alone. */
  readonly isLasting: boolean;
}

export interface FactOptions extends Pick<AskOptions, "signal" | "priority" | "byPerson"> {
  /** Whether a request may be sent that Docker Hub counts as a pull. */
  readonly mayPull: boolean;
}

export interface FactKinds {
  /** Which digest a reference has now. Everything else hangs on it; it alone is kept on disk (`diskCache.ts`). */
  readonly digest: FactKind<ManifestAnswer>;
  /** The tags of a repository; the reference of its key is empty. */
  readonly tags: FactKind<TagList>;
  /** What only a manifest's body says. Kept by digest alone: what a tag has is looked up again. */
  readonly details: FactKind<ManifestDetails>;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** Makes the table for a client. @param settings read at each use. */
export function createFactKinds(
  client: Pick<RegistryClient, "findManifest" | "listTags" | "readDetails">,
  settings: () => Pick<Settings, "cache">,
): FactKinds {
  return {
    digest: {
      rules: {
        freshMs: ({ reference }) => freshFor(reference, settings().cache.minutes),
        usableMs: longestLife,
        most: 20_000,
      },
      lookUp: (key, options) => client.findManifest(key, options),
      failuresHold: true,
      isLasting: false,
    },
    tags: {
      // An older list is given at once and looked up again behind the scenes.
      rules: { freshMs: () => 10 * minute, usableMs: day, most: 200 },
      lookUp: (key, options) => client.listTags(key, options),
      failuresHold: true,
      isLasting: false,
    },
    details: {
      // The content of a digest never changes.
      rules: { freshMs: () => Infinity, usableMs: Infinity, most: 500 },
      lookUp: (key, options) => client.readDetails(key, { ...options, byPerson: true }),
      keptAs: (key, { digest }) => ({ ...key, reference: digest }),
      failuresHold: false,
      isLasting: true,
    },
  };
}
