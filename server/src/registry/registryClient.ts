// The registry client: questions about manifests and tags, put together from the parts of the protocol.

import type { Clock, HttpSender, Log } from "../environment.ts";
import type { Settings } from "../settings.ts";
import { createBearerTokens } from "./bearerTokens.ts";
import { createBudget } from "./budget.ts";
import { createExchange, type Lookup } from "./exchange.ts";
import { createHostHealth } from "./hostHealth.ts";
import { createHostTraits, type HostTraitsStore } from "./hostTraits.ts";
import type { Keychain } from "./keychain.ts";
import { createLeaderGate } from "./leaderGate.ts";
import {
  findManifest,
  type ManifestAnswer,
  type ManifestParts,
  type ManifestQuestion,
} from "./manifestLookup.ts";
import { RegistryError } from "./registryError.ts";
import {
  referenceProblem,
  registryHost,
  repositoryProblem,
  type RegistryHost,
} from "./registryHost.ts";
import { createRequestQueue, type Priority } from "./requestQueue.ts";
import { createSignInMemory } from "./signIn.ts";

export interface RegistryClientParts {
  readonly sender: HttpSender;
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly log: Log;
  /** Lower-case hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string;
  /** Asked anew at each use. */
  readonly settings: () => Settings;
}

/** A tag or digest in a repository, spelled as Knative spells it. */
export interface ManifestName {
  readonly registry: string;
  readonly repository: string;
  readonly reference: string;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Asked anew whenever a place is free: it can rise while the question waits. */
  readonly priority: () => Priority;
  /** Whether a person asked for this one: hosts that failed are tried again, and a reason is worth a GET. */
  readonly byPerson: boolean;
}

/** All methods reject with a `RegistryError`, or with the signal's reason. */
export interface RegistryClient {
  findManifest(name: ManifestName, options: AskOptions): Promise<ManifestAnswer>;
  readonly traits: HostTraitsStore;
  /** Milliseconds since 1970 before which the registry is not asked by itself; 0 if it may be asked now. */
  closedUntil(registry: string): number;
  /** Forgets tokens, refusals, closed hosts and open connections: settings or credentials changed. */
  reset(): void;
  /** Ends all connections. */
  close(): Promise<void>;
}

const totalRequests = 24;

export function createRegistryClient(parts: RegistryClientParts): RegistryClient {
  const { clock, settings } = parts;
  const health = createHostHealth(clock);
  const { manifestParts, lookups } = assemble(parts, health);

  const lookUp = async <Value>(
    registry: string,
    { signal, priority, byPerson }: AskOptions,
    ask: (host: RegistryHost, lookup: Lookup) => Promise<Value>,
  ): Promise<Value> => {
    const host = registryHost(registry, settings().registries);
    if (typeof host === "string") throw blocked(host, registry);
    if (byPerson) health.forgive(host.asked);
    const budget = createBudget(clock, settings().timeoutSeconds * 1000);
    lookups.set(host.asked, (lookups.get(host.asked) ?? 0) + 1);
    try {
      return await ask(host, { signal, priority, budget, notices: new Set() });
    } finally {
      const left = (lookups.get(host.asked) ?? 1) - 1;
      if (left === 0) lookups.delete(host.asked);
      else lookups.set(host.asked, left);
    }
  };

  return {
    findManifest: (name, options) =>
      lookUp(name.registry, options, (host, lookup) => {
        const question = questionFor(host, name, options.byPerson);
        return findManifest(question, lookup, manifestParts);
      }),
    traits: manifestParts.traits,
    closedUntil(registry) {
      const host = registryHost(registry, settings().registries);
      return typeof host === "string" ? 0 : health.closedUntil(host.asked);
    },
    reset() {
      health.clear();
      manifestParts.tokens.clear();
      manifestParts.memory.challenged.clear();
      manifestParts.memory.pings.clear();
      manifestParts.memory.accepted.clear();
      parts.keychain.clear();
      parts.sender.reset();
    },
    close: () => parts.sender.close(),
  };
}

function assemble(
  parts: RegistryClientParts,
  health: ReturnType<typeof createHostHealth>,
): { manifestParts: ManifestParts; lookups: Map<string, number> } {
  const { clock, settings } = parts;
  const traits = createHostTraits();
  const lookups = new Map<string, number>();
  const queue = createRequestQueue(() => ({
    perHost: settings().requestsPerRegistry,
    total: totalRequests,
  }));
  const exchange = createExchange({ ...parts, queue, health });
  const timeoutMs = (): number => settings().timeoutSeconds * 1000;
  const manifestParts: ManifestParts = {
    ...parts,
    exchange,
    traits,
    health,
    gate: createLeaderGate((host) => traits.get(host).signIn !== undefined),
    tokens: createBearerTokens({ exchange, clock, traits, timeoutMs }),
    memory: createSignInMemory(),
    trustedAuthHosts: () => settings().trustedAuthHosts,
    lookupsOf: (host) => lookups.get(host) ?? 0,
    liars: new Set(),
  };
  return { manifestParts, lookups };
}

function questionFor(host: RegistryHost, name: ManifestName, mayPull: boolean): ManifestQuestion {
  const { repository, reference } = name;
  const problem = repositoryProblem(host.asked, repository) ?? referenceProblem(reference);
  if (problem !== undefined) throw blocked(problem, host.asked);
  return { host, repository, reference, mayPull };
}

function blocked(reason: string, host: string): RegistryError {
  return new RegistryError({ kind: "blocked", reason }, host);
}
