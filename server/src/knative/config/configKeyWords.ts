// What each setting of `config-deployment` means, in words.

import * as l10n from "@vscode/l10n";
import type { ConfigValueType } from "./configKeys.ts";

const meanings: ReadonlyMap<string, () => string> = new Map([
  [
    "queue-sidecar-image",
    () => l10n.t("Image of the queue-proxy sidecar; used as written, never resolved."),
  ],
  [
    "progress-deadline",
    () => l10n.t("Time a revision has to become ready before it counts as failed."),
  ],
  [
    "digest-resolution-timeout",
    () => l10n.t("Timeout for resolving one tag, including authentication and retries."),
  ],
  [
    "registries-skipping-tag-resolving",
    () =>
      l10n.t(
        "Registries whose tags are not resolved; each entry must match host and port exactly.",
      ),
  ],
  ["queue-sidecar-cpu-request", () => l10n.t("CPU request of queue-proxy.")],
  [
    "queue-sidecar-memory-request",
    () =>
      l10n.t(
        "Memory request of queue-proxy; 400Mi if not set and queueproxy.resource-defaults is enabled.",
      ),
  ],
  [
    "queue-sidecar-ephemeral-storage-request",
    () => l10n.t("Ephemeral storage request of queue-proxy."),
  ],
  [
    "queue-sidecar-cpu-limit",
    () =>
      l10n.t(
        "CPU limit of queue-proxy; 1000m if not set and queueproxy.resource-defaults is enabled.",
      ),
  ],
  [
    "queue-sidecar-memory-limit",
    () =>
      l10n.t(
        "Memory limit of queue-proxy; 800Mi if not set and queueproxy.resource-defaults is enabled.",
      ),
  ],
  [
    "queue-sidecar-ephemeral-storage-limit",
    () => l10n.t("Ephemeral storage limit of queue-proxy."),
  ],
  [
    "queue-sidecar-token-audiences",
    () => l10n.t("Audiences for which queue-proxy gets service account tokens."),
  ],
  [
    "queue-sidecar-rootca",
    () => l10n.t("Root certificate that queue-proxy trusts in addition to the system’s."),
  ],
  ["queue-sidecar-tls-min-version", () => l10n.t("Minimum TLS version of queue-proxy’s server.")],
  ["queue-sidecar-tls-max-version", () => l10n.t("Maximum TLS version of queue-proxy’s server.")],
  [
    "queue-sidecar-tls-cipher-suites",
    () =>
      l10n.t(
        "Cipher suites of queue-proxy’s server, by their Go names; not configurable for TLS 1.3.",
      ),
  ],
  [
    "queue-sidecar-tls-curve-preferences",
    () => l10n.t("Elliptic curves of queue-proxy’s server, by their Go names."),
  ],
  [
    "runtime-class-name",
    () => l10n.t("Runtime classes of revisions, each with the labels that select it, as YAML."),
  ],
  [
    "pod-is-always-schedulable",
    () => l10n.t("Treat pods as always schedulable: a revision is never marked as unschedulable."),
  ],
  ["default-affinity-type", () => l10n.t("How the pods of a revision are spread over nodes.")],
  [
    "concurrency-state-endpoint",
    () => l10n.t("Endpoint that was notified when a container became busy or idle."),
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
      return l10n.t("comma-separated registries");
    case "string-set":
      return l10n.t("comma-separated strings");
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
