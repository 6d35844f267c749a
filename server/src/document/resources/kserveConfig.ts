// How KServe deploys what says no mode of its own: the ConfigMap `inferenceservice-config`.

import { isPlaceholder } from "../../image/placeholder.ts";
import type { ResourceId } from "./resourceId.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";

/**
 * The default deployment mode that a resource sets: the JSON text `deploy` of the ConfigMap `inferenceservice-config`
 * (kserve/kserve `pkg/apis/serving/v1beta1/configmap.go` `DeployConfig`).
 * @returns empty if it is another resource, or a tool still fills the mode in.
 */
export function defaultDeploymentModes(root: YamlNode, resource: ResourceId): readonly string[] {
  if (resource.kind !== "ConfigMap" || resource.name !== "inferenceservice-config") return [];
  const deploy = root.get("data")?.get("deploy")?.text() ?? "";
  const mode = /"defaultDeploymentMode"\s*:\s*"([^"]*)"/.exec(deploy)?.[1];
  return mode === undefined || mode === "" || isPlaceholder(mode) ? [] : [mode];
}
