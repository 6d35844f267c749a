// Answers that no registry should give, and answers that Knative cannot use, in words for people.

import * as l10n from "@vscode/l10n";
import type { RegistryProblem } from "../registry/registryError.ts";
import { oneSentence } from "./oneSentence.ts";
import type { ManifestKey } from "./resolution.ts";

/** What is wrong with an answer, and what to do. */
export function invalidMessage(
  { reason, status }: RegistryProblem & { readonly kind: "invalid-response" },
  host: string,
  key: ManifestKey,
): string {
  switch (reason) {
    case "not-a-registry":
      return l10n.t(
        "{0} does not answer like a container registry (HTTP {1}): check the image name.",
        host,
        status,
      );
    case "unexpected-status":
      return l10n.t("{0} gave an answer that is not understood (HTTP {1}).", host, status);
    case "too-large":
      return l10n.t("{0} sent more than a manifest may have (4 MiB).", host);
    case "content-mismatch":
      return l10n.t(
        "The content that {0} sent does not match {1}: a proxy or the registry changes it.",
        host,
        key.reference,
      );
    case "redirect-refused":
      return l10n.t(
        "{0} redirects to where no registry may send a client: to plain http, in a circle, or to no web address.",
        host,
      );
    case "unusable-token":
      return l10n.t("The sign-in host {0} gave an unusable token (HTTP {1}).", host, status);
    case "realm-refused":
      return l10n.t(
        "{0} names the sign-in host {1}, which is not asked: it is not https, or lies inside a network that the registry is outside of; its administrator can correct its external URL.",
        key.registry,
        host,
      );
    case "unreadable":
      return l10n.t("{0} sent a manifest that is not understood.", host);
  }
}

/** What Knative misses in the answer to HEAD. */
export function lackMessage(
  { lacks, status, digest }: RegistryProblem & { readonly kind: "no-digest-header" },
  { registry, repository, reference }: ManifestKey,
): string {
  const image = `${registry}/${repository}:${reference}`;
  const found =
    digest === undefined
      ? []
      : [l10n.t("pin {0}, which needs no answer from the registry.", digest)];
  if (lacks === "head") {
    const text = l10n.t(
      "{0} exists, but {1} does not answer HEAD (HTTP {2}), and Knative asks in no other way: it cannot resolve the tag.",
      image,
      registry,
      status,
    );
    return oneSentence([text, ...found]);
  }
  const header = lacks === "malformed-digest" ? "Docker-Content-Digest" : lacks;
  const text =
    lacks === "malformed-digest"
      ? l10n.t(
          "{0} exists, but {1} answers HEAD with a {2} header that is no sha256 digest: Knative cannot resolve the tag.",
          image,
          registry,
          header,
        )
      : l10n.t(
          "{0} exists, but {1} answers HEAD without a {2} header: Knative cannot resolve the tag.",
          image,
          registry,
          header,
        );
  return oneSentence([text, ...found]);
}
