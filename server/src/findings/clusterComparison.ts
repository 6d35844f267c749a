// The file, its tag and the cluster side by side: which agree, and what applying the file would do.

import type { ClusterImage, RunningImage } from "../cluster/clusterImage.ts";
import { parseImageReference, type ImageReference } from "../image/imageReference.ts";
import { rememberedTag } from "../document/writtenImage.ts";
import { resolvedDigest, type ImageState } from "./imageState.ts";

/** What follows from the three. */
export type Comparison =
  /** The cluster has no such resource. */
  | { readonly kind: "absent" }
  /** One of them is not known. */
  | { readonly kind: "unknown" }
  /** What runs is what the file says, and its tag too, as far as it is known. */
  | { readonly kind: "agrees" }
  /**
   * The same image is applied, and its tag has moved since: applying the file changes nothing.
   * @property isWhole whether the whole template is known to be the same
   */
  | {
      readonly kind: "tag-moved-since";
      readonly runs: string;
      readonly tag: string;
      readonly isWhole: boolean;
    }
  /** The file's digest runs, and its tag names another one now. */
  | { readonly kind: "left-behind"; readonly runs: string; readonly tag: string }
  /** The file is applied, and its Revision is not ready: an older one runs. */
  | { readonly kind: "not-ready"; readonly revision: string; readonly runs: string | undefined }
  /** Applying the file makes a new Revision. @property to the digest; undefined where it is not known */
  | {
      readonly kind: "rolls-out";
      readonly to: string | undefined;
      readonly runs: string | undefined;
    }
  /** Applying the file makes a new Revision that runs the same. */
  | { readonly kind: "same-digest" };

/** Compares; undefined where the cluster was not asked about the image. */
export function compareWithCluster({ use, tag, cluster }: ImageState): Comparison | undefined {
  if (cluster === undefined) return undefined;
  if (cluster.kind === "absent") return { kind: "absent" };
  const { reference } = use;
  if (reference.kind !== "tag" && reference.kind !== "digest") return { kind: "unknown" };
  const written = reference.kind === "digest" ? reference.digest : undefined;
  const now = resolvedDigest(tag);
  const runs = cluster.serving?.runs?.digest;
  if (cluster.template !== reference.text || cluster.change === "different") {
    const to = written ?? now;
    return to !== undefined && to === runs
      ? { kind: "same-digest" }
      : { kind: "rolls-out", to, runs };
  }
  const { serving, created } = cluster;
  if (created !== undefined && serving?.image !== reference.text) {
    return { kind: "not-ready", revision: created.revision, runs };
  }
  return compareApplied({ runs, written, now, isWhole: cluster.change === "same" });
}

/** The file is applied as it stands. */
function compareApplied({
  runs,
  written,
  now,
  isWhole,
}: {
  readonly runs: string | undefined;
  readonly written: string | undefined;
  readonly now: string | undefined;
  readonly isWhole: boolean;
}): Comparison {
  if (runs === undefined || (now ?? written) === undefined) return { kind: "unknown" };
  if (now === undefined || now === runs) return { kind: "agrees" };
  if (written !== undefined) return { kind: "left-behind", runs, tag: now };
  return { kind: "tag-moved-since", runs, tag: now, isWhole };
}

/** Why an image cannot be pinned to what the cluster runs. */
export type ClusterObstacle =
  | { readonly kind: "not-asked" }
  | { readonly kind: "absent" }
  | { readonly kind: "no-digest" }
  /** It runs another repository, or another tag of the same. */
  | { readonly kind: "other-image"; readonly image: string };

/** The digest that runs for this very image, or why there is none to pin to. */
export function runningDigest({ use, cluster }: ImageState): string | ClusterObstacle {
  if (cluster === undefined) return { kind: "not-asked" };
  if (cluster.kind === "absent") return { kind: "absent" };
  const { serving } = cluster;
  if (serving?.runs === undefined) return { kind: "no-digest" };
  const { reference } = use;
  const tag = reference.kind === "tag" ? reference.tag : rememberedTag(use);
  return isSameImage(reference, tag, serving)
    ? serving.runs.digest
    : { kind: "other-image", image: serving.image };
}

function isSameImage(
  reference: ImageState["use"]["reference"],
  tag: string | undefined,
  { runs, image }: RunningImage,
): boolean {
  if (runs === undefined || (reference.kind !== "tag" && reference.kind !== "digest")) return false;
  const running = parseImageReference(`${runs.repository}@${runs.digest}`);
  if (running.kind !== "digest") return false;
  const isSameRepository =
    running.registry === reference.registry && running.repository === reference.repository;
  const applied = tagOf(parseImageReference(image));
  return isSameRepository && (tag === undefined || applied === undefined || applied === tag);
}

function tagOf(reference: ImageReference): string | undefined {
  return reference.kind === "invalid" ? undefined : reference.tag;
}

/** What the cluster runs, in the words of reports: the Revision, its digest, and whether the latest one is ready. */
export interface ClusterSummary {
  readonly context: string | null;
  readonly revision: string | null;
  readonly digest: string | null;
  readonly ready: boolean;
  readonly reason: string | null;
}

/** The same as one flat value. */
export function clusterSummary(cluster: ClusterImage): ClusterSummary {
  const context = cluster.context === "" ? null : cluster.context;
  if (cluster.kind === "absent") {
    return { context, revision: null, digest: null, ready: false, reason: "NotFound" };
  }
  const { serving, created, unready } = cluster;
  return {
    context,
    revision: (serving ?? created)?.revision ?? null,
    digest: serving?.runs?.digest ?? null,
    ready: created === undefined && serving !== undefined,
    reason: unready?.reason ?? null,
  };
}
