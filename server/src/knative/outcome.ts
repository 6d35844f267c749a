// What Knative will do with one image: from the text, its role and the skip list alone.

import {
  repositoryName,
  type ImageReference,
  type InvalidReference,
} from "../image/imageReference.ts";
import type { Placeholder } from "../image/placeholder.ts";
import { unreadableByKubelet, unresolvable, type DoomedReason } from "./doomedReason.ts";
import { isSkipped } from "./skipList/skipList.ts";

/** Where an image stands: the kinds of `image` fields in the Knative family and in plain Kubernetes. */
export type ImageRole =
  /** A container of a Service, Configuration or Revision. */
  | "container"
  /** An init container of one of them. */
  | "init-container"
  /** `volumes[*].image.reference` of one of them. */
  | "image-volume"
  /** `queue-sidecar-image` in `config-deployment` or a KnativeServing. */
  | "queue-sidecar"
  /** `spec.image` of a `caching.internal.knative.dev` Image. */
  | "caching-image"
  /** Any container of a ContainerSource. */
  | "container-source"
  /** Any container of a JobSink. */
  | "job-sink"
  /** Any container of an IntegrationSource. */
  | "integration-source"
  /** `spec.registry` of a KnativeServing or KnativeEventing. */
  | "operator-override"
  /** `image` and `deploy.image` of a func.yaml: ends in a Service's container. */
  | "func-image"
  /** A builder or base image of a func.yaml. */
  | "func-builder"
  /** A container of a Pod, Deployment, Job … */
  | "kubernetes-workload"
  /** An entry of a kustomization's `images`: ends in whatever it is applied to, taken for a Service. */
  | "kustomize";

/**
 * Who runs the image: Knative, KServe by making a Knative Service, or Cloud Run, which takes Knative's API, resolves
 * tags at deployment and has neither a skip list nor a controller in a cluster.
 */
export type Platform = "knative" | "kserve" | "cloud-run";

/** Why the webhook refuses a manifest because of an image. */
export type RejectReason =
  /** No image at all: `missing field(s)`. */
  | { readonly kind: "missing" }
  /** `Failed to parse image reference`; `problem` is the reason, which Knative does not show. */
  | { readonly kind: "unparseable"; readonly text: string; readonly problem: string };

/** What Knative will do with an image. */
export type Outcome =
  | { readonly kind: "keep"; readonly digest: string }
  | { readonly kind: "skip"; readonly entry: string }
  | { readonly kind: "resolve" }
  | { readonly kind: "status-only" }
  | { readonly kind: "unresolved-kind"; readonly role: ImageRole }
  | { readonly kind: "reject"; readonly reason: RejectReason }
  | { readonly kind: "doomed"; readonly reason: DoomedReason }
  | { readonly kind: "template" };

/** The input: one image field and the skip list that applies to it. */
export interface OutcomeQuestion {
  readonly reference: ImageReference | Placeholder;
  readonly role: ImageRole;
  /** Knative where it is not given. */
  readonly platform?: Platform;
  /** As Knative compares: see `skipSet`. */
  readonly skipList: ReadonlySet<string>;
}

/**
 * What Knative will do. The order is Knative's: a digest is kept before the skip list is looked at, the skip list
 * is looked at before any registry (pkg/reconciler/revision/resolve.go `Resolve`). A form that no container
 * runtime reads comes before the skip list, because a skipped image reaches the kubelet as it is written.
 */
export function imageOutcome(question: OutcomeQuestion): Outcome {
  const { reference, role, skipList, platform } = question;
  if (reference.kind === "placeholder") return { kind: "template" };
  if (reference.kind === "digest") return { kind: "keep", digest: reference.digest };
  if (!isResolvedRole(role)) {
    // A URL is never an image; ko replaces its references in resources of every kind.
    const reason = reference.kind === "tag" ? unreadableByKubelet(reference) : undefined;
    if (reason?.kind === "ko" || reason?.kind === "url-scheme") return { kind: "doomed", reason };
    // Only the kubelet reads these; the webhook only requires a text that is not empty.
    const required = role === "container-source" || role === "job-sink";
    if (reference.text === "" && required) return { kind: "reject", reason: { kind: "missing" } };
    return { kind: "unresolved-kind", role };
  }
  if (reference.kind === "invalid") return { kind: "reject", reason: rejectReason(reference) };
  const unreadable = unreadableByKubelet(reference);
  if (unreadable !== undefined) return { kind: "doomed", reason: unreadable };
  if (platform !== "cloud-run" && isSkipped(reference, skipList))
    return { kind: "skip", entry: reference.registry };
  const reason = unresolvable(reference);
  if (reason !== undefined) return { kind: "doomed", reason };
  return role === "init-container" ? { kind: "status-only" } : { kind: "resolve" };
}

/** Whether an image in this place goes through Knative's tag resolution. */
function isResolvedRole(role: ImageRole): boolean {
  return (
    role === "container" ||
    role === "init-container" ||
    role === "func-image" ||
    role === "kustomize"
  );
}

/**
 * The exact reference that the pods will run: `registry/repository@digest` for a resolved tag, the text as written for
 * digests, skipped images, init containers and kinds that are not resolved.
 * @param digest what the tag points at, if it is known.
 * @returns undefined while the digest is not known, and where nothing will run.
 */
export function runs(
  outcome: Outcome,
  reference: ImageReference | Placeholder,
  digest: string | undefined,
): string | undefined {
  switch (outcome.kind) {
    case "keep":
    case "skip":
    case "status-only":
    case "unresolved-kind":
      return reference.text === "" ? undefined : reference.text;
    case "resolve": {
      if (reference.kind !== "tag" || digest === undefined) return undefined;
      return `${repositoryName(reference)}@${digest}`;
    }
    case "reject":
    case "doomed":
    case "template":
      return undefined;
  }
}

function rejectReason(reference: InvalidReference): RejectReason {
  if (reference.text === "") return { kind: "missing" };
  // What was meant as a digest failed as one; the tag parser only trips over its `@`.
  const problem = reference.text.includes("@") ? reference.digestProblem : reference.problem;
  return { kind: "unparseable", text: reference.text, problem };
}
