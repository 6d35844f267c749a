// What each diagnostic means in one sentence, for tools that list rules; docs/diagnostics/ says more.

import type { FindingCode } from "./findingCodes.ts";

/** One sentence for each code, in English as all rule catalogues are. */
export const findingSummaries: Readonly<Record<FindingCode, string>> = {
  "registry-skipped":
    "The registry is on Knative’s skip list: the tag floats on each node and no digest is recorded.",
  "skip-not-effective": "Somebody meant to skip this registry, and Knative will not.",
  "unpinned-tag": "The image is named by a tag alone, without a digest.",
  "tag-not-found":
    "The registry says that there is no such tag: the revision would stay ContainerMissing.",
  "access-denied": "The registry refused the sign-in that was tried, or wants one.",
  "certificate-untrusted":
    "The registry’s certificate comes from an authority that is not trusted.",
  "registry-unreachable": "The registry gave no usable answer.",
  "loopback-registry":
    "The registry is this machine: inside the cluster that is the controller’s own pod.",
  "rate-limited": "The registry wants fewer requests.",
  "no-digest-header":
    "The image exists, but the registry’s answer to HEAD lacks what Knative needs to resolve it.",
  "controller-cannot-resolve":
    "The digest was found here, and Knative’s controller will fail to find it.",
  "tag-moved": "The pinned digest is no longer what its tag points at.",
  "tag-digest-mismatch": "The version was changed and the digest was not: Knative runs the digest.",
  "digest-not-found": "The pinned digest is gone from the registry.",
  "single-platform-digest":
    "The pinned digest is one platform’s image out of the tag’s multi-platform index.",
  "invalid-reference": "Knative’s webhook refuses this image reference.",
  "doomed-reference": "Knative accepts this image reference, and it is certain to fail.",
  "accidental-docker-hub": "What looks like a registry is read as a repository on Docker Hub.",
  "init-container-by-tag":
    "Knative resolves an init container’s tag into the status and runs it by its tag.",
  "unresolved-image": "Knative runs this image and never resolves its tag.",
  "side-loaded-latest":
    "A skipped image tagged latest is always pulled, so one that is only loaded onto nodes fails.",
  "unknown-config-key": "Knative never reads this key of its configuration.",
  "config-in-example": "A setting inside _example is never read.",
  "example-checksum":
    "The checksum annotation does not fit _example: Knative’s webhook refuses it.",
  "invalid-config-value": "Knative refuses this value of its configuration.",
  "legacy-config-key": "This is the spelling of a key from before Knative 1.0.",
  "skip-entry-never-matches": "This entry of the skip list matches no image.",
  "skip-list-drops-defaults":
    "The skip list replaces Knative’s default, which skips kind.local, ko.local and dev.local.",
  "skip-list-public-registry": "A public registry is skipped, which is a risk in production.",
  "misplaced-config":
    "A setting stands in a ConfigMap, a namespace or at a level that Knative never reads.",
  "config-loses-sidecar-image":
    "Applying this ConfigMap would take queue-sidecar-image out of the configuration.",
  "pull-secret-never-matches": "Knative never uses this key of the pull secret.",
  "pull-secret-invalid": "This pull secret makes every image of the revision fail.",
  "cluster-differs": "What runs in the cluster is not what this file or its tag says now.",
  "revision-failed": "The cluster’s latest Revision is not ready because of this image.",
  "cluster-config-differs": "The cluster’s config-deployment has another value.",
  "unused-ignore": "This ignore comment covers no finding.",
};
