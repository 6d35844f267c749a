// What pinning, updating or unpinning does to an image: one decision for editor and command line.

import type { ImageOwner } from "../document/analysis.ts";
import { rememberedTag } from "../document/writtenImage.ts";
import { registryClass } from "../knative/skipList/registryClass.ts";
import type { Failed, FailureKind, ManifestKey } from "../resolver/resolution.ts";
import { runningDigest, type ClusterObstacle } from "./clusterComparison.ts";
import { isUnsure, type Answer, type ImageState } from "./imageState.ts";
import type { PlacedState } from "./reading.ts";

export type EditVerb = "pin" | "update" | "unpin";

/** Where editor and command line differ on purpose. */
export interface PinPolicy {
  /**
   * Whether a tag may be pinned to what a silent registry said last. A person reads the title first; a script would
   * take an old answer for a new one.
   */
  readonly takesLastKnown: boolean;
  /** Whether a comment that says to leave an image counts: one image that is named by hand is meant. */
  readonly heedsComments: boolean;
  /** Whether an entry of a kustomization is pinned although it is unknown what it changes: its file or itself was named. */
  readonly takesUnsure: boolean;
  /** Whether the digest is that which the cluster runs, and no registry is asked. */
  readonly fromCluster?: boolean;
}

export type PinDecision =
  /** Write the digest. @property isCurrent whether it is the answer of the last lookup */
  | { readonly kind: "write"; readonly digest: string; readonly isCurrent: boolean }
  /** Take the digest out: the tag is remembered. */
  | { readonly kind: "clear" }
  /** Look this up first. */
  | { readonly kind: "ask"; readonly key: ManifestKey }
  /** The verb is not for this image, or there is nothing to change. */
  | { readonly kind: "nothing" }
  | { readonly kind: "impossible"; readonly why: Obstacle };

/** Why an image is left as it is, although the verb is for it. */
export type Obstacle =
  | { readonly kind: "owned"; readonly owner: ImageOwner }
  | { readonly kind: "ignored" }
  /** An entry of a kustomization, or a JSON patch, that may be for other workloads than Knative's. */
  | { readonly kind: "unsure" }
  /** No registry has it: it is loaded onto the nodes. */
  | { readonly kind: "side-loaded"; readonly registry: string }
  /** The tag of the digest is unknown. */
  | { readonly kind: "no-tag" }
  /** No registry may be contacted: offline, not trusted, switched off. */
  | { readonly kind: "not-asked" }
  /** The cluster does not tell what to pin to. */
  | { readonly kind: "cluster"; readonly why: ClusterObstacle }
  | { readonly kind: "failed"; readonly failed: Failed };

/** Decides from what is known; sends no request. */
export function decidePin(placed: PlacedState, verb: EditVerb, policy: PinPolicy): PinDecision {
  const { state } = placed;
  const { reference } = state.use;
  if (!isFor(verb, state)) return nothing;
  const obstacle = permanentObstacle(placed, verb, policy);
  if (obstacle !== undefined) return impossible(obstacle);
  if (verb === "unpin") {
    return rememberedTag(state.use) === undefined
      ? impossible({ kind: "no-tag" })
      : { kind: "clear" };
  }
  if (policy.fromCluster === true) return fromCluster(state);
  if (state.tag === undefined) return withoutQuestion(state);
  const found = writableDigest(state.tag, verb === "pin" && policy.takesLastKnown);
  if (found === undefined) return unknownDigest(state.tag);
  const isSame = reference.kind === "digest" && reference.digest === found.digest;
  return isSame ? nothing : { kind: "write", ...found };
}

/** What must be looked up before a decision is final; undefined if nothing that would change it. */
export function pinQuestion(
  placed: PlacedState,
  verb: EditVerb,
  policy: PinPolicy,
): ManifestKey | undefined {
  const { state } = placed;
  if (verb === "unpin" || policy.fromCluster === true || !isFor(verb, state)) return undefined;
  return permanentObstacle(placed, verb, policy) === undefined ? state.tag?.key : undefined;
}

function fromCluster(state: ImageState): PinDecision {
  const digest = runningDigest(state);
  if (typeof digest !== "string") return impossible({ kind: "cluster", why: digest });
  const { reference } = state.use;
  const isSame = reference.kind === "digest" && reference.digest === digest;
  return isSame ? nothing : { kind: "write", digest, isCurrent: true };
}

const nothing: PinDecision = { kind: "nothing" };

function impossible(why: Obstacle): PinDecision {
  return { kind: "impossible", why };
}

function isFor(verb: EditVerb, { use, fate }: ImageState): boolean {
  // What kustomizations replace is not edited as it stands.
  if (fate?.kind === "replaced") return false;
  return use.reference.kind === (verb === "pin" ? "tag" : "digest");
}

/** What holds whatever a registry says. */
function permanentObstacle(
  { state, isIgnored }: PlacedState,
  verb: EditVerb,
  policy: PinPolicy,
): Obstacle | undefined {
  const { owner } = state.use;
  if (owner !== undefined) return { kind: "owned", owner };
  if (verb !== "unpin" && isUnsure(state) && !policy.takesUnsure) return { kind: "unsure" };
  return isIgnored && policy.heedsComments ? { kind: "ignored" } : undefined;
}

/** There is nothing to look up: no registry, no tag, or a reference that will fail. */
function withoutQuestion({ use }: ImageState): PinDecision {
  const { reference } = use;
  if (reference.kind === "digest" && rememberedTag(use) === undefined) {
    return impossible({ kind: "no-tag" });
  }
  const registry = "registry" in reference ? reference.registry : "";
  return registryClass(registry) === "side-loaded"
    ? impossible({ kind: "side-loaded", registry })
    : nothing;
}

/** A digest to write, and whether it is the answer of the last lookup. */
export interface WritableDigest {
  readonly digest: string;
  readonly isCurrent: boolean;
}

/** Failures that say nothing of the image: what was known before is as true as it was. */
const passing: readonly FailureKind[] = [
  "registry-unreachable",
  "rate-limited",
  "certificate-untrusted",
];

/**
 * The digest that a tag may be pinned to: what it points at; what a GET found where Knative's HEAD finds none; if that
 * is allowed, what it pointed at before the registry became unreachable. Never that of a tag that is gone or that nobody
 * may read.
 */
export function writableDigest(
  answer: Answer | undefined,
  takesLastKnown: boolean,
): WritableDigest | undefined {
  const resolution = answer?.resolution;
  if (resolution?.status === "resolved") return { digest: resolution.digest, isCurrent: true };
  if (resolution?.status !== "failed") return undefined;
  const { error, last } = resolution;
  if (error.digest !== undefined) return { digest: error.digest, isCurrent: true };
  if (!takesLastKnown || last === undefined || !passing.includes(error.kind)) return undefined;
  return { digest: last.digest, isCurrent: false };
}

function unknownDigest({ key, resolution }: Answer): PinDecision {
  switch (resolution.status) {
    case "failed":
      return impossible({ kind: "failed", failed: resolution });
    case "pending":
      return { kind: "ask", key };
    case "not-asked": {
      const mayBeAsked = resolution.reason === "on-demand" || resolution.reason === "not-yet";
      return mayBeAsked ? { kind: "ask", key } : impossible({ kind: "not-asked" });
    }
    case "resolved":
      return nothing;
  }
}
