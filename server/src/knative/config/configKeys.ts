// The settings of the ConfigMap `config-deployment`: names, types, defaults, and since when Knative reads them.

import { isAtLeast } from "./versionProfile.ts";

/** How Knative reads a value. All values of a ConfigMap are strings. */
export type ConfigValueType =
  /** An image reference, used as it is written. */
  | "image"
  /** Go's `time.ParseDuration`. */
  | "duration"
  /** Registries separated by commas. */
  | "registries"
  /** Texts separated by commas. */
  | "string-set"
  /** Kubernetes' `resource.ParseQuantity`. */
  | "quantity"
  /** Go's `strconv.ParseBool`. */
  | "boolean"
  | "string"
  | "affinity"
  /** YAML: runtime class to `{ selector: { label: value } }`. */
  | "runtime-classes";

export interface ConfigKey {
  readonly name: string;
  /** The camelCase spelling from before Knative 1.0, still read; undefined if there never was one. */
  readonly legacyName: string | undefined;
  readonly type: ConfigValueType;
  /** What Knative assumes where the key is missing, as one would write it; undefined if nothing is set. */
  readonly defaultValue: string | undefined;
  /** What the shipped `_example` shows, which for the limits is not the default; undefined if it is not shown. */
  readonly exampleValue: string | undefined;
  /** What the examples of earlier releases showed. */
  readonly formerExampleValues: readonly string[];
  /** The values that Knative takes, where they can be listed. */
  readonly values: readonly string[];
  /** The first release that reads it, `1.21.2`. */
  readonly since: string;
  /** The first release that no longer reads it; undefined if it is read today. */
  readonly until: string | undefined;
}

type Given = Partial<ConfigKey> & Pick<ConfigKey, "name" | "type">;

function key(given: Given): ConfigKey {
  return {
    legacyName: undefined,
    defaultValue: undefined,
    exampleValue: given.defaultValue,
    formerExampleValues: [],
    values: [],
    since: "1.0",
    until: undefined,
    ...given,
  };
}

/** All keys in the order in which Knative parses them (pkg/deployment/config.go `NewConfigFromMap`). */
export const configKeys: readonly ConfigKey[] = [
  key({ name: "queue-sidecar-image", legacyName: "queueSidecarImage", type: "image" }),
  key({
    name: "progress-deadline",
    legacyName: "progressDeadline",
    type: "duration",
    defaultValue: "600s",
    // Before 1.0.
    formerExampleValues: ["120s"],
  }),
  key({
    name: "digest-resolution-timeout",
    legacyName: "digestResolutionTimeout",
    type: "duration",
    defaultValue: "10s",
  }),
  key({
    name: "registries-skipping-tag-resolving",
    legacyName: "registriesSkippingTagResolving",
    type: "registries",
    defaultValue: "kind.local,ko.local,dev.local",
    // Before 0.18.
    formerExampleValues: ["ko.local,dev.local"],
  }),
  key({
    name: "queue-sidecar-cpu-request",
    legacyName: "queueSidecarCPURequest",
    type: "quantity",
    defaultValue: "25m",
  }),
  key({
    name: "queue-sidecar-memory-request",
    legacyName: "queueSidecarMemoryRequest",
    type: "quantity",
    exampleValue: "400Mi",
  }),
  key({
    name: "queue-sidecar-ephemeral-storage-request",
    legacyName: "queueSidecarEphemeralStorageRequest",
    type: "quantity",
    exampleValue: "512Mi",
  }),
  key({
    name: "queue-sidecar-cpu-limit",
    legacyName: "queueSidecarCPULimit",
    type: "quantity",
    exampleValue: "1000m",
  }),
  key({
    name: "queue-sidecar-memory-limit",
    legacyName: "queueSidecarMemoryLimit",
    type: "quantity",
    exampleValue: "800Mi",
  }),
  key({
    name: "queue-sidecar-ephemeral-storage-limit",
    legacyName: "queueSidecarEphemeralStorageLimit",
    type: "quantity",
    exampleValue: "1024Mi",
  }),
  key({
    name: "queue-sidecar-token-audiences",
    type: "string-set",
    defaultValue: "",
    since: "1.9",
  }),
  key({ name: "queue-sidecar-rootca", type: "string", defaultValue: "", since: "1.9" }),
  ...["min-version", "max-version", "cipher-suites", "curve-preferences"].map((name) =>
    key({
      name: `queue-sidecar-tls-${name}`,
      type: "string",
      defaultValue: "",
      values: name.endsWith("version") ? ["1.2", "1.3"] : [],
      since: "1.21.2",
    }),
  ),
  key({ name: "runtime-class-name", type: "runtime-classes", defaultValue: "", since: "1.15" }),
  key({
    name: "pod-is-always-schedulable",
    type: "boolean",
    defaultValue: "false",
    values: ["true", "false"],
    since: "1.21",
  }),
  key({
    name: "default-affinity-type",
    type: "affinity",
    defaultValue: "prefer-spread-revision-over-nodes",
    values: ["none", "prefer-spread-revision-over-nodes"],
    since: "1.15",
  }),
  key({
    name: "concurrency-state-endpoint",
    legacyName: "concurrencyStateEndpoint",
    type: "string",
    defaultValue: "",
    until: "1.10",
  }),
];

/** The key of that name, kebab-case or legacy; undefined if Knative never read one. */
export function findConfigKey(name: string): ConfigKey | undefined {
  return configKeys.find((known) => known.name === name || known.legacyName === name);
}

/** Whether a release reads the key (`1.MINOR` means its newest patch). */
export function isReadBy(known: ConfigKey, version: string): boolean {
  const removed = known.until !== undefined && isAtLeast(version, known.until);
  return isAtLeast(version, known.since) && !removed;
}
