// What one YAML document of a file says about images and Knative's configuration.

import type { DocumentAnalysis, ImageUse } from "./analysis.ts";
import type { AnalysisOptions } from "./analysisOptions.ts";
import { collectAll, type Found } from "./resources/collectResources.ts";
import { chartDocument } from "./helm/chartDocument.ts";
import { defineBodies, holdsDefine, setsVariables } from "./helm/chartParts.ts";
import { findIgnoreComments, maxIgnores } from "./ignoreComments.ts";
import { isPartialName } from "../paths/fileNames.ts";
import { readPlainJson } from "./yaml/plainJson.ts";
import { readPlainYaml } from "./yaml/plainYaml.ts";
import { hasLonePlaceholder, isTooLongTemplate, maskTemplates } from "./templates/templateMask.ts";
import { placeOf } from "./writtenImage.ts";
import { budgetFor, parseYaml } from "./yaml/yamlDocument.ts";
import type { Scalar } from "./yaml/yamlScalar.ts";

/** What a text says that is not a manifest, or is not worth reading. */
const noManifest: DocumentAnalysis = {
  ...{
    images: [],
    configs: [],
    pullSecrets: [],
    namedPullSecrets: [],
    localRegistries: [],
    kserveModes: [],
    resources: [],
  },
  kustomization: undefined,
  ...{ ignores: [], syntaxProblems: [], text: undefined, chart: undefined },
};

/** What a document says that is not parsed: in a chart it may hold named templates, which are not YAML. */
export function unreadDocument(text: string, { chartFile }: AnalysisOptions): DocumentAnalysis {
  if (chartFile !== "template" || !(holdsDefine(text) || setsVariables(text))) return noManifest;
  return { ...noManifest, chart: chartDocument(chartFile, text, noManifest) };
}

const nowhere = { start: 0, end: 0 };

/** What is known of a document that exceeds our limits: nothing but that it does. */
export function beyondLimit(message: string): DocumentAnalysis {
  return { ...noManifest, syntaxProblems: [{ message, span: nowhere, isLimit: true }] };
}

/** Reads a document. An expression that walks through many millions of characters may exhaust its stack, which V8 throws. */
export function withinStack<Read extends DocumentAnalysis | undefined>(
  read: () => Read,
): Read | DocumentAnalysis {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return beyondLimit("It is too long to be searched");
    throw error;
  }
}

/** Reads one YAML document; all spans count from its beginning. Never throws on input that the stack is large enough for. */
export function analyzeDocument(text: string, options: AnalysisOptions): DocumentAnalysis {
  return analyzeWith(analyzeText, text, options);
}

/** The same without the library; undefined if only that can read the document. */
export function analyzeDocumentQuickly(
  text: string,
  options: AnalysisOptions,
): DocumentAnalysis | undefined {
  return analyzeWith(analyzeQuickly, text, options);
}

/** Reads a text in which nothing is left of templates, wholly or, if that is not possible in its way, not at all. */
type ReadText<Result extends DocumentAnalysis | undefined> = (
  text: string,
  options: AnalysisOptions,
  isComplete: boolean,
) => Result;

function analyzeWith<Result extends DocumentAnalysis | undefined>(
  readText: ReadText<Result>,
  text: string,
  options: AnalysisOptions,
): Result | DocumentAnalysis {
  const { chartFile } = options;
  const analysis = holdsDefines(options)
    ? analyzeDefines(text, options)
    : analyzeManifest(readText, text, options);
  if (chartFile === undefined || analysis === undefined) return analysis;
  return { ...analysis, chart: chartDocument(chartFile, text, analysis) };
}

/** Whether a file of a chart holds named templates alone. */
export function holdsDefines({ chartFile, fileName }: AnalysisOptions): boolean {
  return chartFile === "template" && fileName.endsWith(".tpl");
}

/** Named templates that are read as manifests in one file at most, and their characters: each is read in the whole file. */
const maxDefines = 50;
const maxDefineCharacters = 4_000_000;

/** Named templates are not YAML, but the body of one may be a whole resource. */
function analyzeDefines(text: string, options: AnalysisOptions): DocumentAnalysis {
  const images = defineBodies(text)
    .filter(({ start, end }) => /^[ \t]*kind:/m.test(text.slice(start, end)))
    .slice(0, Math.min(maxDefines, Math.floor(maxDefineCharacters / text.length)))
    .flatMap(({ start, end }) => {
      const blank = (part: string): string => part.replace(/[^\n\r]/g, " ");
      const alone = blank(text.slice(0, start)) + text.slice(start, end);
      return analyzeManifest(analyzeText, alone, options).images;
    });
  return { ...noManifest, images };
}

function analyzeManifest<Result extends DocumentAnalysis | undefined>(
  readText: ReadText<Result>,
  text: string,
  options: AnalysisOptions,
): Result | DocumentAnalysis {
  if (isTooLongTemplate(text)) return beyondLimit("It is longer than a template that is read");
  const isWhole = !linesToCome.test(text) && !isPartialName(options.fileName);
  const isComplete = isWhole && !hasLonePlaceholder(text);
  const masked = withLineFeeds(withoutMarks(maskTemplates(text)));
  const analysis = readText(masked, options, isComplete);
  return analysis?.text === undefined || masked === text ? analysis : { ...analysis, text };
}

/** For YAML a carriage return alone ends a line, for the library and for everything here it does not. */
function withLineFeeds(text: string): string {
  return text.includes("\r") ? text.replace(/\r(?!\n)/g, "\n") : text;
}

/** Reads a document without the library; undefined if only that can read it. */
function analyzeQuickly(
  text: string,
  options: AnalysisOptions,
  isComplete: boolean,
): DocumentAnalysis | undefined {
  const plain = needsLibrary.test(text) ? undefined : (readPlainJson(text) ?? readPlainYaml(text));
  if (plain === undefined) return undefined;
  const found = collectAll([plain], options, { text, isComplete });
  // A collection where an image belongs has its place from the library alone.
  const isWhole = found.images.every((use) => !hasNoPlace(use));
  return isWhole ? analysisOf(found, text, []) : undefined;
}

/** Reads a document in the quick way if that is possible, else by the library. */
function analyzeText(
  text: string,
  options: AnalysisOptions,
  isComplete: boolean,
): DocumentAnalysis {
  const quick = analyzeQuickly(text, options, isComplete);
  if (quick !== undefined) return quick;
  const budget = budgetFor(text);
  const { roots, problems } = parseYaml(text, budget);
  if (problems.some(({ isLimit }) => isLimit)) return { ...noManifest, syntaxProblems: problems };
  const at = { text, isComplete: isComplete && problems.length === 0 };
  const found = collectAll(roots, options, at);
  // What was found by then depends on the order of looking.
  return budget.isSpent
    ? beyondLimit("Its aliases and merge keys expand to more than is read")
    : analysisOf(found, text, problems);
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

/**
 * Characters of an image, a setting or a secret at most: a ConfigMap or a Secret has 1 MiB (k8s.io/kubernetes
 * pkg/apis/core/validation), and expressions over several millions exhaust their stack.
 */
const maxScalar = 1 << 20;

function isOverlong({ images, configs, pullSecrets }: Found): boolean {
  const isLong = (scalar: Scalar | undefined): boolean => (scalar?.text.length ?? 0) > maxScalar;
  return (
    images.some(({ parts }) => parts.some(({ scalar }) => isLong(scalar))) ||
    configs.some(({ entries }) =>
      entries.some(({ key, value, items = [] }) => [key, value, ...items].some(isLong)),
    ) ||
    pullSecrets.some(({ value }) => isLong(value))
  );
}

function analysisOf(
  found: Found,
  text: string,
  problems: DocumentAnalysis["syntaxProblems"],
): DocumentAnalysis {
  if (isOverlong(found)) return beyondLimit("It holds a value longer than Kubernetes takes");
  const ignores = findIgnoreComments(text);
  if (ignores.length > maxIgnores)
    return beyondLimit(`It has more than ${maxIgnores} ignore comments`);
  const isValidated = found.configs.length > 0 || found.pullSecrets.length > 0;
  const { images, configs, pullSecrets, namedPullSecrets, kustomization, cut } = found;
  const tooMany = cut === undefined ? [] : [{ message: cut, span: nowhere, isLimit: true }];
  return {
    ...{
      images,
      configs,
      pullSecrets,
      namedPullSecrets,
      localRegistries: found.localRegistries,
      kserveModes: found.kserveModes,
      kustomization,
      resources: found.ids,
    },
    ignores,
    syntaxProblems: [...tooMany, ...problems],
    text: isValidated ? text : undefined,
    chart: undefined,
  };
}
