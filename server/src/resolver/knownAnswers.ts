// What is known of manifests, and what that means now: fresh, stale, failed, worth asking again.

import type { Clock } from "../environment.ts";
import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import type { RegistryError } from "../registry/registryError.ts";
import { describeFailure } from "./failure.ts";
import type { Failed, ManifestKey, Resolved } from "./resolution.ts";
import {
  answerState,
  createResolutionCache,
  toResolved,
  type AnswerState,
  type Entry,
  type KeptAnswer,
} from "./resolutionCache.ts";

export interface KnownAnswers {
  /** What is known, undefined if nothing is. */
  find(key: ManifestKey): Resolved | Failed | undefined;
  /** Whether nothing is gained by asking now: the answer is fresh, or a failure's time is not over. */
  isSettled(key: ManifestKey): boolean;
  /** Whether a person asked for this one to be asked again. */
  isDoubted(key: ManifestKey): boolean;
  /** Which credential files there were when access was denied; undefined if it was not. */
  deniedWith(key: ManifestKey): string | undefined;
  succeed(key: ManifestKey, answer: ManifestAnswer): void;
  /** @param closedUntil before when the host is not asked at all. */
  fail(key: ManifestKey, error: RegistryError, closedUntil: number, credentialStamp: string): void;
  /** Takes over what another session learned, where this one knows nothing newer. */
  adopt(key: ManifestKey, answer: KeptAnswer): void;
  /** Makes an answer stale and forgets a failure. */
  doubt(key: ManifestKey): void;
  forget(key: ManifestKey): void;
  entries(): readonly Entry[];
  clear(): void;
}

/** @param minutes the setting `cache.minutes`, asked anew at each use. */
export function createKnownAnswers(clock: Clock, minutes: () => number): KnownAnswers {
  const cache = createResolutionCache();
  const stateOf = (entry: Entry | undefined): AnswerState => answerState(entry, clock, minutes());
  return {
    find(key) {
      const entry = cache.get(key);
      return show(entry, stateOf(entry));
    },
    isSettled(key) {
      const entry = cache.get(key);
      if (entry?.failure !== undefined) return entry.failure.retryAt > clock.now();
      return stateOf(entry) === "fresh";
    },
    isDoubted: (key) => cache.get(key)?.doubted ?? false,
    deniedWith(key) {
      const failure = cache.get(key)?.failure;
      return failure?.error.kind === "access-denied" ? failure.credentialStamp : undefined;
    },
    succeed(key, answer) {
      cache.set({
        key,
        answer: { ...answer, at: clock.now() },
        failure: undefined,
        doubted: false,
      });
    },
    fail(key, failure, closedUntil, credentialStamp) {
      const now = clock.now();
      const { error, waitMs } = describeFailure(failure, key, now);
      const retryAt = Math.max(now + waitMs, closedUntil);
      // What the registry says is gone is no longer the last good answer.
      const gone = error.kind === "tag-not-found" || error.kind === "digest-not-found";
      const answer = gone ? undefined : cache.get(key)?.answer;
      const kept = { error, at: now, retryAt, credentialStamp };
      cache.set({ key, answer, failure: kept, doubted: false });
    },
    adopt(key, answer) {
      const known = cache.get(key);
      if (known?.failure !== undefined || (known?.answer?.at ?? 0) >= answer.at) return;
      cache.set({ key, answer, failure: undefined, doubted: known?.doubted ?? false });
    },
    doubt(key) {
      // Also without an answer the entry stays: the next question is then one that a person asked.
      cache.set({ key, answer: cache.get(key)?.answer, failure: undefined, doubted: true });
    },
    forget: (key) => cache.delete(key),
    entries: () => cache.entries(),
    clear: () => cache.clear(),
  };
}

function show(entry: Entry | undefined, state: AnswerState): Resolved | Failed | undefined {
  const answer = state === "none" ? undefined : entry?.answer;
  const failure = entry?.failure;
  if (failure === undefined) {
    return answer === undefined ? undefined : toResolved(answer, state === "stale");
  }
  const { error, at, retryAt } = failure;
  const last = answer === undefined ? undefined : toResolved(answer, true);
  return { status: "failed", error, at, retryAt, last };
}
