// Finds pull secrets among the resources, and the resources that name them: to validate their keys, never to use the
// credentials.

import type { NamedPullSecrets, PullSecretSource, ResourceId } from "../analysis.ts";
import { walkPath } from "./pathWalk.ts";
import { findResourceKind } from "./resourceKinds.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";

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

/**
 * The pull secrets that a resource with a revision template names; empty for all others.
 * @param cut called if there are more than are followed.
 */
export function findNamedPullSecrets(
  root: YamlNode,
  resource: ResourceId,
  cut: () => void,
): NamedPullSecrets[] {
  const path = findResourceKind(resource.apiVersion ?? "", resource.kind ?? "")?.pullSecrets;
  if (path === undefined) return [];
  const names = walkPath(root, path, cut).flatMap(({ node }) => node.scalar() ?? []);
  return names.length === 0 ? [] : [{ resource, names }];
}
