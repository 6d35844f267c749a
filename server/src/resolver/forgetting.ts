// How a resolver forgets: waits of failures that may be undone, answers that a person no longer trusts, everything.

import type { RetryReason } from "./factCache.ts";
import type { ManifestKey } from "./resolution.ts";
import { settle, type State } from "./resolverState.ts";

/** See `Resolver.retryFailed`. @returns the keys whose wait ended */
export function retryFailed(
  { answers, facts, client, changed }: State,
  reason: RetryReason,
  keys: readonly ManifestKey[] | undefined,
): readonly ManifestKey[] {
  const ended = answers.endWaits(reason, keys);
  if (keys === undefined) for (const each of Object.values(facts)) each.endWaits(reason);
  for (const registry of new Set(ended.map((key) => key.registry))) client.forgive(registry);
  if (ended.length > 0) changed();
  return ended;
}

/** Makes answers stale and ends the waits of failures, of these keys or of all. */
export function refresh(
  { answers, facts, changed }: State,
  keys: readonly ManifestKey[] | undefined,
): void {
  for (const key of keys ?? answers.entries().map((entry) => entry.key)) answers.invalidate(key);
  if (keys === undefined) for (const each of Object.values(facts)) each.refresh();
  changed();
}

/** Forgets everything, on the disk, too. */
export async function clear({ answers, facts, client, disk, changed }: State): Promise<void> {
  for (const each of [answers, ...Object.values(facts)]) each.clear();
  client.traits.clear();
  client.reset();
  await disk?.remove();
  changed();
}

/** A failure may end with other settings; an answer stays true if it came by the route that is used now. */
export function forgetFailures(state: State): void {
  const { answers, facts, client } = state;
  client.reset();
  for (const each of Object.values(facts)) each.clear();
  for (const { key, answer, failure } of answers.entries()) {
    if (answer !== undefined && answer.value.route !== client.routeOf(key.registry))
      answers.forget(key);
    else if (failure !== undefined) answers.invalidate(key);
  }
  settle(state);
}
