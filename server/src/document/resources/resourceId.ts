// The identity of a resource: its API version, kind, name and namespace.

import type { YamlNode } from "../yaml/yamlDocument.ts";

/** The resource that something stands in. */
export interface ResourceId {
  readonly apiVersion: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  readonly namespace: string | null;
}

/** What a resource says of itself. @param list the List it is an item of */
export function resourceId(root: YamlNode, list: ResourceId | undefined): ResourceId {
  const metadata = root.get("metadata");
  const kind = root.get("kind")?.text();
  // The items of a `ServiceList` are Services without saying so (apimachinery unstructured `decodeToList`).
  const listed = kind === undefined ? list?.kind?.replace(/List$/, "") : undefined;
  return {
    apiVersion: (listed ? list?.apiVersion : root.get("apiVersion")?.text()) ?? null,
    kind: kind ?? (listed ? listed : null),
    name: metadata?.get("name")?.text() ?? root.get("name")?.text() ?? null,
    namespace: metadata?.get("namespace")?.text() ?? null,
  };
}

/** Whether the resource is of Knative Serving's own API group. */
export function isServing({ apiVersion }: ResourceId): boolean {
  return apiVersion?.startsWith("serving.knative.dev/") ?? false;
}

/** `v1 List`, `ServiceList` and their like. */
export function isList(root: YamlNode, resource: ResourceId): boolean {
  return (resource.kind?.endsWith("List") ?? false) && root.get("items") !== undefined;
}
