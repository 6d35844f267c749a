// Answers about manifests: what is known at once, what is asked in the background, what a person waits for.

import type { CacheFile, Clock, Log } from "../environment.ts";
import { abortReason } from "../registry/budget.ts";
import { createFlights, type Flights } from "../registry/flights.ts";
import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import type { RegistryClient } from "../registry/registryClient.ts";
import { RegistryError } from "../registry/registryError.ts";
import { mostUrgent, type Priority } from "../registry/requestQueue.ts";
import type { Settings } from "../settings.ts";
import { createDiskCache, type DiskCache } from "./diskCache.ts";
import { createDigestCache, toResolution } from "./digestFact.ts";
import { withinBudget } from "./documentBudget.ts";
import type { FactCache, RetryReason } from "./factCache.ts";
import { describeFailure } from "./failure.ts";
import {
  keyText,
  type Failed,
  type ManifestDetails,
  type ManifestKey,
  type NotAsked,
  type NotAskedReason,
  type Resolution,
  type TagList,
} from "./resolution.ts";
import { createSideQuestions, type SideQuestions } from "./sideQuestions.ts";

/** What decides beside the settings whether registries may be asked. */
export interface Policy {
  /** Whether the person trusts the workspace; without trust nothing is sent, and nothing is run or read. */
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
   * should be those of one document: of each call at most 20 registries and 200 manifests are asked.
   */
  want(keys: readonly ManifestKey[], priority: Priority): void;
  /** The answer, fresh if the registry can be asked. Rejects only with the signal's reason. */
  resolve(key: ManifestKey, options: ResolveOptions): Promise<Resolution>;
  /**
   * What only the manifest's body tells. A GET: to be called when a person asks. On Docker Hub it counts as a pull
   * and fails as `blocked` unless `mayPull`. Rejects only with the signal's reason.
   */
  details(
    key: ManifestKey,
    options: { readonly signal: AbortSignal; readonly mayPull?: boolean },
  ): Promise<ManifestDetails | Failed | NotAsked>;
  /** The repository's tags, at once where they are known. Rejects only with the signal's reason. */
  tags(
    registry: string,
    repository: string,
    options: { readonly signal: AbortSignal },
  ): Promise<TagList | Failed | NotAsked>;
  /**
   * Ends the wait of failures that the reason may have undone, of these keys or of all: `want` and `resolve` ask for
   * them at once, and `peek` shows the failure until the new answer is there. Failures of the last five seconds and
   * limits of registries stay. @returns the keys whose wait ended.
   */
  retryFailed(reason: RetryReason, keys?: readonly ManifestKey[]): readonly ManifestKey[];
  /** Makes answers stale and forgets failures, of these keys or of all, so that they are asked for again. */
  refresh(keys?: readonly ManifestKey[]): void;
  /** Forgets everything, on the disk, too. */
  clear(): Promise<void>;
  /** Calls after each change of what `peek` says but the begin of a question; the returned function ends that. */
  onDidChange(listener: () => void): () => void;
  /** Grows with each change of what `peek` says. */
  readonly generation: number;
  /** Resolves when the answers of earlier sessions are known. */
  readonly loaded: Promise<void>;
  setPolicy(policy: Policy): void;
  /** To be called after the settings changed: connections, sign-ins and failures are forgotten. */
  settingsChanged(): void;
  /** Aborts what is under way, ends all connections and writes the cache. */
  dispose(): Promise<void>;
}

export interface ResolverParts {
  readonly client: RegistryClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked anew at each use. */
  readonly settings: () => Settings;
  readonly policy: Policy;
  /** Undefined keeps nothing on the disk. */
  readonly cacheFile?: CacheFile | undefined;
}

/** What the functions below share. */
interface State extends ResolverParts {
  policy: Policy;
  readonly answers: FactCache<ManifestAnswer>;
  readonly flights: Flights<Resolution>;
  /** How urgent each question under way is. */
  readonly urgency: Map<string, Priority>;
  readonly side: SideQuestions;
  disk: DiskCache | undefined;
  /** What `peek` says has changed. */
  readonly changed: () => void;
  /** A question began: `peek` says so, and nobody needs to look again for that alone. */
  readonly began: () => void;
}

/** Why questions end that may no longer be asked: whoever waits gets what is known. */
const withdrawn = new Error("withdrawn");

export function createResolver(parts: ResolverParts): Resolver {
  const listeners = new Set<() => void>();
  let generation = 0;
  const began = (): void => {
    generation += 1;
  };
  const changed = (): void => {
    generation += 1;
    for (const listener of listeners) listener();
  };
  const state = createState(parts, { began, changed });
  const { side, client } = state;
  return {
    peek: (key) => peek(state, key),
    want: (keys, priority) => void want(state, keys, priority),
    resolve: (key, options) => resolve(state, key, options),
    details: (key, { signal, mayPull = false }) =>
      askBeside(state, () => side.details(key, { signal, mayPull })),
    tags: (registry, repository, options) =>
      askBeside(state, () => side.tags(registry, repository, options)),
    retryFailed: (reason, keys) => retryFailed(state, reason, keys),
    refresh: (keys) => refresh(state, keys),
    clear: () => clear(state),
    onDidChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get generation() {
      return generation;
    },
    loaded: state.disk?.loaded ?? Promise.resolve(),
    setPolicy(policy) {
      state.policy = policy;
      settle(state);
    },
    settingsChanged: () => forgetFailures(state),
    async dispose() {
      listeners.clear();
      abortAll(state);
      await Promise.all([state.disk?.flush(), client.close()]);
    },
  };
}

function createState(parts: ResolverParts, events: Pick<State, "began" | "changed">): State {
  const { client, clock, settings, cacheFile } = parts;
  const answers = createDigestCache(clock, () => settings().cache.minutes);
  const state: State = {
    ...parts,
    answers,
    flights: createFlights<Resolution>(),
    urgency: new Map(),
    side: createSideQuestions(client, clock),
    disk: undefined,
    ...events,
  };
  if (cacheFile === undefined) return state;
  const placeOf = async ({ key }: { readonly key: ManifestKey }): Promise<string | undefined> =>
    state.policy.trusted ? client.keychain.placeOf(key) : undefined;
  const routeOf = ({ registry }: ManifestKey): string => client.routeOf(registry);
  const diskParts = { file: cacheFile, clock, answers, traits: client.traits, placeOf, routeOf };
  state.disk = createDiskCache({ ...diskParts, onLoaded: events.changed });
  return state;
}

function peek(state: State, key: ManifestKey): Resolution {
  const known = state.answers.find(key);
  if (known !== undefined) return toResolution(known);
  if (state.flights.has(keyText(key))) return { status: "pending" };
  return { status: "not-asked", reason: reasonNotAsked(state) };
}

function reasonNotAsked({ policy, settings }: State): NotAskedReason {
  if (!policy.trusted) return "untrusted";
  if (policy.offline) return "offline";
  if (settings().resolve === "off") return "off";
  return settings().resolve === "on-demand" ? "on-demand" : "not-yet";
}

/** Why nothing may be asked, not even by a person; undefined if it may. */
function notAsked(state: State): NotAsked | undefined {
  const reason = reasonNotAsked(state);
  const mayAsk = reason === "on-demand" || reason === "not-yet";
  return mayAsk ? undefined : { status: "not-asked", reason };
}

/** A question beside the digest, unless it may not be asked; it ends when it may not be asked any more. */
async function askBeside<Value>(
  state: State,
  ask: () => Promise<Value>,
): Promise<Value | NotAsked> {
  const before = notAsked(state);
  if (before !== undefined) return before;
  try {
    return await ask();
  } catch (error) {
    const since = error === withdrawn ? notAsked(state) : undefined;
    if (since === undefined) throw error;
    return since;
  }
}

function abortAll({ flights, side }: State): void {
  flights.abortAll(withdrawn);
  side.abortAll(withdrawn);
}

/** Ends what may no longer be asked, and lets views look again. */
function settle(state: State): void {
  if (notAsked(state) !== undefined) abortAll(state);
  state.changed();
}

async function want(state: State, keys: readonly ManifestKey[], priority: Priority): Promise<void> {
  if (reasonNotAsked(state) !== "not-yet") return;
  const denied: ManifestKey[] = [];
  for (const key of withinBudget(keys)) {
    if (!state.answers.isSettled(key)) inBackground(state, key, priority);
    else if (state.answers.deniedWith(key) !== undefined) denied.push(key);
  }
  // What was denied is asked again when a credential file has changed.
  const stamp = denied.length === 0 ? "" : await state.client.keychain.stamp();
  for (const key of denied) {
    if (reasonNotAsked(state) !== "not-yet" || state.answers.deniedWith(key) === stamp) continue;
    inBackground(state, key, priority);
  }
}

/** Nobody waits for it; it ends when nothing may be asked any more. */
function inBackground(state: State, key: ManifestKey, priority: Priority): void {
  const { signal } = new AbortController();
  fly(state, key, { signal, priority }).catch((error: unknown) => {
    if (error !== withdrawn) state.log("error", `${keyText(key)}: ${String(error)}`);
  });
}

async function resolve(
  state: State,
  key: ManifestKey,
  options: ResolveOptions,
): Promise<Resolution> {
  options.signal.throwIfAborted();
  await state.disk?.loaded;
  if (notAsked(state) !== undefined) return peek(state, key);
  if (options.fresh !== true && (await isGood(state, key))) return peek(state, key);
  return fly(state, key, options).catch((error: unknown) => {
    if (error === withdrawn) return peek(state, key);
    throw error;
  });
}

/** A refusal is good as long as the credentials are the same. */
async function isGood({ answers, client }: State, key: ManifestKey): Promise<boolean> {
  if (!answers.isSettled(key)) return false;
  const deniedWith = answers.deniedWith(key);
  return deniedWith === undefined || deniedWith === (await client.keychain.stamp());
}

/** Joins the question for this key, or asks it. */
function fly(
  state: State,
  key: ManifestKey,
  { signal, priority, fresh = false }: ResolveOptions,
): Promise<Resolution> {
  if (signal.aborted) return Promise.reject(abortReason(signal));
  const text = keyText(key);
  if (!state.flights.has(text)) state.began();
  const before = state.urgency.get(text);
  state.urgency.set(text, before === undefined ? priority : mostUrgent([before, priority]));
  return state.flights.join(text, signal, async (shared) => {
    try {
      return await ask(state, key, fresh, shared);
    } finally {
      state.urgency.delete(text);
    }
  });
}

async function ask(
  state: State,
  key: ManifestKey,
  fresh: boolean,
  signal: AbortSignal,
): Promise<Resolution> {
  const { answers, client, disk } = state;
  const text = keyText(key);
  // Answers of earlier sessions come first: they may make the question unnecessary.
  await disk?.loaded;
  const byPerson = fresh || answers.isDoubted(key);
  if (!byPerson && (await isGood(state, key))) return peek(state, key);
  const priority = (): Priority => state.urgency.get(text) ?? "rest";
  try {
    const find = (): Promise<ManifestAnswer> =>
      client.findManifest(key, { signal, priority, byPerson });
    const answer = await find();
    // The settings may have changed while it was on its way.
    answers.succeed(key, answer.route === client.routeOf(key.registry) ? answer : await find());
    answers.registryAnswered(key.registry);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const closedMs = client.closedFor(key.registry);
    const credentialStamp = await client.keychain.stamp();
    const { error: described, waitMs } = describeFailure(error, key, state.clock.now());
    answers.fail(key, { error: described, waitMs, closedMs, credentialStamp });
    state.log("info", `${text}: ${error.message}`);
  }
  disk?.touch();
  state.changed();
  return peek(state, key);
}

function retryFailed(
  { answers, client, changed }: State,
  reason: RetryReason,
  keys: readonly ManifestKey[] | undefined,
): readonly ManifestKey[] {
  const ended = answers.endWaits(reason, keys);
  for (const registry of new Set(ended.map((key) => key.registry))) client.forgive(registry);
  if (ended.length > 0) changed();
  return ended;
}

function refresh(
  { answers, side, changed }: State,
  keys: readonly ManifestKey[] | undefined,
): void {
  for (const key of keys ?? answers.entries().map((entry) => entry.key)) answers.doubt(key);
  if (keys === undefined) side.clear();
  changed();
}

async function clear({ answers, side, client, disk, changed }: State): Promise<void> {
  answers.clear();
  side.clear();
  client.traits.clear();
  client.reset();
  await disk?.remove();
  changed();
}

/** What failed may do better with other settings; what was answered stays true, if it was asked where it is asked now. */
function forgetFailures(state: State): void {
  const { answers, side, client } = state;
  client.reset();
  side.clear();
  for (const { key, answer, failure } of answers.entries()) {
    if (answer !== undefined && answer.value.route !== client.routeOf(key.registry))
      answers.forget(key);
    else if (failure !== undefined) answers.doubt(key);
  }
  settle(state);
}
