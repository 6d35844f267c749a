// What a resolver keeps, what it knows at once, and whether it may contact a registry now.

import { isDigest } from "../image/digest.ts";
import { versionProfile } from "../knative/config/versionProfile.ts";
import { createInFlight, type InFlight } from "../base/inFlight.ts";
import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import type { Priority } from "../registry/transport/requestQueue.ts";
import { createDiskCache, type DiskCache } from "./diskCache.ts";
import { controllerProblem } from "./controllerProblem.ts";
import { toResolution } from "./digestFact.ts";
import { createFactCache, type FactCache } from "./factCache.ts";
import { createFactKinds, type FactKind } from "./factKinds.ts";
import { createFactLookups, type FactLookups } from "./factLookups.ts";
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
import type { Policy, ResolverParts } from "./resolverContract.ts";

/** What the functions below share. */
export interface State extends ResolverParts {
  policy: Policy;
  readonly digests: FactKind<ManifestAnswer>;
  readonly answers: FactCache<ManifestAnswer>;
  /** The facts besides the digest: what concerns all of them does so without their names. */
  readonly facts: {
    readonly tags: FactLookups<TagList>;
    readonly details: FactLookups<ManifestDetails>;
  };
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
export const withdrawn = new Error("withdrawn");

/** An empty state, which takes over what the disk holds. */
export function createState(parts: ResolverParts, events: Pick<State, "began" | "changed">): State {
  const { client, clock, settings, cacheFile } = parts;
  const kinds = createFactKinds(client, settings);
  const answers = createFactCache<ManifestAnswer>(clock, kinds.digest.rules);
  const state: State = {
    ...parts,
    digests: kinds.digest,
    answers,
    facts: {
      tags: createFactLookups(kinds.tags, parts),
      details: createFactLookups(kinds.details, { client, clock, changed: events.changed }),
    },
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

/** What is known of a key now. Sends no request. */
export function peek(state: State, key: ManifestKey): Resolution {
  const known = state.answers.find(key);
  if (known !== undefined) return toResolution(known, (answer) => controllerOf(state, key, answer));
  if (state.inFlight.has(keyText(key))) return { status: "pending" };
  return { status: "not-asked", reason: reasonNotAsked(state) };
}

/** A manifest by its digest: a tag may move while it is read. Undefined for a tag whose digest is not known. */
export function byDigest(state: State, key: ManifestKey): ManifestKey | undefined {
  if (isDigest(key.reference)) return key;
  const resolution = peek(state, key);
  return resolution.status === "resolved" ? { ...key, reference: resolution.digest } : undefined;
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

/** Why nothing is looked up by itself: the policy, the settings, or nothing but that nobody asked yet. */
export function reasonNotAsked({ policy, settings }: State): NotAskedReason {
  if (!policy.trusted) return "untrusted";
  if (policy.offline) return "offline";
  if (settings().resolve === "off") return "off";
  return settings().resolve === "on-demand" ? "on-demand" : "not-yet";
}

/** Why no registry may be contacted, not even for a person; undefined if it may. */
export function notAsked(state: State): NotAsked | undefined {
  const reason = reasonNotAsked(state);
  const mayAsk = reason === "on-demand" || reason === "not-yet";
  return mayAsk ? undefined : { status: "not-asked", reason };
}

/** Looks up if the policy allows it, and ends without an answer when the policy changes. */
export async function ifAllowed<Value>(
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

/** Aborts all lookups, since they are no longer allowed. */
export function abortAll({ inFlight, facts }: State): void {
  for (const work of [inFlight, ...Object.values(facts)]) work.abortAll(withdrawn);
}

/** Aborts lookups that are no longer allowed, and lets views look again. */
export function settle(state: State): void {
  if (notAsked(state) !== undefined) abortAll(state);
  state.changed();
}
