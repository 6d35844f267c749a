// Which files are worth reading, and how one is read under given settings.

import { versionProfile } from "../knative/versionProfile.ts";
import type { Settings } from "../settings.ts";
import { chartFile } from "./helm/chartParts.ts";
import type { AnalysisOptions } from "./documentAnalysis.ts";

/** How a file is read. @param uri its URI or path: its last part may mean something. */
export function analysisOptions(uri: string, settings: Settings): AnalysisOptions {
  return {
    fileName: uri.slice(uri.lastIndexOf("/") + 1),
    kubernetesWorkloads: settings.kubernetesWorkloads,
    chartFile: chartFile(uri),
    grammar: versionProfile(settings.knativeVersion).grammar,
  };
}

/**
 * Whether a text can hold an image or a configuration: most YAML files of a workspace hold neither.
 * @param uri the file's URI or path: JSON is used for so much else that it must name an API of ours
 */
export function mayMatter(text: string, uri: string): boolean {
  if (chartFile(uri) !== undefined) return true;
  if (uri.endsWith(".json") && !/(?:knative\.dev|kserve\.io)\//.test(text)) return false;
  return /image|Image|config-deployment|[-sS]kipping-?[Tt]ag|localRegistryHosting|Knative|dockercfg|dockerconfigjson|patches/.test(
    text,
  );
}
