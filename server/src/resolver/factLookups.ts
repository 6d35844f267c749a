// Lookups of one kind of fact: from what is known, else by one request for all who wait.

import type { Clock } from "../environment.ts";
import { createInFlight } from "../base/inFlight.ts";
import type { RegistryClient } from "../registry/registryClient.ts";
import { RegistryError } from "../registry/registryError.ts";
import { createFactCache, type FactCache, type KnownFact, type RetryReason } from "./factCache.ts";
import type { FactKind } from "./factKinds.ts";
import { describeFailure } from "./failure.ts";
import { keyText, type Failed, type ManifestKey } from "./resolution.ts";

export interface FactLookups<Value> {
  /** What is known now; undefined if nothing is. Sends no request. */
  peek(key: ManifestKey): Value | undefined;
  /** What is known, else what the registry answers. Rejects only with the signal's reason. */
  get(
    key: ManifestKey,
    options: { readonly signal: AbortSignal; readonly mayPull: boolean },
  ): Promise<Value | Failed>;
  /**
   * Looks up in the background what is not known, once the wait of an earlier failure is over; sends nothing that
   * counts as a pull. Resolves when it is known or cannot be known now. Rejects only when it is aborted.
   */
  prefetch(key: ManifestKey): Promise<void>;
  /** Ends the wait of failures that the reason may have undone (`FactCache.endWaits`). */
  endWaits(reason: RetryReason): void;
  /** The registry answered, so silence that it met before holds nothing back. */
  registryAnswered(registry: string): void;
  /** A person no longer trusts what is known: it is looked up again, where it can have become wrong. */
  refresh(): void;
  /** Aborts all requests in flight; waiters are rejected with the reason. */
  abortAll(reason: Error): void;
  clear(): void;
}

export interface FactLookupParts {
  readonly client: Pick<RegistryClient, "closedFor" | "keychain">;
  readonly clock: Clock;
  /** Called when a registry answered. */
  readonly changed?: () => void;
}

/** Whether nothing is gained by a lookup now. A refusal is good as long as the credentials are the same. */
export async function isGood(
  cache: FactCache<unknown>,
  key: ManifestKey,
  { keychain }: Pick<RegistryClient, "keychain">,
): Promise<boolean> {
  if (!cache.isSettled(key)) return false;
  const deniedWith = cache.deniedWith(key);
  return deniedWith === undefined || deniedWith === (await keychain.stamp());
}

/** Remembers why a lookup failed. */
export async function rememberFailure(
  cache: FactCache<unknown>,
  key: ManifestKey,
  failure: RegistryError,
  { client, clock }: FactLookupParts,
): Promise<void> {
  const closedMs = client.closedFor(key.registry);
  const credentialStamp = await client.keychain.stamp();
  const { error, waitMs } = describeFailure(failure, key, clock.now());
  cache.fail(key, { error, waitMs, closedMs, credentialStamp });
}

/** Makes an empty store of one kind of fact. */
export function createFactLookups<Value>(
  kind: FactKind<Value>,
  parts: FactLookupParts,
): FactLookups<Value> {
  const { lookUp, keptAs = (key: ManifestKey): ManifestKey => key, failuresHold, isLasting } = kind;
  const cache = createFactCache<Value>(parts.clock, kind.rules);
  const inFlight = createInFlight<Value | Failed>();
  const priority = (): "hover" => "hover";

  const failed = (key: ManifestKey): Failed | undefined => {
    const failure = cache.find(key)?.failure;
    return failure && { status: "failed", ...failure, last: undefined };
  };
  /** An answer that credentials gave is not shown once they are refused. */
  const answerOf = (key: ManifestKey): KnownFact<Value>["answer"] => {
    const known = cache.find(key);
    return known?.failure?.error.kind === "access-denied" ? undefined : known?.answer;
  };
  const send = async (
    key: ManifestKey,
    options: { readonly signal: AbortSignal; readonly mayPull: boolean },
  ): Promise<Value | Failed> => {
    try {
      const value = await lookUp(key, { ...options, priority, byPerson: false });
      cache.succeed(keptAs(key, value), value);
      parts.changed?.();
      return value;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      await rememberFailure(cache, key, error, parts);
      const failure = failed(key);
      if (failure === undefined) throw error;
      return failure;
    }
  };
  const join = (
    key: ManifestKey,
    { signal, mayPull }: { readonly signal: AbortSignal; readonly mayPull: boolean },
  ): Promise<Value | Failed> =>
    inFlight.join(`${keyText(key)} ${String(mayPull)}`, signal, (shared) =>
      send(key, { signal: shared, mayPull }),
    );
  return {
    peek: (key) => answerOf(key)?.value,
    async get(key, { signal, mayPull }) {
      const isHeld = failuresHold && (await isGood(cache, key, parts.client));
      const answer = answerOf(key);
      if (answer?.isStale === false || (answer !== undefined && isHeld)) return answer.value;
      const failure = isHeld ? failed(key) : undefined;
      if (failure !== undefined) return failure;
      if (answer === undefined) return join(key, { signal, mayPull });
      // Nobody waits for it: the older answer is given now.
      join(key, { signal: new AbortController().signal, mayPull }).catch(() => undefined);
      return answer.value;
    },
    async prefetch(key) {
      if (await isGood(cache, key, parts.client)) return;
      await join(key, { signal: new AbortController().signal, mayPull: false });
    },
    endWaits: (reason) => void cache.endWaits(reason),
    registryAnswered: cache.registryAnswered,
    refresh() {
      if (isLasting) cache.endWaits("looked-at");
      else cache.clear();
    },
    abortAll: inFlight.abortAll,
    clear: cache.clear,
  };
}
