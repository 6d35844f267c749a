// The door of this folder: a file's text becomes what it says about images and Knative's configuration.

import type { DocumentAnalysis, FileAnalysis, FilePart, ImageUse } from "./analysis.ts";
import type { AnalysisOptions } from "./analysisOptions.ts";
import { collectAll, type Found } from "./resources/collectResources.ts";
import { documentSpans, ownCopy } from "./yaml/documentSplit.ts";
import { chartDocument } from "./helm/chartDocument.ts";
import { defineBodies, holdsDefine, setsVariables } from "./helm/chartParts.ts";
import { piecedText, sliceOf, type PiecedText } from "./yaml/piecedText.ts";
import { findIgnoreComments, maxIgnores } from "./ignoreComments.ts";
import { isPartialName } from "../paths/fileNames.ts";
import { readPlainJson } from "./yaml/plainJson.ts";
import { readPlainYaml } from "./yaml/plainYaml.ts";
import { isWorthReading, searchable } from "./relevance.ts";
import { fileOffset } from "./span.ts";
import { allAtOnce, type Pause } from "./steps.ts";
import { hasLonePlaceholder, isTooLongTemplate, maskTemplates } from "./templates/templateMask.ts";
import { noParts, unchangedParts } from "./yaml/unchangedParts.ts";
import { placeOf } from "./writtenImage.ts";
import { budgetFor, parseYaml } from "./yaml/yamlDocument.ts";
import type { Scalar } from "./yaml/yamlScalar.ts";

/**
 * Reads a file. Never throws on input.
 * @param written the text; one in pieces that it shares with an earlier one is compared faster.
 * @param previous what an earlier text of the same file, read with the same options, said: its
 *   documents that did not change are taken over as they are.
 */
export function analyzeFile(
  written: string | PiecedText,
  options: AnalysisOptions,
  previous?: FileAnalysis,
): FileAnalysis {
  return allAtOnce(analyzeInSteps(written, options, { previous }));
}

/** Characters that take milliseconds before a document of theirs is read. */
const longText = 1_000_000;

/**
 * Reads one document elsewhere, such as in another thread. Never rejects.
 * @returns the same as `analyzeDocument`; undefined if it took more time or memory than it may
 */
export type ReadElsewhere = (
  text: string,
  options: AnalysisOptions,
) => Promise<DocumentAnalysis | undefined>;

/**
 * The same in steps, so that the caller may pause in a large file: one for each document that is read, and two before
 * the first of a long text.
 * @param context.previous as for `analyzeFile`
 * @param context.elsewhere reads what would take long here, and is waited for; without it everything is read here
 */
export function* analyzeInSteps(
  written: string | PiecedText,
  options: AnalysisOptions,
  context: {
    readonly previous?: FileAnalysis | undefined;
    readonly elsewhere?: ReadElsewhere | undefined;
  } = {},
): Generator<Pause, FileAnalysis> {
  const { previous, elsewhere } = context;
  const now = typeof written === "string" ? piecedText(written) : written;
  const { front, back, known } = previous === undefined ? noParts : unchangedParts(previous, now);
  const from = front.at(-1)?.end ?? 0;
  const until = back[0]?.start ?? now.text.length;
  const changed = sliceOf(now, from, until);
  const bytes = searchable(changed);
  if (changed.length > longText) yield;
  const middle: FilePart[] = [];
  // A named template may hold several documents: what defines them is cut nowhere.
  const isWhole = holdsDefines(options);
  const spans = isWhole ? [{ start: 0, end: changed.length }] : documentSpans(changed);
  for (const span of spans) {
    if (middle.length > 0 || changed.length > longText) yield;
    const [start, end] = [fileOffset(from + span.start), fileOffset(from + span.end)];
    const own = changed.slice(span.start, span.end);
    const isRead = isWorthReading(bytes, options, span.start, span.end);
    const document =
      known.get(own) ??
      (isRead
        ? yield* analyzeOne(own, options, elsewhere)
        : withinStack(() => unreadDocument(ownCopy(own), options)));
    middle.push({ start, end, document });
  }
  const { text, pieces } = now;
  return { text, pieces, parts: front.concat(middle, back) };
}

/**
 * Characters of a document that is read here whatever reading it takes: the library takes up to 3 µs for each, so that
 * this is a tenth of a second on a slow machine.
 */
const maxHere = 40_000;

/** Characters of a document that is read here if that can be done in the quick way, which takes a tenth of the time. */
const maxQuicklyHere = 400_000;

/** Reads one document here, or elsewhere if it would take long. */
function* analyzeOne(
  text: string,
  options: AnalysisOptions,
  elsewhere: ReadElsewhere | undefined,
): Generator<Pause, DocumentAnalysis> {
  if (elsewhere === undefined || text.length <= maxHere) {
    return withinStack(() => analyzeDocument(ownCopy(text), options));
  }
  const quick =
    text.length <= maxQuicklyHere
      ? withinStack(() => analyzeAs(ownCopy(text), options, "quickly"))
      : undefined;
  if (quick !== undefined) return quick;
  let read: DocumentAnalysis | undefined;
  yield elsewhere(text, options).then((document) => {
    read = document;
  });
  return read ?? beyondLimit("Reading it takes too much time or memory");
}

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
function unreadDocument(text: string, { chartFile }: AnalysisOptions): DocumentAnalysis {
  if (chartFile !== "template" || !(holdsDefine(text) || setsVariables(text))) return noManifest;
  return { ...noManifest, chart: chartDocument(chartFile, text, noManifest) };
}

const nowhere = { start: 0, end: 0 };

/** What is known of a document that exceeds our limits: nothing but that it does. */
function beyondLimit(message: string): DocumentAnalysis {
  return { ...noManifest, syntaxProblems: [{ message, span: nowhere, isLimit: true }] };
}

/** Reads a document. An expression that walks through many millions of characters may exhaust its stack, which V8 throws. */
function withinStack<Read extends DocumentAnalysis | undefined>(
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
  return analyzeAs(text, options, "wholly");
}

/** Whether a document is read whatever that takes, or only if it can be done in the quick way. */
type Effort = "quickly" | "wholly";

function analyzeAs(text: string, options: AnalysisOptions, effort: "wholly"): DocumentAnalysis;
/** @returns undefined if the document cannot be read so quickly */
function analyzeAs(
  text: string,
  options: AnalysisOptions,
  effort: Effort,
): DocumentAnalysis | undefined;
function analyzeAs(
  text: string,
  options: AnalysisOptions,
  effort: Effort,
): DocumentAnalysis | undefined {
  const { chartFile } = options;
  const isPlain = chartFile === undefined || !holdsDefines(options);
  const analysis = isPlain ? analyzeManifest(text, options, effort) : analyzeDefines(text, options);
  if (chartFile === undefined || analysis === undefined) return analysis;
  return { ...analysis, chart: chartDocument(chartFile, text, analysis) };
}

/** Whether a file of a chart holds named templates alone. */
function holdsDefines({ chartFile, fileName }: AnalysisOptions): boolean {
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
      return analyzeManifest(alone, options, "wholly").images;
    });
  return { ...noManifest, images };
}

function analyzeManifest(
  text: string,
  options: AnalysisOptions,
  effort: "wholly",
): DocumentAnalysis;
function analyzeManifest(
  text: string,
  options: AnalysisOptions,
  effort: Effort,
): DocumentAnalysis | undefined;
function analyzeManifest(
  text: string,
  options: AnalysisOptions,
  effort: Effort,
): DocumentAnalysis | undefined {
  if (isTooLongTemplate(text)) return beyondLimit("It is longer than a template that is read");
  const isWhole = !linesToCome.test(text) && !isPartialName(options.fileName);
  const isComplete = isWhole && !hasLonePlaceholder(text);
  const masked = withLineFeeds(withoutMarks(maskTemplates(text)));
  const analysis =
    analyzeQuickly(masked, options, isComplete) ??
    (effort === "wholly" ? analyzeText(masked, options, isComplete) : undefined);
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

/** Reads a document by the library. */
function analyzeText(
  text: string,
  options: AnalysisOptions,
  isComplete: boolean,
): DocumentAnalysis {
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
