// Finds where `config-deployment` is set: the ConfigMap itself, or the operator's KnativeServing.

import { exampleChecksumAnnotation } from "../knative/exampleChecksum.ts";
import type { ConfigEntry, ConfigSource, ResourceId } from "./analysis.ts";
import type { YamlNode } from "./yamlDocument.ts";

/** The settings of `config-deployment` that this resource holds; undefined if it is no such resource. */
export function findConfigSource(root: YamlNode, resource: ResourceId): ConfigSource | undefined {
  if (isConfigDeployment(resource)) {
    return source(root, resource, { origin: "config-map", map: root.get("data") });
  }
  if (resource.kind !== "KnativeServing" || !isOperator(resource)) return undefined;
  const config = root.get("spec")?.get("config");
  // With both names present only the full one is used (knative/operator `ConfigMapTransform`).
  const map = config?.get("config-deployment") ?? config?.get("deployment");
  return source(root, resource, { origin: "knative-serving", map });
}

/** Whether the resource is the ConfigMap `config-deployment`, in whatever namespace Knative runs. */
export function isConfigDeployment(resource: ResourceId): boolean {
  return (
    resource.kind === "ConfigMap" &&
    resource.apiVersion === "v1" &&
    resource.name === "config-deployment"
  );
}

function isOperator(resource: ResourceId): boolean {
  return resource.apiVersion?.startsWith("operator.knative.dev/") ?? false;
}

function source(
  root: YamlNode,
  resource: ResourceId,
  found: { origin: ConfigSource["origin"]; map: YamlNode | undefined },
): ConfigSource {
  const { origin, map } = found;
  const heading = root.get("metadata")?.get("name") ?? root.get("kind") ?? root;
  return {
    origin,
    resource,
    entries: map?.entries().map(configEntry) ?? [],
    place: map?.place,
    heading: heading.place,
    checksum: root.get("metadata")?.get("annotations")?.get(exampleChecksumAnnotation)?.scalar(),
  };
}

function configEntry(entry: { key: ConfigEntry["key"]; value: YamlNode }): ConfigEntry {
  const { key, value } = entry;
  const scalar = value.scalar();
  const items =
    scalar === undefined && !value.isMap()
      ? value.items().flatMap((item) => item.scalar() ?? [])
      : undefined;
  return { key, value: scalar, items, place: value.place };
}
