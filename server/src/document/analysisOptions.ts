// How a file is read under given settings.

import { currentGrammar, type GrammarProfile } from "../image/grammarProfile.ts";
import { versionProfile } from "../knative/config/versionProfile.ts";
import type { Settings } from "../settings.ts";
import { chartFile } from "./helm/chartParts.ts";
import type { RelevanceOptions } from "./relevance.ts";

/** What decides how a file is read, besides its text. */
export interface AnalysisOptions extends RelevanceOptions {
  readonly grammar: GrammarProfile;
}

export const defaultAnalysisOptions: AnalysisOptions = {
  fileName: "",
  kubernetesWorkloads: false,
  grammar: currentGrammar,
  chartFile: undefined,
};

/** How a file is read. @param uri its URI or path: its last part may mean something. */
export function analysisOptions(uri: string, settings: Settings): AnalysisOptions {
  return {
    fileName: uri.slice(uri.lastIndexOf("/") + 1),
    kubernetesWorkloads: settings.kubernetesWorkloads,
    chartFile: chartFile(uri),
    grammar: versionProfile(settings.knativeVersion).grammar,
  };
}
