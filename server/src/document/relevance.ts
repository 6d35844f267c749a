// Which documents are worth reading: a search for words, so that what has nothing to do with Knative costs no parse.

import type { ChartFile } from "./helm/chartParts.ts";

/** What the search depends on besides the text. */
export interface RelevanceOptions {
  /** The file's name without its folder. */
  readonly fileName: string;
  /** What the file is to the Helm chart it lies in. */
  readonly chartFile: ChartFile | undefined;
  /** Whether Kubernetes' own workloads are looked at. */
  readonly kubernetesWorkloads: boolean;
  /** Whether the user named this very file: then all of it is read, so that a broken one is reported. */
  readonly isNamed?: boolean;
}

/** Words of which a document must hold one: a new kind of document is a new row. */
const words = {
  /** An `apiVersion` of Knative or KServe, also one whose version a template fills in; a label or an annotation is not one. */
  knativeKind:
    /(?:(?:serving|caching\.internal|sources|sinks|operator)\.knative\.dev|serving\.kserve\.io)\\?\/(?:v\d|[^a-z\s])/,
  /** The ConfigMap, and settings of it that stand elsewhere. */
  config: /config-deployment|[-sS]kipping-?[Tt]ag|queue-sidecar-image|queueSidecarImage/,
  /** A development cluster's local registry (KEP-1755). */
  localRegistry: /localRegistryHosting/,
  kserveConfig: /inferenceservice-config/,
  pullSecret: /dockercfg|dockerconfigjson/,
  kustomization: /kustomize\.config\.k8s\.io/,
  /** Images that Flux or Argo CD hands to kustomize. */
  gitOps: /kustomize\.toolkit\.fluxcd\.io|\bkustomize["']?[ \t]*:/,
  /** A JSON patch (RFC 6902), which a kustomization may name. */
  jsonPatch: /\bop["']?[ \t]*:[ \t]*["']?(?:add|replace|remove|test|copy|move)\b/,
  /** A `func.yaml` under another name. */
  functionConfig: /specVersion/,
  ignoreComment: /knative-digest:/,
} as const;

/** Files that mean something by their name. */
const fileNames = /^(?:func\.ya?ml|kustomization\.ya?ml|Kustomization)$/;

const anyWord = new RegExp(
  Object.values(words)
    .map(({ source }) => source)
    .join("|"),
);
/** JSON is used for so much else that it must name a known kind, set the skip list, or be a patch. */
const wordOfJson = new RegExp(
  `${words.knativeKind.source}|${words.jsonPatch.source}|[-sS]kipping-?[Tt]ag-?[Rr]esolving`,
);
const anyWordOrImage = new RegExp(`${anyWord.source}|[iI]mage`);

/**
 * Whether a text, a file or a document of it, can say anything about images or Knative's configuration.
 * One search, linear in the text; a text for which it is false needs neither splitting nor parsing.
 */
export function isWorthReading(text: string, options: RelevanceOptions): boolean {
  if (options.isNamed === true || fileNames.test(options.fileName)) return true;
  // A chart is read as a whole: any of its files may make or use the images of others.
  if (options.chartFile !== undefined) return true;
  if (options.fileName.endsWith(".json")) return wordOfJson.test(text);
  return (options.kubernetesWorkloads ? anyWordOrImage : anyWord).test(text);
}

const knative = new RegExp(`${words.knativeKind.source}|config-deployment`);

/** Whether a text names a kind or the configuration of Knative, so that it matters if it cannot be read. */
export function namesKnative(text: string): boolean {
  return knative.test(text);
}
