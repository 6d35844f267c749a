// Answers about manifests: what is known at once, what is looked up in the background, what a person waits for.

import { isDigest } from "../image/digest.ts";
import { versionProfile } from "../knative/config/versionProfile.ts";
import { abortReason, unlessAborted } from "../base/budget.ts";
import { createInFlight, type InFlight } from "../base/inFlight.ts";
import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import { RegistryError } from "../registry/registryError.ts";
import { mostUrgent, type Priority } from "../registry/transport/requestQueue.ts";
import { createDiskCache, type DiskCache } from "./diskCache.ts";
import { controllerProblem } from "./controllerProblem.ts";
import { toResolution } from "./digestFact.ts";
import { withinBudget } from "./documentBudget.ts";
import { createFactCache, type FactCache, type RetryReason } from "./factCache.ts";
import { createFactKinds, type FactKind } from "./factKinds.ts";
import { createFactLookups, isGood, rememberFailure, type FactLookups } from "./factLookups.ts";
import {
  keyText,
  type ControllerProblem,
  type ManifestDetails,
  type ManifestKey,
  type NotAsked,
  type NotAskedReason,
  type Resolution,
  type TagList,
} from "./resolution.ts";
import type { Policy, ResolveOptions, Resolver, ResolverParts } from "./resolverContract.ts";

export type { Resolver };

/** What the functions below share. */
interface State extends ResolverParts {
  policy: Policy;
  readonly digests: FactKind<ManifestAnswer>;
  readonly answers: FactCache<ManifestAnswer>;
  readonly tags: FactLookups<TagList>;
  readonly details: FactLookups<ManifestDetails>;
  readonly inFlight: InFlight<Resolution>;
  /** How urgent each request in flight is. */
  readonly urgency: Map<string, Priority>;
  /** The pings that are waited for. */
  readonly watched: WeakSet<Promise<void>>;
  disk: DiskCache | undefined;
  /** What `peek` says has changed. */
  readonly changed: () => void;
  /** A lookup began: `peek` says so, but that alone is not a reason to look again. */
  readonly began: () => void;
}

/** Abort reason for lookups that the policy no longer allows; waiters get the cached answer. */
const withdrawn = new Error("withdrawn");

export function createResolver(parts: ResolverParts): Resolver {
  const listeners = new Set<() => void>();
  let generation = 0;
  const began = (): void => void (generation += 1);
  const changed = (): void => {
    generation += 1;
    for (const listener of listeners) listener();
  };
  const state = createState(parts, { began, changed });
  const { details, tags, client } = state;
  return {
    peek: (key) => peek(state, key),
    prefetch: (keys, priority) => void prefetch(state, keys, priority),
    resolve: (key, options) => resolve(state, key, options),
    details: (key, { signal, mayPull = false }) =>
      ifAllowed(state, () => details.get(key, { signal, mayPull })),
    tags: (registry, repository, { signal }) =>
      ifAllowed(state, () =>
        tags.get({ registry, repository, reference: "" }, { signal, mayPull: false }),
      ),
    peekTags: (registry, repository) => tags.peek({ registry, repository, reference: "" }),
    tagsOf: (key) => tagsOf(state, key),
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
  const kinds = createFactKinds(client, settings);
  const answers = createFactCache<ManifestAnswer>(clock, kinds.digest.rules);
  const state: State = {
    ...parts,
    digests: kinds.digest,
    answers,
    tags: createFactLookups(kinds.tags, parts),
    details: createFactLookups(kinds.details, parts),
    inFlight: createInFlight<Resolution>(),
    urgency: new Map(),
    watched: new WeakSet(),
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
  if (known !== undefined) return toResolution(known, (answer) => controllerOf(state, key, answer));
  if (state.inFlight.has(keyText(key))) return { status: "pending" };
  return { status: "not-asked", reason: reasonNotAsked(state) };
}

function tagsOf(state: State, { registry, repository, reference }: ManifestKey): string[] {
  const tags = state.answers.entries().flatMap(({ key, answer }) => {
    if (key.registry !== registry || key.repository !== repository || isDigest(key.reference))
      return [];
    if (answer?.value.digest !== reference) return [];
    // An answer may be too old by now, and a failure may have come after it.
    const now = peek(state, key);
    return now.status === "resolved" && now.digest === reference ? [key.reference] : [];
  });
  return tags.sort();
}

function controllerOf(
  { client, settings }: State,
  key: ManifestKey,
  answer: ManifestAnswer,
): ControllerProblem | undefined {
  const traits = client.controllerTraits(key.registry);
  const profile = versionProfile(settings().knativeVersion);
  return traits && controllerProblem(key, answer, traits, profile);
}

function reasonNotAsked({ policy, settings }: State): NotAskedReason {
  if (!policy.trusted) return "untrusted";
  if (policy.offline) return "offline";
  if (settings().resolve === "off") return "off";
  return settings().resolve === "on-demand" ? "on-demand" : "not-yet";
}

/** Why no registry may be contacted, not even for a person; undefined if it may. */
function notAsked(state: State): NotAsked | undefined {
  const reason = reasonNotAsked(state);
  const mayAsk = reason === "on-demand" || reason === "not-yet";
  return mayAsk ? undefined : { status: "not-asked", reason };
}

/** Looks up if the policy allows it, and ends without an answer when the policy changes. */
async function ifAllowed<Value>(
  state: State,
  lookUp: () => Promise<Value>,
): Promise<Value | NotAsked> {
  const before = notAsked(state);
  if (before !== undefined) return before;
  try {
    return await lookUp();
  } catch (error) {
    const since = error === withdrawn ? notAsked(state) : undefined;
    if (since === undefined) throw error;
    return since;
  }
}

function abortAll({ inFlight, tags, details }: State): void {
  for (const work of [inFlight, tags, details]) work.abortAll(withdrawn);
}

/** Aborts lookups that are no longer allowed, and lets views look again. */
function settle(state: State): void {
  if (notAsked(state) !== undefined) abortAll(state);
  state.changed();
}

async function prefetch(
  state: State,
  keys: readonly ManifestKey[],
  priority: Priority,
): Promise<void> {
  if (reasonNotAsked(state) !== "not-yet") return;
  const denied: ManifestKey[] = [];
  for (const key of withinBudget(keys)) {
    if (!state.answers.isSettled(key)) inBackground(state, key, priority);
    else if (state.answers.deniedWith(key) !== undefined) denied.push(key);
  }
  // What was denied is looked up again when a credential file has changed.
  const stamp = denied.length === 0 ? "" : await state.client.keychain.stamp();
  for (const key of denied) {
    if (reasonNotAsked(state) !== "not-yet" || state.answers.deniedWith(key) === stamp) continue;
    inBackground(state, key, priority);
  }
}

/** No caller waits for it; it ends when lookups are no longer allowed. */
function inBackground(state: State, key: ManifestKey, priority: Priority): void {
  const { signal } = new AbortController();
  lookUp(state, key, { signal, priority }).catch((error: unknown) => {
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
  if (options.fresh === true || !(await isGood(state.answers, key, state.client))) {
    await lookUp(state, key, options).catch((error: unknown) => {
      if (error !== withdrawn) throw error;
    });
  }
  const ping = options.withController === true ? state.client.pinged(key.registry) : undefined;
  if (ping !== undefined) await unlessAborted(ping, options.signal);
  return peek(state, key);
}

/** Joins the request in flight for this key, or sends one. */
function lookUp(
  state: State,
  key: ManifestKey,
  { signal, priority, fresh = false }: ResolveOptions,
): Promise<Resolution> {
  if (signal.aborted) return Promise.reject(abortReason(signal));
  const text = keyText(key);
  if (!state.inFlight.has(text)) state.began();
  const before = state.urgency.get(text);
  state.urgency.set(text, before === undefined ? priority : mostUrgent([before, priority]));
  return state.inFlight.join(text, signal, async (shared) => {
    try {
      return await send(state, key, fresh, shared);
    } finally {
      state.urgency.delete(text);
    }
  });
}

async function send(
  state: State,
  key: ManifestKey,
  fresh: boolean,
  signal: AbortSignal,
): Promise<Resolution> {
  const { answers, client, disk } = state;
  const text = keyText(key);
  // Answers of earlier sessions come first: they may save the request.
  await disk?.loaded;
  const byPerson = fresh || answers.isInvalidated(key);
  if (!byPerson && (await isGood(answers, key, client))) return peek(state, key);
  const priority = (): Priority => state.urgency.get(text) ?? "rest";
  try {
    const options = { signal, priority, byPerson, mayPull: byPerson };
    const answer = await state.digests.lookUp(key, options);
    // The settings may have changed while it was on its way.
    const isCurrent = answer.route === client.routeOf(key.registry);
    const current = isCurrent ? answer : await state.digests.lookUp(key, options);
    answers.succeed(key, current);
    state.log("info", `${text}: ${current.digest}, says ${current.host}`);
    for (const facts of [answers, state.tags]) facts.registryAnswered(key.registry);
    watchPing(state, key.registry);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    await rememberFailure(answers, key, error, state);
    state.log("info", `${text}: ${error.message}`);
  }
  disk?.touch();
  state.changed();
  return peek(state, key);
}

/** The answer of `/v2/` concerns all images of the registry. */
function watchPing({ client, watched, disk, changed }: State, registry: string): void {
  const ping = client.pinged(registry);
  if (ping === undefined || watched.has(ping)) return;
  watched.add(ping);
  void ping.then(() => {
    disk?.touch();
    changed();
  });
}

function retryFailed(
  { answers, tags, client, changed }: State,
  reason: RetryReason,
  keys: readonly ManifestKey[] | undefined,
): readonly ManifestKey[] {
  const ended = answers.endWaits(reason, keys);
  if (keys === undefined) tags.endWaits(reason);
  for (const registry of new Set(ended.map((key) => key.registry))) client.forgive(registry);
  if (ended.length > 0) changed();
  return ended;
}

function refresh(
  { answers, tags, details, changed }: State,
  keys: readonly ManifestKey[] | undefined,
): void {
  for (const key of keys ?? answers.entries().map((entry) => entry.key)) answers.invalidate(key);
  if (keys === undefined) for (const facts of [tags, details]) facts.clear();
  changed();
}

async function clear({ answers, tags, details, client, disk, changed }: State): Promise<void> {
  for (const facts of [answers, tags, details]) facts.clear();
  client.traits.clear();
  client.reset();
  await disk?.remove();
  changed();
}

/** A failure may end with other settings; an answer stays true if it came by the route that is used now. */
function forgetFailures(state: State): void {
  const { answers, tags, details, client } = state;
  client.reset();
  for (const facts of [tags, details]) facts.clear();
  for (const { key, answer, failure } of answers.entries()) {
    if (answer !== undefined && answer.value.route !== client.routeOf(key.registry))
      answers.forget(key);
    else if (failure !== undefined) answers.invalidate(key);
  }
  settle(state);
}
