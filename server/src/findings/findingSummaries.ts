// What each diagnostic means in one sentence, for tools that list rules; docs/diagnostics/ says more.

import type { FindingCode } from "./findingCodes.ts";

/** One sentence for each code, in English as all rule catalogues are. */
export const findingSummaries: Readonly<Record<FindingCode, string>> = {
  "registry-skipped":
    "The registry is on Knative’s skip list: nodes may run different images under one tag.",
  "skip-not-effective": "This registry was meant to be skipped, but Knative does not skip it.",
  "unpinned-tag": "The image has a tag but no digest.",
  "tag-not-found":
    "The tag does not exist in the registry: the Revision would fail with ContainerMissing.",
  "access-denied": "The registry rejected the credentials, or requires some.",
  "certificate-untrusted": "The registry’s certificate is not trusted.",
  "registry-unreachable": "The registry gave no usable response.",
  "loopback-registry":
    "The registry is on loopback, which inside the cluster is the controller’s own pod.",
  "rate-limited": "The registry limits requests (HTTP 429).",
  "no-digest-header":
    "The image exists, but the registry’s response to HEAD lacks the digest that Knative needs.",
  "controller-cannot-resolve":
    "The digest was found here, but Knative’s controller will fail to find it.",
  "tag-moved": "The tag no longer points at the pinned digest.",
  "tag-digest-mismatch": "The version was changed and the digest was not: Knative runs the digest.",
  "digest-not-found": "The pinned digest does not exist in the registry.",
  "single-platform-digest": "The digest pins one platform of a multi-platform tag.",
  "invalid-reference": "Knative’s webhook rejects this image reference.",
  "doomed-reference": "Knative accepts this image reference, but it will fail.",
  "accidental-docker-hub": "What looks like a registry is read as a Docker Hub account.",
  "init-container-by-tag": "Init containers run by tag: the digest goes into the status only.",
  "unresolved-image": "Knative does not resolve the tag of this image.",
  "side-loaded-latest":
    "A skipped image tagged latest is always pulled, so a side-loaded image fails.",
  "unknown-config-key": "Knative silently ignores this key of its configuration.",
  "config-in-example": "Knative never reads a setting inside _example.",
  "example-checksum":
    "The checksum annotation does not match _example, so Knative’s webhook rejects the ConfigMap.",
  "invalid-config-value": "Knative rejects this value of its configuration.",
  "legacy-config-key": "This key has its spelling from before Knative 1.0.",
  "skip-entry-never-matches": "This entry of the skip list matches no image.",
  "skip-list-drops-defaults":
    "The skip list replaces Knative’s default (kind.local, ko.local, dev.local).",
  "skip-list-public-registry": "A public registry is skipped, which is a risk in production.",
  "misplaced-config":
    "The setting is in a ConfigMap, a namespace or at a level that Knative never reads.",
  "config-loses-sidecar-image":
    "Applying this ConfigMap would remove queue-sidecar-image, which Knative requires.",
  "pull-secret-never-matches": "Knative never uses this key of the pull secret.",
  "pull-secret-invalid": "Invalid pull secret: all images using it fail.",
  "cluster-differs": "What runs in the cluster is not what this file or its tag says now.",
  "revision-failed": "The cluster’s latest Revision is not ready because of this image.",
  "cluster-config-differs": "The cluster’s config-deployment has another value.",
  "unused-ignore": "This ignore comment has no effect.",
};
