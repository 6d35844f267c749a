// What is known of one kind of fact: the last good answer and the last failure of each key, and what they mean now.

import type { Clock } from "../environment.ts";
import { createBoundedMap } from "../base/boundedMap.ts";
import { dateOf, elapsed, momentNow, type Moment } from "../base/moment.ts";
import { keyText, type FailureKind, type ManifestKey, type ResolutionError } from "./resolution.ts";

/** What differs between kinds of facts. */
export interface FactRules {
  /** Milliseconds for which an answer is fresh. */
  readonly freshMs: (key: ManifestKey) => number;
  /** Milliseconds after which an answer is forgotten. */
  readonly usableMs: number;
  /** Answers kept at most. */
  readonly most: number;
}

/** A good answer, with when it was learned. */
export interface KeptAnswer<Value> {
  readonly value: Value;
  readonly learned: Moment;
}

/** A failure as it is kept. */
export interface KeptFailure {
  readonly error: ResolutionError;
  readonly tried: Moment;
  /** How long no lookup is repeated in the background, in milliseconds. */
  readonly waitMs: number;
  /** Failures in a row, this one included: each makes the wait longer. */
  readonly round: number;
  /** Which credential files there were: a change makes a refusal worth a new try. */
  readonly credentialStamp: string;
  /** Whether its time is over before it has passed: something happened that makes a new try worth it. */
  readonly isOver: boolean;
}

export interface FactEntry<Value> {
  readonly key: ManifestKey;
  readonly answer: KeptAnswer<Value> | undefined;
  readonly failure: KeptFailure | undefined;
  /** Whether the answer counts as stale whatever its age: a person asked to forget it. */
  readonly isInvalidated: boolean;
}

/** What is known now, for views. */
export interface KnownFact<Value> {
  readonly answer:
    { readonly value: Value; readonly at: number; readonly isStale: boolean } | undefined;
  readonly failure:
    { readonly error: ResolutionError; readonly at: number; readonly retryAt: number } | undefined;
}

/** Why failures may be over before their time. */
export type RetryReason =
  /** A person looks at one of them. */
  | "looked-at"
  /** A person came back to the window. */
  | "focus"
  /** The network came back. */
  | "network"
  /** A credential file changed. */
  | "credentials";

export interface FactCache<Value> {
  /** What is known; undefined if nothing is. */
  find(key: ManifestKey): KnownFact<Value> | undefined;
  /** Whether a lookup would gain nothing now: the answer is fresh, or a failure's time is not over. */
  isSettled(key: ManifestKey): boolean;
  /** Whether a person asked for this one to be looked up again. */
  isInvalidated(key: ManifestKey): boolean;
  /** Which credential files there were when access was denied; undefined if it was not. */
  deniedWith(key: ManifestKey): string | undefined;
  succeed(key: ManifestKey, value: Value): void;
  fail(key: ManifestKey, failure: NewFailure): void;
  /** Takes over what another session learned, where this one knows nothing newer. */
  adopt(key: ManifestKey, answer: KeptAnswer<Value>): void;
  /** Makes an answer stale and forgets a failure. */
  invalidate(key: ManifestKey): void;
  /** Ends the wait of failures that the reason may have undone. @returns the keys of those. */
  endWaits(reason: RetryReason, keys?: readonly ManifestKey[]): readonly ManifestKey[];
  /** The registry answered: earlier timeouts of its other images no longer say anything about it. */
  registryAnswered(registry: string): void;
  forget(key: ManifestKey): void;
  entries(): readonly FactEntry<Value>[];
  clear(): void;
}

export interface NewFailure {
  readonly error: ResolutionError;
  /** The wait after the first failure, in milliseconds. */
  readonly waitMs: number;
  /** Milliseconds for which the host is not contacted at all. */
  readonly closedMs: number;
  readonly credentialStamp: string;
}

/** Registries that are known to be silent at most. */
const maxSilent = 512;
/** The longest wait by itself; what waits longer from the start stays with that. */
const longestWaitMs = 10 * 60_000;
/** A registry that does not answer is contacted again at least this often: people wait for it. */
const longestSilenceMs = 5 * 60_000;
/** A failure this young is not looked up again, however often somebody looks. */
const youngMs = 5000;

/** An empty cache of one kind of fact. */
export function createFactCache<Value>(clock: Clock, rules: FactRules): FactCache<Value> {
  const entries = createBoundedMap<FactEntry<Value>>(rules.most);
  /** Registries of which an image met silence. */
  const silent = createBoundedMap<true>(maxSilent);
  const get = (key: ManifestKey): FactEntry<Value> | undefined => entries.get(keyText(key));
  const set = (entry: FactEntry<Value>): void => entries.set(keyText(entry.key), entry);
  const forgetSilence = ({ key, answer, failure, isInvalidated }: FactEntry<Value>): void => {
    if (failure === undefined || !isSilence(failure) || elapsed(failure.tried, clock) < youngMs)
      return;
    set({ key, answer, failure: undefined, isInvalidated });
  };
  return {
    find(key) {
      return show(get(key), clock, rules);
    },
    isSettled(key) {
      const entry = get(key);
      if (entry?.failure !== undefined) return isWaiting(entry.failure, clock);
      return isFresh(entry, clock, rules);
    },
    isInvalidated: (key) => get(key)?.isInvalidated ?? false,
    deniedWith(key) {
      const failure = get(key)?.failure;
      return failure?.error.kind === "access-denied" ? failure.credentialStamp : undefined;
    },
    succeed(key, value) {
      const answer = { value, learned: momentNow(clock) };
      set({ key, answer, failure: undefined, isInvalidated: false });
    },
    fail(key, failure) {
      const { kind } = failure.error;
      // What the registry says is gone is no longer the last good answer.
      const isGone = kind === "tag-not-found" || kind === "digest-not-found";
      const answer = isGone ? undefined : get(key)?.answer;
      if (kind === "registry-unreachable") silent.set(key.registry, true);
      set({ key, answer, failure: kept(failure, get(key)?.failure, clock), isInvalidated: false });
    },
    adopt(key, answer) {
      const known = get(key);
      if (known?.failure !== undefined) return;
      if (known?.answer !== undefined && known.answer.learned.monotonic >= answer.learned.monotonic)
        return;
      set({ key, answer, failure: undefined, isInvalidated: known?.isInvalidated ?? false });
    },
    invalidate(key) {
      // Also without an answer the entry stays: the next lookup is then one that a person asked for.
      set({ key, answer: get(key)?.answer, failure: undefined, isInvalidated: true });
    },
    endWaits(reason, keys) {
      const chosen = keys === undefined ? entries.values() : keys.map(get);
      const ended = chosen.filter(
        (entry): entry is FactEntry<Value> & { readonly failure: KeptFailure } =>
          entry?.failure !== undefined && mayBeUndone(entry.failure, reason, clock),
      );
      for (const entry of ended) set({ ...entry, failure: { ...entry.failure, isOver: true } });
      return ended.map(({ key }) => key);
    },
    registryAnswered(registry) {
      if (!silent.delete(registry)) return;
      for (const entry of entries.values())
        if (entry.key.registry === registry) forgetSilence(entry);
    },
    forget: (key) => void entries.delete(keyText(key)),
    entries: () => entries.values(),
    clear() {
      entries.clear();
      silent.clear();
    },
  };
}

function usableAnswer<Value>(
  entry: FactEntry<Value> | undefined,
  clock: Clock,
  { usableMs }: FactRules,
): KeptAnswer<Value> | undefined {
  const answer = entry?.answer;
  return answer !== undefined && elapsed(answer.learned, clock) <= usableMs ? answer : undefined;
}

function isFresh<Value>(
  entry: FactEntry<Value> | undefined,
  clock: Clock,
  rules: FactRules,
): boolean {
  const answer = usableAnswer(entry, clock, rules);
  if (entry === undefined || answer === undefined || entry.isInvalidated) return false;
  return elapsed(answer.learned, clock) < rules.freshMs(entry.key);
}

function show<Value>(
  entry: FactEntry<Value> | undefined,
  clock: Clock,
  rules: FactRules,
): KnownFact<Value> | undefined {
  const answer = usableAnswer(entry, clock, rules);
  const failure = entry?.failure;
  if (answer === undefined && failure === undefined) return undefined;
  return {
    answer: answer && {
      value: answer.value,
      at: dateOf(answer.learned, clock),
      isStale: !isFresh(entry, clock, rules),
    },
    failure: failure && shown(failure, clock),
  };
}

function kept(failure: NewFailure, before: KeptFailure | undefined, clock: Clock): KeptFailure {
  const { error, waitMs, closedMs, credentialStamp } = failure;
  const round = before?.error.kind === error.kind ? before.round + 1 : 1;
  const most = error.kind === "registry-unreachable" ? longestSilenceMs : longestWaitMs;
  const longer = Math.max(waitMs, Math.min(waitMs * 2 ** Math.min(round - 1, 8), most));
  // A registry that limits requests says itself how long.
  const wait = error.kind === "rate-limited" ? waitMs : longer;
  return {
    error,
    tried: momentNow(clock),
    waitMs: Math.max(wait, closedMs),
    round,
    credentialStamp,
    isOver: false,
  };
}

function isWaiting({ tried, waitMs, isOver }: KeptFailure, clock: Clock): boolean {
  return !isOver && elapsed(tried, clock) < waitMs;
}

function isSilence({ error }: KeptFailure): boolean {
  return error.kind === "registry-unreachable";
}

function shown(
  { error, tried, waitMs, isOver }: KeptFailure,
  clock: Clock,
): KnownFact<never>["failure"] {
  const at = dateOf(tried, clock);
  return { error, at, retryAt: isOver ? clock.now() : at + waitMs };
}

/** What each reason may have undone. Never what a registry said about too many requests, nor a refusal by the rules. */
const undoneBy: Readonly<Record<RetryReason, readonly FailureKind[]>> = {
  "looked-at": [
    "tag-not-found",
    "digest-not-found",
    "certificate-untrusted",
    "registry-unreachable",
    "no-digest-header",
    "invalid-response",
  ],
  focus: [
    "tag-not-found",
    "digest-not-found",
    "certificate-untrusted",
    "registry-unreachable",
    "no-digest-header",
    "invalid-response",
  ],
  network: ["certificate-untrusted", "registry-unreachable", "invalid-response"],
  credentials: ["access-denied"],
};

function mayBeUndone(failure: KeptFailure, reason: RetryReason, clock: Clock): boolean {
  if (!undoneBy[reason].includes(failure.error.kind)) return false;
  return reason === "credentials" || elapsed(failure.tried, clock) >= youngMs;
}
