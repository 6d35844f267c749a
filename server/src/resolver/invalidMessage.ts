// Answers that no registry should give, and answers that Knative cannot use, in words for people.

import * as l10n from "@vscode/l10n";
import type { RegistryProblem } from "../registry/registryError.ts";
import { oneSentence } from "./oneSentence.ts";
import { keyText, type ManifestKey } from "./resolution.ts";

/** What is wrong with an answer, and what to do. */
export function invalidMessage(
  { reason, status }: RegistryProblem & { readonly kind: "invalid-response" },
  host: string,
  key: ManifestKey,
): string {
  switch (reason) {
    case "not-a-registry":
      return l10n.t(
        "{0} does not respond like a container registry (HTTP {1}): check the image name.",
        host,
        status,
      );
    case "unexpected-status":
      return l10n.t(
        "{0} answered the request for {2} with HTTP {1}: check the image name, and any proxy in between.",
        host,
        status,
        keyText(key),
      );
    case "too-large":
      return l10n.t(
        "The manifest of {1} from {0} is larger than 4 MiB: check that it is a container image.",
        host,
        keyText(key),
      );
    case "content-mismatch":
      return l10n.t(
        "Content from {0} does not match {1}: a proxy or the registry altered it.",
        host,
        key.reference,
      );
    case "redirect-refused":
      return l10n.t(
        "Redirect from {0} not followed: it leads to plain http, in a loop, or to an invalid address.",
        host,
      );
    case "unusable-token":
      return l10n.t(
        "The token service {0} returned an unusable token (HTTP {1}): check any proxy in between, or ask the registry’s administrator.",
        host,
        status,
      );
    case "realm-refused":
      return l10n.t(
        "The token service {1} of {0} was not contacted, because it does not use https or is internal to another network: the registry’s administrator should correct its external URL.",
        key.registry,
        host,
      );
    case "unreadable":
      return l10n.t("Invalid manifest of {1} from {0}: push the image again.", host, keyText(key));
  }
}

/** What Knative misses in the answer to HEAD. */
export function lackMessage(
  { lacks, status, digest }: RegistryProblem & { readonly kind: "no-digest-header" },
  key: ManifestKey,
): string {
  const { registry } = key;
  const image = keyText(key);
  const found =
    digest === undefined ? [] : [l10n.t("pin {0}, so that Knative needs no lookup.", digest)];
  if (lacks === "head") {
    const text = l10n.t(
      "Knative cannot resolve {0}, which exists: {1} rejects HEAD requests (HTTP {2}), and Knative sends no others.",
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
          "Knative cannot resolve {0}, which exists: in the response of {1} to HEAD the {2} header is not a sha256 digest.",
          image,
          registry,
          header,
        )
      : l10n.t(
          "Knative cannot resolve {0}, which exists: the response of {1} to HEAD has no {2} header.",
          image,
          registry,
          header,
        );
  return oneSentence([text, ...found]);
}
