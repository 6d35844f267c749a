// Everything that is known of one image use: the value from which findings and views are drawn.

import type { ImageUse } from "../document/analysis.ts";
import { rememberedTag } from "../document/writtenImage.ts";
import { imageOutcome, runs, type Outcome } from "../knative/outcome.ts";
import { registryClass } from "../knative/skipList/registryClass.ts";
import {
  distinctKeys,
  keyText,
  type ManifestDetails,
  type ManifestKey,
  type Resolution,
  type Resolutions,
} from "../resolver/resolution.ts";
import type { ClusterImage, TemplateOf } from "../cluster/clusterImage.ts";
import type { ClusterKnown } from "../cluster/clusterKnown.ts";
import type { KustomizeFate } from "../workspace/kustomize/fate.ts";
import type { SkipList } from "../workspace/effectiveSkipList.ts";

/** What has been learned from registries and a cluster, as snapshots: neither asks anything. */
export interface Known {
  readonly resolutions: Resolutions;
  readonly details: (key: ManifestKey) => ManifestDetails | undefined;
  /** The tag that a digest was first written with, if it was another one; absent where that is not recorded. */
  readonly otherTag?: (key: ManifestKey, digest: string) => string | undefined;
  /** What a cluster says; absent where none is asked. */
  readonly cluster?: ClusterKnown | undefined;
}

export interface ImageState {
  readonly use: ImageUse;
  readonly outcome: Outcome;
  /** What kustomizations make of it, if they have a say in it. */
  readonly fate: KustomizeFate | undefined;
  readonly skipList: SkipList;
  /** What the tag points at; undefined if there is nothing to look up. */
  readonly tag: Answer | undefined;
  /** Whether the pinned digest exists; undefined if there is none, or nothing to look up. */
  readonly pin: Answer | undefined;
  /** The exact reference that the pods will run; undefined while it is not known and where none will. */
  readonly runs: string | undefined;
  /** The pinned digest against its tag's. */
  readonly drift: Drift;
  /** What the cluster runs; undefined where it was not asked about this image. */
  readonly cluster: ClusterImage | undefined;
}

/** A lookup and what is known of its answer. */
export interface Answer {
  readonly key: ManifestKey;
  readonly resolution: Resolution;
}

export type Drift =
  /** Not a pin, a pin without a tag, or not known. */
  | { readonly kind: "none" }
  | { readonly kind: "current" }
  /** The tag points at another digest now. */
  | { readonly kind: "moved"; readonly digest: string }
  /** The version was changed and the digest was not: the digest was written with the tag `was`. */
  | { readonly kind: "mismatch"; readonly digest: string; readonly was: string }
  /** The pinned digest is that of one platform in the index that the tag points at. */
  | { readonly kind: "single-platform"; readonly digest: string; readonly platform: string };

/** The lookups that a use needs. */
export interface Questions {
  readonly tag: ManifestKey | undefined;
  readonly pin: ManifestKey | undefined;
}

/** The lookups of a use; none for templates, rejected and doomed references, and side-loaded images. */
function questions(use: ImageUse, outcome: Outcome): Questions {
  const { reference } = use;
  const none: Questions = { tag: undefined, pin: undefined };
  // An image that func builds may not be pushed yet, and needs no check.
  if (use.owner?.tool === "func") return none;
  if (reference.kind !== "tag" && reference.kind !== "digest") return none;
  if (outcome.kind === "doomed" || outcome.kind === "reject") return none;
  if (outcome.kind === "template") return none;
  if (registryClass(reference.registry) === "side-loaded") return none;
  const { registry, repository } = reference;
  const key = (text: string): ManifestKey => ({ registry, repository, reference: text });
  if (reference.kind === "tag") return { tag: key(reference.tag), pin: undefined };
  const tag = rememberedTag(use);
  return { tag: tag === undefined ? undefined : key(tag), pin: key(reference.digest) };
}

const replaced: Outcome = { kind: "template" };

/** Whether it is unknown what an entry or a patch changes: Knative may never see its image. */
export function isUnsure({ fate }: ImageState): boolean {
  return fate?.kind === "reaches" && fate.reach.kind === "unknown";
}

const nowhere: TemplateOf = () => undefined;

/** What stands around a use. */
interface UseSurroundings {
  readonly fate?: KustomizeFate | undefined;
  /** Finds the use's template, if a cluster's may be compared with it. */
  readonly templateOf?: TemplateOf;
}

/** Puts together what is known of a use now. */
export function imageState(
  use: ImageUse,
  skipList: SkipList,
  known: Known,
  { fate, templateOf = nowhere }: UseSurroundings = {},
): ImageState {
  const { reference, role, platform } = use;
  // What is replaced is filled in like a template: nothing is claimed of it.
  const isReplaced = fate?.kind === "replaced";
  const outcome = isReplaced
    ? replaced
    : imageOutcome({ reference, role, platform, skipList: skipList.registries });
  const asked = questions(use, outcome);
  const tag = answer(asked.tag, known);
  const pin = answer(asked.pin, known);
  return {
    use,
    outcome,
    fate,
    skipList,
    tag,
    pin,
    runs: isHeldUp(outcome, tag) ? undefined : runs(outcome, reference, resolvedDigest(tag)),
    drift: drift(use, tag, known),
    cluster: isReplaced ? undefined : known.cluster?.image(use, templateOf),
  };
}

/** Whether Knative's controller cannot resolve the tag, so that no pod will run. */
function isHeldUp(outcome: Outcome, tag: Answer | undefined): boolean {
  const isAsked = outcome.kind === "resolve" || outcome.kind === "status-only";
  return (
    isAsked && tag?.resolution.status === "resolved" && tag.resolution.controller !== undefined
  );
}

/** The digest that an update would write in place of the pinned one; undefined if there is nothing to update. */
export function newDigest(drift: Drift): string | undefined {
  return drift.kind === "none" || drift.kind === "current" ? undefined : drift.digest;
}

/** The registry, or its mirror, that refused access to an image; undefined if none did. */
export function deniedRegistry({ tag, pin }: ImageState): string | undefined {
  const [refused] = [pin, tag].flatMap((answer) =>
    answer?.resolution.status === "failed" && answer.resolution.error.kind === "access-denied"
      ? [answer.resolution.error.deniedBy ?? answer.key.registry]
      : [],
  );
  return refused;
}

/** The digest of an answer; undefined if there is none. */
export function resolvedDigest(answered: Answer | undefined): string | undefined {
  const resolution = answered?.resolution;
  if (resolution?.status === "resolved") return resolution.digest;
  return resolution?.status === "failed" ? resolution.last?.digest : undefined;
}

/** Whether a media type is that of an index: several platforms behind one digest. */
export function isIndexMediaType(mediaType: string | undefined): boolean {
  return (
    mediaType === "application/vnd.oci.image.index.v1+json" ||
    mediaType === "application/vnd.docker.distribution.manifest.list.v2+json"
  );
}

function answer(key: ManifestKey | undefined, known: Known): Answer | undefined {
  return key === undefined ? undefined : { key, resolution: known.resolutions(key) };
}

/** The lookups that some uses need, each once. @param atMost how many of them; the first ones */
export function questionsOf(states: readonly ImageState[], atMost = Infinity): ManifestKey[] {
  const keys = new Map<string, ManifestKey>();
  for (const { tag, pin } of states) {
    for (const key of [tag?.key, pin?.key]) if (key !== undefined) keys.set(keyText(key), key);
    if (keys.size >= atMost) break;
  }
  return [...keys.values()].slice(0, atMost);
}

/** The tags of pins that moved, whose index alone says whether it holds the pinned digest: each once. */
export function tagsOfMovedPins(states: readonly ImageState[]): ManifestKey[] {
  const keys = states.flatMap(({ drift, tag }) =>
    drift.kind === "moved" &&
    tag?.resolution.status === "resolved" &&
    isIndexMediaType(tag.resolution.mediaType)
      ? [tag.key]
      : [],
  );
  return distinctKeys(keys);
}

function drift(use: ImageUse, tag: Answer | undefined, known: Known): Drift {
  const { reference } = use;
  const resolution = tag?.resolution;
  if (reference.kind !== "digest" || tag === undefined) return { kind: "none" };
  const isResolved = resolution?.status === "resolved";
  // A registry whose HEAD has no digest has one behind its GET.
  const found = resolution?.status === "failed" ? resolution.error.digest : undefined;
  const digest = isResolved ? resolution.digest : found;
  const mediaType = isResolved ? resolution.mediaType : undefined;
  if (digest === undefined) return { kind: "none" };
  if (digest === reference.digest) return { kind: "current" };
  const children = isIndexMediaType(mediaType) ? known.details(tag.key)?.platforms : undefined;
  const child = children?.find((platform) => platform.digest === reference.digest);
  if (child === undefined) {
    const was = known.otherTag?.(tag.key, reference.digest);
    return was === undefined ? { kind: "moved", digest } : { kind: "mismatch", digest, was };
  }
  const { os, architecture, variant } = child.platform;
  const platform = [os, architecture, variant].filter((part) => part !== undefined).join("/");
  return { kind: "single-platform", digest, platform };
}
