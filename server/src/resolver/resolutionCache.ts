// What is known of manifests: the last good answer and the last failure of each, bounded.

import type { Clock } from "../environment.ts";
import { freshFor, longestLife } from "./freshness.ts";
import { keyText, type ManifestKey, type ResolutionError, type Resolved } from "./resolution.ts";

/** A good answer as it is kept. */
export interface KeptAnswer {
  readonly digest: string;
  readonly mediaType: string | undefined;
  readonly size: number | undefined;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly notices: readonly string[];
  /** Where the credential stands that it was got with; empty for none. Nothing secret. */
  readonly credentialPlace: string;
  /** How the registry was asked where settings decide: another answer may be true by another way. */
  readonly route: string;
}

export interface KeptFailure {
  readonly error: ResolutionError;
  readonly at: number;
  readonly retryAt: number;
  /** Which credential files there were: a change makes a refusal worth a new try. */
  readonly credentialStamp: string;
}

export interface Entry {
  readonly key: ManifestKey;
  readonly answer: KeptAnswer | undefined;
  readonly failure: KeptFailure | undefined;
  /** Whether the answer counts as stale whatever its age: a person asked to forget it. */
  readonly doubted: boolean;
}

export interface ResolutionCache {
  get(key: ManifestKey): Entry | undefined;
  set(entry: Entry): void;
  delete(key: ManifestKey): void;
  entries(): readonly Entry[];
  clear(): void;
}

const maxEntries = 20_000;

export function createResolutionCache(): ResolutionCache {
  const entries = new Map<string, Entry>();
  return {
    get: (key) => entries.get(keyText(key)),
    set(entry) {
      const text = keyText(entry.key);
      entries.delete(text);
      entries.set(text, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break;
        entries.delete(oldest);
      }
    },
    delete: (key) => void entries.delete(keyText(key)),
    entries: () => [...entries.values()],
    clear: () => entries.clear(),
  };
}

/** How an entry's answer stands now. */
export type AnswerState = "none" | "fresh" | "stale";

/** Whether the entry has an answer, and whether it is still fresh. @param minutes the setting `cache.minutes`. */
export function answerState(entry: Entry | undefined, clock: Clock, minutes: number): AnswerState {
  if (entry?.answer === undefined) return "none";
  const age = clock.now() - entry.answer.at;
  if (age > longestLife) return "none";
  // A clock that went back makes ages negative: such an answer is no fresher than any other.
  const fresh = !entry.doubted && age >= 0 && age < freshFor(entry.key.reference, minutes);
  return fresh ? "fresh" : "stale";
}

/** The answer as views see it. */
export function toResolved(answer: KeptAnswer, stale: boolean): Resolved {
  const { digest, mediaType, size, host, at, notices } = answer;
  return { status: "resolved", digest, mediaType, size, host, at, stale, notices };
}
