// The door of this folder: a file's text becomes what it says about images and Knative's configuration.

import { currentGrammar, type GrammarProfile } from "../image/grammarProfile.ts";
import type {
  ConfigSource,
  DocumentAnalysis,
  FileAnalysis,
  FilePart,
  ImageUse,
  PullSecretSource,
  ResourceId,
} from "./analysis.ts";
import { findConfigSources, isConfigDeployment } from "./configSources.ts";
import { documentSpans } from "./documentSplit.ts";
import { gitOpsImages, isFluxKustomization, kustomizeParts } from "./gitOpsImages.ts";
import { findIgnoreComments } from "./ignoreComments.ts";
import { defaultDeploymentModes } from "./kserveConfig.ts";
import { findLocalRegistries } from "./localRegistries.ts";
import { chartDocument } from "./helm/chartDocument.ts";
import { functionUses, imagesAt, resourceImages } from "./imageUses.ts";
import { nestedImages } from "./nestedImages.ts";
import { mayNest } from "./nestedResources.ts";
import { maxMatches } from "./pathWalk.ts";
import { isJsonPatch, jsonPatchImages } from "./jsonPatch.ts";
import { readKustomization, type KustomizationSource } from "./kustomizationSource.ts";
import { generatedConfigs, patchedConfigs } from "./kustomizeConfigs.ts";
import { inlinePatches } from "./kustomizePatches.ts";
import { kustomizeImages } from "./kustomization.ts";
import { findPullSecret } from "./pullSecretSources.ts";
import { isServing, resourceId } from "./resourceId.ts";
import { configDeploymentImages } from "./resourceKinds.ts";
import { readPlainYaml } from "./plainYaml.ts";
import { isWorthReading, type RelevanceOptions } from "./relevance.ts";
import { hasLonePlaceholder, maskTemplates } from "./templateMask.ts";
import { fileOffset } from "./span.ts";
import { noParts, unchangedParts } from "./unchangedParts.ts";
import { placeOf } from "./writtenImage.ts";
import { budgetFor, parseYaml, type YamlNode } from "./yamlDocument.ts";

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

/** Lists inside Lists are followed this deep. */
const maxListDepth = 4;
/** Images and resources read in one YAML document at most: aliases can multiply. */
const maxFound = 20_000;

/**
 * Reads a file. Never throws on input.
 * @param previous what an earlier text of the same file, read with the same options, said: its
 *   documents that did not change are taken over as they are.
 */
export function analyzeFile(
  text: string,
  options: AnalysisOptions,
  previous?: FileAnalysis,
): FileAnalysis {
  const { front, back, known } = previous === undefined ? noParts : unchangedParts(previous, text);
  const from = front.at(-1)?.end ?? 0;
  const until = back[0]?.start ?? text.length;
  const middle = documentSpans(text.slice(from, until)).map((span): FilePart => {
    const [start, end] = [fileOffset(from + span.start), fileOffset(from + span.end)];
    const own = text.slice(start, end);
    if (!isWorthReading(own, options)) return { start, end, document: noManifest };
    return { start, end, document: known.get(own) ?? analyzeDocument(ownCopy(own), options) };
  });
  return { text, parts: front.concat(middle, back) };
}

/** What a text says that is not a manifest, or is not worth reading. */
const noManifest: DocumentAnalysis = {
  ...{
    images: [],
    configs: [],
    pullSecrets: [],
    localRegistries: [],
    kserveModes: [],
    resources: [],
  },
  kustomization: undefined,
  ...{ ignores: [], syntaxProblems: [], text: undefined, chart: undefined },
};

/** The problem of a document whose aliases expand to more than is read. */
const expandsTooFar: DocumentAnalysis = {
  ...noManifest,
  syntaxProblems: [
    {
      message: "Its aliases and merge keys expand to more than is read",
      span: { start: 0, end: 0 },
      isLimit: true,
    },
  ],
};

/**
 * Reads one YAML document; all spans count from its beginning.
 * @internal Exported for its tests.
 */
export function analyzeDocument(text: string, options: AnalysisOptions): DocumentAnalysis {
  const { chartFile, fileName } = options;
  if (chartFile === undefined) return analyzeManifest(text, options);
  // Named templates are not YAML.
  const analysis = fileName.endsWith(".tpl") ? noManifest : analyzeManifest(text, options);
  return { ...analysis, chart: chartDocument(chartFile, text, analysis.images) };
}

function analyzeManifest(text: string, options: AnalysisOptions): DocumentAnalysis {
  const isComplete = !linesToCome.test(text) && !hasLonePlaceholder(text);
  const masked = withoutMarks(maskTemplates(text));
  const analysis = analyzeLines(masked, options, isComplete);
  return analysis.text === undefined || masked === text ? analysis : { ...analysis, text };
}

/**
 * For YAML a carriage return alone ends a line, for the library it does not. Where that makes a difference the document
 * is read as YAML means it, and it is a problem: nothing else here counts such lines, edits least of all.
 */
function analyzeLines(
  text: string,
  options: AnalysisOptions,
  isComplete: boolean,
): DocumentAnalysis {
  const written = analyzeText(text, options, isComplete);
  const lineFeeds = text.includes("\r") ? text.replace(/\r(?!\n)/g, "\n") : text;
  if (lineFeeds === text) return written;
  const meant = analyzeText(lineFeeds, options, isComplete);
  const said = (analysis: DocumentAnalysis): string =>
    JSON.stringify({ ...analysis, text: undefined });
  if (said(meant) === said(written)) return written;
  const message = "Its lines end with a carriage return alone, and not with LF or CRLF";
  const problem = { message, span: nowhere, isLimit: true };
  return { ...meant, syntaxProblems: [problem, ...meant.syntaxProblems] };
}

function analyzeText(
  text: string,
  options: AnalysisOptions,
  isComplete: boolean,
): DocumentAnalysis {
  const plain = needsLibrary.test(text) ? undefined : readPlainYaml(text);
  if (plain !== undefined) {
    const found = collectAll([plain], options, { text, isComplete });
    // A collection where an image belongs has its place from the library alone.
    const isWhole = found.images.every((use) => !hasNoPlace(use));
    if (isWhole) return analysisOf(found, text, []);
  }
  const budget = budgetFor(text);
  const { roots, problems } = parseYaml(text, budget);
  const at = { text, isComplete: isComplete && problems.length === 0 };
  const found = collectAll(roots, options, at);
  // What was found by then depends on the order of looking.
  return budget.isSpent ? expandsTooFar : analysisOf(found, text, problems);
}

/** A collection where an image belongs, whose place the quick reading does not know. */
function hasNoPlace(use: ImageUse): boolean {
  const { start, end } = placeOf(use);
  return start === end;
}

/**
 * A byte order mark before a document, as editors write it, or behind its `---`, as `cat` makes them: taken by
 * Kubernetes. The first becomes a line's end, since it would count as indentation, and behind the marker the line's
 * end moves behind it, so that every place stays what it is.
 */
function withoutMarks(text: string): string {
  if (!text.includes("\uFEFF")) return text;
  return text
    .replace(/^\uFEFF/, "\n")
    .replace(/^(\n?---[ \t]*(?:#[^\r\n]*)?(?:\r?\n[ \t]*(?:#[^\r\n]*)?)*?)(\r?\n)\uFEFF/, "$1 $2");
}

/** Marks of tools that put in or overlay whole lines: Go templates, Jinja, ERB, ytt. */
const linesToCome = /\{\{|\{%|<%|#@/;

/** Configurations and secrets are few, and more is needed of them than the places of scalars. */
const needsLibrary = /config-deployment|KnativeServing|Secret|[-sS]kipping-?[Tt]ag/;

function collectAll(
  roots: readonly YamlNode[],
  options: AnalysisOptions,
  at: Pick<Position, "text" | "isComplete">,
): Found {
  const found: Found = {
    ...{ images: [], configs: [], pullSecrets: [], localRegistries: [], kserveModes: [], ids: [] },
    kustomization: undefined,
    resources: 0,
    cut: undefined,
  };
  for (const root of roots) collect(root, options, found, { ...top, ...at });
  found.images.sort((one, other) => placeOf(one).start - placeOf(other).start);
  return templateName.test(options.fileName) ? withPlaceholders(found) : found;
}

/** The name of a file that some program fills in (`benchmarkTemplate.yaml`, `service.tmpl.yaml`). */
const templateName = /template|\.te?mpl\b|\.tpl\b/i;

/** What is no reference in a template holds a word that is replaced (`app-isCloud`), whatever it looks like. */
function withPlaceholders(found: Found): Found {
  const images = found.images.map((use): ImageUse => {
    const { kind, text } = use.reference;
    if (kind !== "invalid" || text === "") return use;
    return { ...use, reference: { kind: "placeholder", text } };
  });
  return { ...found, images };
}

function analysisOf(
  found: Found,
  text: string,
  problems: DocumentAnalysis["syntaxProblems"],
): DocumentAnalysis {
  const isJudged = found.configs.length > 0 || found.pullSecrets.length > 0;
  const { images, configs, pullSecrets, localRegistries, kserveModes, ids, kustomization, cut } =
    found;
  const tooMany = cut === undefined ? [] : [{ message: cut, span: nowhere, isLimit: true }];
  return {
    ...{
      images,
      configs,
      pullSecrets,
      localRegistries,
      kserveModes,
      kustomization,
      resources: ids,
    },
    ignores: findIgnoreComments(text),
    syntaxProblems: [...tooMany, ...problems],
    text: isJudged ? text : undefined,
    chart: undefined,
  };
}

interface Found {
  readonly images: ImageUse[];
  readonly configs: ConfigSource[];
  readonly pullSecrets: PullSecretSource[];
  readonly localRegistries: string[];
  readonly kserveModes: string[];
  readonly ids: ResourceId[];
  kustomization: KustomizationSource | undefined;
  /** How many were looked at. */
  resources: number;
  /** What there is more of than is read. */
  cut: string | undefined;
}

const nowhere = { start: 0, end: 0 };

/** Where a resource stands. */
interface Position {
  /** The text of the YAML document. */
  readonly text: string;
  /** Whether nothing is left out of it. */
  readonly isComplete: boolean;
  /** What stands before each path: `items[2].` inside a List. */
  readonly prefix: string;
  readonly depth: number;
  /** The List it is an item of. */
  readonly list: ResourceId | undefined;
}

const top = { prefix: "", depth: 0, list: undefined } as const;

function collect(root: YamlNode, options: AnalysisOptions, found: Found, at: Position): void {
  found.resources += 1;
  if (found.resources + found.images.length > maxFound) {
    found.cut = `More than ${maxFound} images and resources`;
    return;
  }
  const resource = resourceId(root, at.list);
  if (isList(root, resource) && at.depth < maxListDepth) {
    for (const [index, item] of (root.get("items")?.items() ?? []).entries()) {
      collect(item, options, found, {
        ...at,
        prefix: `${at.prefix}items[${index}].`,
        depth: at.depth + 1,
        list: resource,
      });
    }
    return;
  }
  const { text, isComplete } = at;
  const cut = (): void => {
    found.cut = `More than ${maxMatches} images in one resource`;
  };
  const scope = {
    ...{ resource, pathPrefix: at.prefix, grammar: options.grammar, text, isComplete },
    cut,
  };
  found.images.push(...resourceImages(root, scope, options));
  if (isConfigDeployment(resource)) {
    found.images.push(...imagesAt(root, configDeploymentImages, scope));
  }
  if (isFunction(root, options)) {
    // func writes these fields itself: an empty one is not filled in yet.
    const written = functionUses(root, scope).filter(({ reference }) => reference.text !== "");
    found.images.push(...written);
  }
  if (isKustomization(resource, options)) {
    const patches = inlinePatches(root, scope, templateRoots);
    found.images.push(...kustomizeImages(root, scope), ...patches.images);
    found.configs.push(...generatedConfigs(root), ...patches.configs);
    found.kustomization ??= readKustomization(root);
  } else if (isJsonPatch(root)) {
    found.images.push(...jsonPatchImages(root, scope));
    found.configs.push(...patchedConfigs(root));
  }
  for (const part of kustomizeParts(root, resource, cut)) {
    const inPart = { ...scope, pathPrefix: `${at.prefix}${part.prefix}` };
    const patches = inlinePatches(part.node, inPart, templateRoots);
    found.images.push(...gitOpsImages(part, inPart), ...patches.images);
    found.configs.push(...patches.configs);
  }
  if (resource.kind !== null) found.ids.push(resource);
  found.localRegistries.push(...findLocalRegistries(root, resource));
  found.kserveModes.push(...defaultDeploymentModes(root, resource));
  found.configs.push(...findConfigSources(root, resource, isComplete));
  const secret = findPullSecret(root, resource);
  if (secret !== undefined) found.pullSecrets.push(secret);
  if (mayNest(text) && !isServing(resource)) {
    found.images.push(...nestedImages(root, scope, { ...options, rootsOf: templateRoots }));
  }
}

/** The roots of a text inside a document, where lines of templates may stand, too. */
function templateRoots(text: string): readonly YamlNode[] {
  return parseYaml(maskTemplates(text)).roots;
}

/** `v1 List`, `ServiceList` and their like. */
function isList(root: YamlNode, resource: ResourceId): boolean {
  return (resource.kind?.endsWith("List") ?? false) && root.get("items") !== undefined;
}

/** A `func.yaml`, or a file that looks like one whatever its name. */
function isFunction(root: YamlNode, options: AnalysisOptions): boolean {
  if (root.get("apiVersion") !== undefined) return false;
  return (
    /^func\.ya?ml$/.test(options.fileName) ||
    (root.get("specVersion") !== undefined && root.get("runtime") !== undefined)
  );
}

function isKustomization(resource: ResourceId, options: AnalysisOptions): boolean {
  if (isFluxKustomization(resource)) return false;
  return (
    /^kustomization\.ya?ml$|^Kustomization$/.test(options.fileName) ||
    (resource.kind === "Kustomization" &&
      (resource.apiVersion?.startsWith("kustomize.config.k8s.io/") ?? false))
  );
}

/**
 * A copy that shares no memory with the file's text. V8 keeps the whole text alive for a slice of
 * it, so that each old version of a large file would live as long as one image read from it.
 */
function ownCopy(text: string): string {
  return ` ${text}`.slice(1);
}
