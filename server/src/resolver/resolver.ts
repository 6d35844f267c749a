// Answers about manifests: what is known at once, what is looked up in the background, what a person waits for.

import { isDigest } from "../image/digest.ts";
import { abortReason, unlessAborted } from "../base/budget.ts";
import { RegistryError } from "../registry/registryError.ts";
import { mostUrgent, type Priority } from "../registry/transport/requestQueue.ts";
import { withinBudget } from "./documentBudget.ts";
import { isGood, rememberFailure } from "./factLookups.ts";
import { clear, forgetFailures, refresh, retryFailed } from "./forgetting.ts";
import { keyText, type ManifestKey, type Resolution } from "./resolution.ts";
import type { ResolveOptions, Resolver, ResolverParts } from "./resolverContract.ts";
import {
  abortAll,
  byDigest,
  createState,
  ifAllowed,
  notAsked,
  peek,
  reasonNotAsked,
  settle,
  withdrawn,
  type State,
} from "./resolverState.ts";

export type { Resolver };

export function createResolver(parts: ResolverParts): Resolver {
  const listeners = new Set<() => void>();
  let generation = 0;
  const began = (): void => void (generation += 1);
  const changed = (): void => {
    generation += 1;
    for (const listener of listeners) listener();
  };
  const state = createState(parts, { began, changed });
  const { client } = state;
  const { details, tags } = state.facts;
  return {
    peek: (key) => peek(state, key),
    prefetch: (keys, priority) => void prefetch(state, keys, priority),
    resolve: (key, options) => resolve(state, key, options),
    details: (key, { signal, mayPull = false }) =>
      ifAllowed(state, () => details.get(byDigest(state, key) ?? key, { signal, mayPull })),
    peekDetails(key) {
      const at = byDigest(state, key);
      return at === undefined ? undefined : details.peek(at);
    },
    prefetchDetails: (key) => prefetchDetails(state, key),
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

async function prefetchDetails(state: State, key: ManifestKey): Promise<void> {
  const at = byDigest(state, key);
  if (at === undefined) return;
  try {
    await ifAllowed(state, () => state.facts.details.prefetch(at));
  } catch (error) {
    state.log("error", `${keyText(at)}: ${String(error)}`);
  }
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
    for (const each of [answers, ...Object.values(state.facts)])
      each.registryAnswered(key.registry);
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
