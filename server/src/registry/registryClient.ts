// The registry client: lookups of manifests and tags, built from the parts of the protocol.

import * as l10n from "@vscode/l10n";
import type { Clock, HttpSender, Log } from "../environment.ts";
import { isDigest } from "../image/digest.ts";
import type { Settings } from "../settings.ts";
import { createBoundedMap } from "../base/boundedMap.ts";
import { createBearerTokens } from "./authentication/bearerTokens.ts";
import { createBudget } from "../base/budget.ts";
import { createCredentialTrials } from "./authentication/credentialTrials.ts";
import { createExchange, type Lookup } from "./transport/exchange.ts";
import { createHostHealth, type HostHealth } from "./transport/hostHealth.ts";
import { createHostTraits, isKnownHost, type HostTraitsStore } from "./transport/hostTraits.ts";
import { readDetails, type ManifestDetails } from "./detailsLookup.ts";
import type { Keychain } from "./credentials/keychain.ts";
import { createPings, type ControllerTraits, type Pings } from "./transport/ping.ts";
import { createLeaderGate } from "./transport/leaderGate.ts";
import {
  findManifest,
  type KnownLack,
  type ManifestAnswer,
  type ManifestParts,
  type HostedManifest,
} from "./manifestLookup.ts";
import { RegistryError } from "./registryError.ts";
import {
  referenceProblem,
  registryHost,
  repositoryProblem,
  unusableSetting,
  type RegistryHost,
  type ManifestKey,
  type RepositoryName,
} from "./registryHost.ts";
import { createRequestQueue, type Priority } from "./transport/requestQueue.ts";
import {
  releaseDetails,
  releaseError,
  releaseManifest,
  releaseTags,
  type ReleaseContext,
} from "./released.ts";
import type { SecretsInHand } from "./credentials/secretsInHand.ts";
import { createAuthenticatedSender } from "./authentication/sendAuthenticated.ts";
import { listTags, type TagList } from "./tagPages.ts";

export interface RegistryClientParts {
  readonly sender: HttpSender;
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: SecretsInHand;
  /** Lower-case hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string;
  /** Read at each use. */
  readonly settings: () => Settings;
  /** Milliseconds before each further try; for tests. */
  readonly retryPauses?: readonly number[] | undefined;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Read whenever a slot is free: it can rise while the request waits. */
  readonly priority: () => Priority;
  /** Whether a person asked: then hosts that failed are tried again, and a GET may be sent for the reason. */
  readonly byPerson: boolean;
}

/** Lookups reject with a `RegistryError`, or with the signal's reason. */
export interface RegistryClient {
  findManifest(name: ManifestKey, options: AskOptions): Promise<ManifestAnswer>;
  /** A GET, which counts as a pull on Docker Hub: refused there unless `mayPull`. */
  readDetails(
    name: ManifestKey,
    options: AskOptions & { readonly mayPull: boolean },
  ): Promise<ManifestDetails>;
  listTags(name: RepositoryName, options: AskOptions): Promise<TagList>;
  readonly keychain: Keychain;
  readonly traits: HostTraitsStore;
  /**
   * What is known of a registry that bears on Knative's controller; undefined where a mirror is used, since Knative
   * contacts the registry itself.
   */
  controllerTraits(registry: string): ControllerTraits | undefined;
  /** Resolves when it is known what `/v2/` of a registry answers; undefined if nothing is under way. Never rejects. */
  pinged(registry: string): Promise<void> | undefined;
  /** The registry's route by the current settings (`RegistryHost.route`). */
  routeOf(registry: string): string;
  /** Milliseconds without automatic lookups of the registry; 0 if it may be contacted now. */
  closedFor(registry: string): number;
  /** Allows lookups of an unreachable registry before its wait ends. */
  forgive(registry: string): void;
  /** Forgets tokens, refusals, closed hosts and open connections: settings or credentials changed. */
  reset(): void;
  /** Ends all connections. */
  close(): Promise<void>;
}

const totalRequests = 24;
const maxLacks = 1000;

export function createRegistryClient(parts: RegistryClientParts): RegistryClient {
  const { keychain, settings } = parts;
  const { manifestParts, health, pings, forget, lookUp } = assemble(parts);
  const hostOf = (registry: string): RegistryHost | undefined => {
    const host = registryHost(registry, settings().registries);
    return typeof host === "string" ? undefined : host;
  };
  return {
    findManifest: (name, options) =>
      lookUp(name, options, releaseManifest, (host, lookup) => {
        const target = hostedManifest(host, name, options.byPerson);
        const found = findManifest(target, lookup, manifestParts);
        // Started second, so that the lookup learns the host's traits. Knative looks up no digests.
        if (!host.isMirror && !isDigest(name.reference)) pings.begin(host, options.byPerson);
        return found;
      }),
    readDetails: (name, options) =>
      lookUp(name, options, releaseDetails, (host, lookup) => {
        if (host.isDockerHub && !options.mayPull) {
          throw blocked(l10n.t("Docker Hub counted this request as a pull."), host.asked);
        }
        return readDetails(hostedManifest(host, name, options.mayPull), lookup, manifestParts);
      }),
    listTags: (name, options) =>
      lookUp(name, options, releaseTags, (host, lookup) =>
        listTags({ host, repository: name.repository }, lookup, manifestParts),
      ),
    keychain,
    traits: manifestParts.traits,
    controllerTraits(registry) {
      const host = hostOf(registry);
      return host === undefined || host.isMirror ? undefined : manifestParts.traits.get(host.asked);
    },
    pinged(registry) {
      const host = hostOf(registry);
      return host === undefined ? undefined : pings.underWay(host);
    },
    routeOf: (registry) => hostOf(registry)?.route ?? "",
    closedFor: (registry) => health.closedFor(hostOf(registry)?.asked ?? ""),
    forgive: (registry) => health.forgive(hostOf(registry)?.asked ?? ""),
    reset() {
      health.clear();
      pings.clear();
      forget();
      keychain.clear();
      parts.sender.reset();
    },
    close() {
      pings.clear();
      return parts.sender.close();
    },
  };
}

type LookUp = <Value>(
  name: RepositoryName & { readonly reference?: string },
  options: AskOptions,
  release: (value: Value, context: ReleaseContext) => Value,
  ask: (host: RegistryHost, lookup: Lookup) => Promise<Value>,
) => Promise<Value>;

interface Assembled {
  readonly manifestParts: ManifestParts;
  readonly health: HostHealth;
  readonly pings: Pings;
  /** Forgets tokens, and what credentials and repositories met. */
  readonly forget: () => void;
  /** Checks the names, runs one lookup with its own time, and lets nothing out that says a secret back. */
  readonly lookUp: LookUp;
}

function assemble(parts: RegistryClientParts): Assembled {
  const { clock, settings, secrets } = parts;
  const traits = createHostTraits(secrets);
  const trials = createCredentialTrials(clock);
  const health = createHostHealth(clock);
  const lookups = new Map<string, number>();
  const queue = createRequestQueue(() => ({
    perHost: settings().requestsPerRegistry,
    total: totalRequests,
  }));
  const exchange = createExchange({ ...parts, queue, health });
  const timeoutMs = (): number => settings().timeoutSeconds * 1000;
  const gate = createLeaderGate((host) => isKnownHost(traits.get(host)));
  const tokens = createBearerTokens({ exchange, clock, traits, trials, timeoutMs, secrets });
  const lookupsOf = (host: string): number => lookups.get(host) ?? 0;
  const hostParts = { exchange, traits, health, gate, tokens, clock };
  const sender = createAuthenticatedSender({ ...parts, ...hostParts, trials, lookupsOf });
  const lacks = createBoundedMap<KnownLack>(maxLacks);
  const manifestParts: ManifestParts = {
    send: sender.send,
    traits,
    lacks,
    liars: new Set(),
    log: parts.log,
    sha256: parts.sha256,
  };
  const pings = createPings(hostParts, timeoutMs);
  const forget = (): void => {
    for (const memory of [lacks, tokens, trials, sender]) memory.clear();
  };
  const lookUp: LookUp = async (name, { signal, priority, byPerson }, release, ask) => {
    const host = registryHost(name.registry, settings().registries);
    if (typeof host === "string") throw blocked(host, name.registry);
    const { unusable } = settings();
    const setting =
      unusableSetting(name.registry, unusable) ?? unusableSetting(host.asked, unusable);
    if (setting !== undefined) {
      const fix = l10n.t(
        "invalid value for {1} in the setting {0}",
        `knativeDigest.${setting}`,
        name.registry,
      );
      throw blocked(fix, host.asked);
    }
    const problem = repositoryProblem(host.asked, name.repository);
    if (problem !== undefined) throw blocked(problem, host.asked);
    if (byPerson) health.forgive(host.asked);
    const budget = createBudget(clock, timeoutMs());
    lookups.set(host.asked, (lookups.get(host.asked) ?? 0) + 1);
    const known = `${name.registry} ${host.asked}/${host.pathPrefix}${name.repository} ${name.reference ?? ""}`;
    const context: ReleaseContext = {
      says: (text) => secrets.areIn(text, known),
      host: host.asked,
    };
    try {
      const value = await ask(host, { signal, priority, budget, notices: new Set() });
      return release(value, context);
    } catch (error) {
      throw error instanceof RegistryError ? releaseError(error, context) : error;
    } finally {
      const left = (lookups.get(host.asked) ?? 1) - 1;
      if (left === 0) lookups.delete(host.asked);
      else lookups.set(host.asked, left);
    }
  };
  return { manifestParts, health, pings, forget, lookUp };
}

function hostedManifest(host: RegistryHost, name: ManifestKey, mayPull: boolean): HostedManifest {
  const { repository, reference } = name;
  const problem = referenceProblem(reference);
  if (problem !== undefined) throw blocked(problem, host.asked);
  return { host, repository, reference, mayPull };
}

function blocked(reason: string, host: string): RegistryError {
  return new RegistryError({ kind: "blocked", reason }, host);
}
