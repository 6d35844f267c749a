// Answers about manifests: what is known at once, what is asked in the background, what a person waits for.

import type { Clock, Log } from "../environment.ts";
import { createFlights } from "../registry/flights.ts";
import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import type { RegistryClient } from "../registry/registryClient.ts";
import { RegistryError } from "../registry/registryError.ts";
import { mostUrgent, type Priority } from "../registry/requestQueue.ts";
import type { Settings } from "../settings.ts";
import { describeFailure } from "./failure.ts";
import {
  keyText,
  type Failed,
  type ManifestKey,
  type NotAskedReason,
  type Resolution,
} from "./resolution.ts";
import {
  answerState,
  createResolutionCache,
  toResolved,
  type Entry,
  type ResolutionCache,
} from "./resolutionCache.ts";

/** What decides beside the settings whether registries may be asked. */
export interface Policy {
  /** Whether the person trusts the workspace; without trust nothing is sent and nothing is run. */
  readonly trusted: boolean;
  readonly offline: boolean;
}

export interface ResolveOptions {
  readonly signal: AbortSignal;
  readonly priority: Priority;
  /** Asks the registry whatever is known: a person wants to know now. */
  readonly fresh?: boolean;
}

export interface Resolver {
  /** What is known now. Asks nothing and waits for nothing. */
  peek(key: ManifestKey): Resolution;
  /**
   * Asks in the background for what is not known or not fresh, where the mode is `automatic`. The keys of one call
   * should be those of one document: of each call at most 20 hosts and 200 manifests are asked.
   */
  want(keys: readonly ManifestKey[], priority: Priority): void;
  /** The answer, fresh if the registry can be asked. Rejects only with the signal's reason. */
  resolve(key: ManifestKey, options: ResolveOptions): Promise<Resolution>;
  /** Makes answers stale and forgets failures, of these keys or of all, so that they are asked for again. */
  refresh(keys?: readonly ManifestKey[]): void;
  /** Forgets everything, on the disk, too. */
  clear(): Promise<void>;
  /** Calls after each change of what `peek` says; the returned function ends that. */
  onDidChange(listener: () => void): () => void;
  /** Grows with each change of what `peek` says. */
  readonly generation: number;
  setPolicy(policy: Policy): void;
  /** To be called after the settings changed: connections, sign-ins and failures are forgotten. */
  settingsChanged(): void;
  /** Aborts what is under way. */
  dispose(): void;
}

export interface ResolverParts {
  readonly client: RegistryClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings;
  readonly policy: Policy;
}

interface Asked {
  priority: Priority;
}

const maxHostsOfDocument = 20;
const maxKeysOfDocument = 200;

export function createResolver(parts: ResolverParts): Resolver {
  const { client, clock, log, settings } = parts;
  const cache = createResolutionCache();
  const flights = createFlights<Resolution>();
  const asked = new Map<string, Asked>();
  const listeners = new Set<() => void>();
  let background = new AbortController();
  let policy = parts.policy;
  let generation = 0;

  const changed = (): void => {
    generation += 1;
    for (const listener of listeners) listener();
  };

  const ask = async (
    key: ManifestKey,
    fresh: boolean,
    signal: AbortSignal,
  ): Promise<Resolution> => {
    const text = keyText(key);
    const priority = (): Priority => asked.get(text)?.priority ?? "rest";
    try {
      const answer = await client.findManifest(key, { signal, priority, byPerson: fresh });
      cache.set(entryOf(key, answer, clock.now()));
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      cache.set(failedEntry(cache, key, error, { clock, client }));
      log("info", `${text}: ${error.message}`);
    } finally {
      asked.delete(text);
    }
    return known(key);
  };

  /** What the cache says, without a view on what is under way. */
  const known = (key: ManifestKey): Resolution => {
    const entry = cache.get(key);
    const state = answerState(entry, clock, settings().cache.minutes);
    if (entry?.failure !== undefined) return toFailed(entry, state !== "none");
    if (entry?.answer !== undefined && state !== "none")
      return toResolved(entry.answer, state === "stale");
    return { status: "not-asked", reason: reasonNotAsked() };
  };

  const reasonNotAsked = (): NotAskedReason => {
    if (!policy.trusted) return "untrusted";
    if (policy.offline) return "offline";
    if (settings().resolve === "off") return "off";
    return settings().resolve === "on-demand" ? "on-demand" : "not-yet";
  };
  const mayAsk = (): boolean => ["on-demand", "not-yet"].includes(reasonNotAsked());

  const isSettled = (key: ManifestKey): boolean => {
    const entry = cache.get(key);
    if (entry?.failure !== undefined) return entry.failure.retryAt > clock.now();
    return answerState(entry, clock, settings().cache.minutes) === "fresh";
  };

  const fly = (
    key: ManifestKey,
    { signal, priority, fresh = false }: ResolveOptions,
  ): Promise<Resolution> => {
    const text = keyText(key);
    const urgency = asked.get(text);
    if (urgency === undefined) asked.set(text, { priority });
    else urgency.priority = mostUrgent([urgency.priority, priority]);
    return flights.join(text, signal, async (shared) => {
      const resolution = await ask(key, fresh || cache.get(key)?.doubted === true, shared);
      changed();
      return resolution;
    });
  };

  return {
    peek(key) {
      const resolution = known(key);
      const flying = resolution.status === "not-asked" && flights.has(keyText(key));
      return flying ? { status: "pending" } : resolution;
    },
    want(keys, priority) {
      if (reasonNotAsked() !== "not-yet") return;
      const { signal } = background;
      for (const key of withinBudget(keys)) {
        if (isSettled(key)) continue;
        fly(key, { signal, priority }).catch(() => undefined);
      }
    },
    async resolve(key, options) {
      options.signal.throwIfAborted();
      if (!mayAsk() || (options.fresh !== true && isSettled(key))) return known(key);
      return fly(key, options);
    },
    refresh(keys) {
      const wanted = keys ?? cache.entries().map(({ key }) => key);
      for (const key of wanted) doubt(cache, key);
      changed();
    },
    clear() {
      cache.clear();
      client.reset();
      changed();
      return Promise.resolve();
    },
    onDidChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get generation() {
      return generation;
    },
    setPolicy(next) {
      policy = next;
      if (!mayAsk()) endBackground();
      changed();
    },
    settingsChanged() {
      client.reset();
      for (const { key, failure } of cache.entries()) if (failure !== undefined) doubt(cache, key);
      if (!mayAsk()) endBackground();
      changed();
    },
    dispose() {
      background.abort();
      flights.abortAll();
      listeners.clear();
    },
  };

  function endBackground(): void {
    background.abort();
    background = new AbortController();
    flights.abortAll();
  }
}

/** Documents made to scan networks or to load registries reach few hosts by themselves. */
function withinBudget(keys: readonly ManifestKey[]): readonly ManifestKey[] {
  const hosts = new Set<string>();
  return keys.slice(0, maxKeysOfDocument).filter(({ registry }) => {
    if (hosts.size < maxHostsOfDocument) hosts.add(registry);
    return hosts.has(registry);
  });
}

function entryOf(key: ManifestKey, answer: ManifestAnswer, at: number): Entry {
  return {
    key,
    answer: { ...answer, at, credentialPlace: "" },
    failure: undefined,
    doubted: false,
  };
}

function failedEntry(
  cache: ResolutionCache,
  key: ManifestKey,
  failure: RegistryError,
  { clock, client }: { readonly clock: Clock; readonly client: RegistryClient },
): Entry {
  const now = clock.now();
  const { error, waitMs } = describeFailure(failure, key, now);
  const retryAt = Math.max(now + waitMs, client.closedUntil(key.registry));
  const last = cache.get(key)?.answer;
  // What the registry says is gone is not shown as the last good answer.
  const gone = error.kind === "tag-not-found" || error.kind === "digest-not-found";
  return {
    key,
    answer: gone ? undefined : last,
    failure: { error, at: now, retryAt },
    doubted: false,
  };
}

function toFailed({ answer, failure }: Entry, usable: boolean): Failed {
  if (failure === undefined) throw new Error("an entry without a failure has none to show");
  const last = answer === undefined || !usable ? undefined : toResolved(answer, true);
  return { status: "failed", ...failure, last };
}

/** Also without an answer the entry stays: the next question is then one that a person asked. */
function doubt(cache: ResolutionCache, key: ManifestKey): void {
  const answer = cache.get(key)?.answer;
  cache.set({ key, answer, failure: undefined, doubted: true });
}
