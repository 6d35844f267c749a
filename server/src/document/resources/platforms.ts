// Who turns a resource into Revisions: Knative itself, KServe through Knative, or Cloud Run without it.

import type { Platform } from "../../knative/outcome.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";

/** Where a KServe resource says how it is deployed (kserve/kserve `pkg/constants/constants.go` `DeploymentMode`). */
const deploymentMode = "serving.kserve.io/deploymentMode";

/** The modes that make no Knative Service; `Standard` is the newer name of `RawDeployment`. */
const modesWithoutKnative: readonly string[] = ["RawDeployment", "Standard", "ModelMesh"];

/** Whether a deployment mode of KServe makes no Knative Service. */
export function isModeWithoutKnative(mode: string): boolean {
  return modesWithoutKnative.includes(mode);
}

/** The deployment mode that a KServe resource says itself; undefined if it leaves that to KServe's configuration. */
export function ownDeploymentMode(root: YamlNode): string | undefined {
  return root.get("metadata")?.get("annotations")?.get(deploymentMode)?.text();
}

/** Whether KServe makes Deployments of the resource, so that Knative never sees its images. */
export function isRawDeployment(root: YamlNode): boolean {
  const mode = ownDeploymentMode(root);
  // A runtime that serves several models runs on ModelMesh.
  const isMultiModel = root.get("spec")?.get("multiModel")?.scalar()?.text === "true";
  return isMultiModel || (mode !== undefined && isModeWithoutKnative(mode));
}

/**
 * Whether a Service is one of Cloud Run's, which uses Knative's API without Knative (Cloud Run's YAML reference lists
 * its annotations and the label for the location).
 */
function isCloudRun(root: YamlNode): boolean {
  const metadata = root.get("metadata");
  const template = root.get("spec")?.get("template")?.get("metadata");
  if (metadata?.get("labels")?.get("cloud.googleapis.com/location") !== undefined) return true;
  return [metadata, template].some((node) =>
    ["annotations", "labels"].some(
      (map) =>
        node
          ?.get(map)
          ?.entries()
          .some(({ key }) => key.text.startsWith("run.googleapis.com/")) ?? false,
    ),
  );
}

/** The platform of a resource in a row of the table. */
export function platformOf(root: YamlNode, row: Platform | undefined): Platform {
  if (row === "knative" && isCloudRun(root)) return "cloud-run";
  return row ?? "knative";
}
