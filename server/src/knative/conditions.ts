// Knative's own words for what it refuses and what fails, so that a search for them finds the editor's, and vice versa.

import type { DoomedReason } from "./doomedReason.ts";
import { quote } from "./go/goText.ts";
import type { ImageRole } from "./outcome.ts";

/**
 * The message of a Revision whose image cannot be resolved, its reason being `ContainerMissing`
 * (pkg/apis/serving/v1/revision_lifecycle.go, pkg/reconciler/revision/background.go).
 * @param image as it is written.
 * @param error what the resolver says.
 */
export function unableToFetch(image: string, error: string): string {
  return `Unable to fetch image ${quote(image)}: failed to resolve image to digest: ${error}`;
}

/** What the resolver says if a pull secret cannot be read: this fails digests and skipped images, too. */
export function authenticationFailure(cause: string): string {
  return `failed to initialize authentication: ${cause}`;
}

/** One image that the webhook refuses. */
export interface RefusedImage {
  /** As it is written; empty if there is none. */
  readonly image: string;
  /** Where it stands in the resource: `spec.template.spec.containers[0].image`. */
  readonly path: string;
}

/**
 * What the API server prints when Knative's webhook refuses one image.
 * @param role where the image stands; eventing's webhooks have words of their own.
 */
export function refusal(image: string, path: string, role: ImageRole = "container"): string {
  if (role === "container-source") {
    // This webhook's path leaves the template out.
    return denied("eventing", missing([path.replace(".template.spec.", ".")]));
  }
  if (role === "job-sink") {
    // Kubernetes refuses the Job that the webhook tries.
    return `${path.replace(/^spec\.job\./, "")}: Required value`;
  }
  return refusals([{ image, path }]);
}

/**
 * What the API server prints when Serving's webhook refuses images: one line for each message, paths of equal images
 * joined, init containers called containers (pkg/apis/serving/k8s_validation.go, knative.dev/pkg apis/field_error.go).
 * @internal Exported for its tests.
 */
export function refusals(images: readonly RefusedImage[]): string {
  const pathsOf = new Map<string, ReadonlySet<string>>();
  for (const { image, path } of images) {
    const shown = path.replace(/\binitContainers\[/, "containers[");
    pathsOf.set(image, new Set([...(pathsOf.get(image) ?? []), shown]));
  }
  const missingFields = [...pathsOf].filter(([image]) => image === "");
  const unparseable = [...pathsOf].filter(([image]) => image !== "");
  // Go sorts by message, then by details; a capital comes before a small letter.
  const errors = [
    ...unparseable.map(([image, paths]) => unparsed(image, [...paths])).sort(byDetails),
    ...missingFields.map(([, paths]) => missing([...paths])),
  ];
  return denied("serving", errors.join("\n"));
}

function unparsed(image: string, paths: readonly string[]): string {
  const details = `image: ${quote(image)}, error: could not parse reference: ${image}`;
  return `Failed to parse image reference: ${[...paths].sort().join(", ")}\n${details}`;
}

function byDetails(one: string, other: string): number {
  const [a, b] = [one, other].map((error) => error.slice(error.indexOf("\n")));
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

function missing(paths: readonly string[]): string {
  return `missing field(s): ${[...paths].sort().join(", ")}`;
}

function denied(project: "serving" | "eventing", error: string): string {
  return `admission webhook "validation.webhook.${project}.knative.dev" denied the request: validation failed: ${error}`;
}

/**
 * How the resolver's error for a doomed image begins, as far as it follows from the text: a URL's scheme is
 * looked up as a host. Undefined where the registry decides about the words.
 * @param repository as Knative requests it, and `tag`.
 */
export function doomedError(
  reason: DoomedReason,
  repository: string,
  tag: string,
): string | undefined {
  switch (reason.kind) {
    case "ko":
      return lookupFailure("ko");
    case "url-scheme":
      return lookupFailure(reason.scheme);
    case "localhost-is-docker-hub":
      return (
        `HEAD https://index.docker.io/v2/${repository}/manifests/${tag}: unexpected status code 401 Unauthorized ` +
        "(HEAD responses have no body, use GET for details)"
      );
    case "docker-hub-website":
    case "slashes":
    case "registry-form":
    case "repository-form":
    case "tag-form":
      return undefined;
  }
}

/** Go drops the empty port behind the scheme's colon; the address of the cluster's DNS follows. */
function lookupFailure(host: string): string {
  return `Get "https://${host}/v2/": dial tcp: lookup ${host}`;
}
