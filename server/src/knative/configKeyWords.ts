// What each setting of `config-deployment` means, in words.

import * as l10n from "@vscode/l10n";
import type { ConfigValueType } from "./configKeys.ts";

const meanings: ReadonlyMap<string, () => string> = new Map([
  [
    "queue-sidecar-image",
    () =>
      l10n.t("The image of queue-proxy, which runs beside every revision; used as it is written."),
  ],
  [
    "progress-deadline",
    () => l10n.t("How long a revision may take to become ready before it counts as failed."),
  ],
  [
    "digest-resolution-timeout",
    () => l10n.t("How long resolving one image’s tag may take, sign-in and all attempts included."),
  ],
  [
    "registries-skipping-tag-resolving",
    () =>
      l10n.t(
        "The registries whose tags stay as written; each entry is compared with host and port, letter for letter.",
      ),
  ],
  ["queue-sidecar-cpu-request", () => l10n.t("How much CPU queue-proxy requests.")],
  [
    "queue-sidecar-memory-request",
    () =>
      l10n.t(
        "How much memory queue-proxy requests; 400Mi if queueproxy.resource-defaults is enabled and nothing is set.",
      ),
  ],
  [
    "queue-sidecar-ephemeral-storage-request",
    () => l10n.t("How much ephemeral storage queue-proxy requests."),
  ],
  [
    "queue-sidecar-cpu-limit",
    () =>
      l10n.t(
        "How much CPU queue-proxy may use; 1000m if queueproxy.resource-defaults is enabled and nothing is set.",
      ),
  ],
  [
    "queue-sidecar-memory-limit",
    () =>
      l10n.t(
        "How much memory queue-proxy may use; 800Mi if queueproxy.resource-defaults is enabled and nothing is set.",
      ),
  ],
  [
    "queue-sidecar-ephemeral-storage-limit",
    () => l10n.t("How much ephemeral storage queue-proxy may use."),
  ],
  [
    "queue-sidecar-token-audiences",
    () => l10n.t("The audiences for which queue-proxy gets service account tokens."),
  ],
  [
    "queue-sidecar-rootca",
    () => l10n.t("A root certificate that queue-proxy trusts beside the usual ones."),
  ],
  [
    "queue-sidecar-tls-min-version",
    () => l10n.t("The lowest TLS version that queue-proxy’s server accepts."),
  ],
  [
    "queue-sidecar-tls-max-version",
    () => l10n.t("The highest TLS version that queue-proxy’s server accepts."),
  ],
  [
    "queue-sidecar-tls-cipher-suites",
    () =>
      l10n.t("The cipher suites of queue-proxy’s server, by Go’s names; TLS 1.3 has fixed ones."),
  ],
  [
    "queue-sidecar-tls-curve-preferences",
    () => l10n.t("The elliptic curves of queue-proxy’s server, by Go’s names."),
  ],
  [
    "runtime-class-name",
    () => l10n.t("The runtime classes of revisions, each with the labels that select it, as YAML."),
  ],
  [
    "pod-is-always-schedulable",
    () => l10n.t("Whether a pod that cannot be scheduled yet leaves its revision unmarked."),
  ],
  [
    "default-affinity-type",
    () => l10n.t("Whether the pods of a revision are kept on different nodes where possible."),
  ],
  [
    "concurrency-state-endpoint",
    () => l10n.t("The endpoint that was told when a container became busy or idle."),
  ],
]);

/**
 * What the setting means, in one sentence; empty for a key that is none.
 * @param name the kebab-case name.
 */
export function configKeyMeaning(name: string): string {
  return meanings.get(name)?.() ?? "";
}

/** What kind of value it takes, in a few words. */
export function configTypeWords(type: ConfigValueType): string {
  switch (type) {
    case "image":
      return l10n.t("image reference");
    case "duration":
      return l10n.t("duration, such as 10s or 1m30s");
    case "registries":
      return l10n.t("registries, separated by commas");
    case "string-set":
      return l10n.t("texts, separated by commas");
    case "quantity":
      return l10n.t("Kubernetes quantity, such as 25m or 400Mi");
    case "boolean":
      return l10n.t("true or false");
    case "string":
      return l10n.t("text");
    case "affinity":
      return l10n.t("none or prefer-spread-revision-over-nodes");
    case "runtime-classes":
      return l10n.t("YAML map of runtime classes to selectors");
  }
}
