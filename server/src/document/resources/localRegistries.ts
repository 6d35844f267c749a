// Finds the local registry that a development cluster says it has: the ConfigMap `local-registry-hosting`.

import type { ResourceId } from "../analysis.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";

/** The name under which the nodes' tools push to it (kubernetes/enhancements KEP-1755 `localRegistryHosting.v1`). */
export function findLocalRegistries(root: YamlNode, resource: ResourceId): readonly string[] {
  if (resource.kind !== "ConfigMap" || resource.name !== "local-registry-hosting") return [];
  const hosting = root.get("data")?.get("localRegistryHosting.v1")?.text() ?? "";
  const host = /^host:[ \t]*["']?([A-Za-z0-9.:[\]-]+)/m.exec(hosting)?.[1];
  return host === undefined ? [] : [host];
}
