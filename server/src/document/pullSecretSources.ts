// Finds pull secrets among the resources: to validate their keys, never to use the credentials.

import type { PullSecretSource, ResourceId } from "./analysis.ts";
import type { YamlNode } from "./yamlDocument.ts";

/** Secret types that Knative's keychain reads, with their key (go-containerregistry `pkg/authn/kubernetes`). */
const secretTypes = {
  "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
  "kubernetes.io/dockercfg": ".dockercfg",
} as const;

/** The pull-secret text in a Secret; undefined if it is none. `stringData` wins over `data`, as in the API server. */
export function findPullSecret(root: YamlNode, resource: ResourceId): PullSecretSource | undefined {
  if (resource.kind !== "Secret" || resource.apiVersion !== "v1") return undefined;
  const type = root.get("type")?.text();
  if (type !== "kubernetes.io/dockerconfigjson" && type !== "kubernetes.io/dockercfg") {
    return undefined;
  }
  for (const field of ["stringData", "data"] as const) {
    const value = root.get(field)?.get(secretTypes[type])?.scalar();
    if (value !== undefined) return { resource, type, field, value };
  }
  return undefined;
}
