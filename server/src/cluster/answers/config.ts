// Knative's configuration as the cluster has it.

import { failed, type ClusterFailure } from "../clusterFailure.ts";
import { mapAt, parseJson, textAt } from "./kubectlJson.ts";

/** Knative's configuration in the cluster. */
export interface ClusterConfig {
  readonly kind: "config";
  /** The texts under `data` of `config-deployment`. */
  readonly settings: ReadonlyMap<string, string>;
  /** The Knative release, `1.23.0`; undefined if no label tells it. */
  readonly version: string | undefined;
}

/** Reads the ConfigMap `config-deployment`. */
export function readConfig(text: string): ClusterConfig | ClusterFailure {
  const root = parseJson(text);
  if (root?.["kind"] !== "ConfigMap") return failed("cut-off");
  const settings = Object.entries(mapAt(root, "data")).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const labels = mapAt(mapAt(root, "metadata"), "labels");
  // Since 1.0 the one (config/core of a release), before that the other.
  const release =
    textAt(labels, "app.kubernetes.io/version") ?? textAt(labels, "serving.knative.dev/release");
  const version = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(release ?? "")?.[1];
  return { kind: "config", settings: new Map(settings), version };
}
