// Joins the files of Helm charts: the images that templates make of values, each at the values that say it.

import type { FilePlace, ImageUse } from "../document/analysis.ts";
import { createExpansionBudget, type ExpansionBudget } from "../document/expansionBudget.ts";
import {
  scopeReader,
  valueSeparator,
  type ImageExpression,
  type ScopeReader,
  type ValueField,
} from "../document/helm/chartParts.ts";
import { imagePieces, maxPieces } from "../document/helm/imageExpression.ts";
import { roomBehind, type ImagePieces, type ScopeStep } from "../document/helm/imagePieces.ts";
import { valuePaths } from "../document/helm/fillPieces.ts";
import { soleValue, valuesImage, type ChartValues } from "../document/helm/valuesImage.ts";
import { inFile, spanInFile, type FileSpan, type Span } from "../document/span.ts";
import { mainPart, spanOf, type WrittenImage } from "../document/writtenImage.ts";
import type { GrammarProfile } from "../image/grammarProfile.ts";
import {
  chartsOf,
  definesFor,
  valuesFor,
  type Chart,
  type ChartSource,
  type ReadValues,
} from "./charts.ts";

/** What becomes of one image of a template. */
export interface TemplateImage {
  /** Where its expression stands. */
  readonly span: FileSpan;
  /** Whether it was understood; otherwise nothing is claimed of it. */
  readonly isRead: boolean;
  /** The images that values make of it, with the value that a pin writes. */
  readonly images: readonly (FilePlace & { readonly image: string })[];
  /** The values that it is made of. */
  readonly values: readonly TemplateValue[];
}

/** A value that a template names. */
export interface TemplateValue {
  /** `image.tag`, as the template names it. */
  readonly path: string;
  readonly uri: string;
  readonly span: FileSpan;
}

export interface ChartJoin {
  /** The images of values files by their URI. */
  readonly images: ReadonlyMap<string, readonly ImageUse[]>;
  /** The images of templates by their URI. */
  readonly templates: ReadonlyMap<string, readonly TemplateImage[]>;
  readonly skipLists: readonly ChartSkipList[];
}

/** A skip list that a template takes from a value. */
export interface ChartSkipList {
  /** Where it stands in the template: in which document, and where in that. */
  readonly template: ChartSource;
  readonly place: Span;
  /** Where it stands in values files. */
  readonly values: readonly { readonly source: ChartSource; readonly field: ValueField }[];
}

export const noCharts: ChartJoin = {
  ...{ images: new Map(), templates: new Map() },
  skipLists: [],
};

/**
 * Steps of all joins together: a character of a template, a value that is copied or looked through. They take a second;
 * a workspace of 100 charts with 10 images and 5 values files of 300 values each needs two million.
 */
const maxSteps = 20_000_000;
/** Values and images that one template's expression is shown with. */
const maxShown = 20;

/** What the files of charts make of each other; what is more than is followed is not read (`isRead`). */
export function joinCharts(sources: readonly ChartSource[], grammar: GrammarProfile): ChartJoin {
  const charts = chartsOf(sources);
  const budget = createExpansionBudget(maxSteps);
  const join: Join = { grammar, budget, lineOf: createLines(), images: new Map() };
  const templates = new Map<string, TemplateImage[]>();
  const readers = new Map<string, ScopeReader>();
  const skipLists: ChartSkipList[] = [];
  for (const chart of charts.values()) {
    if (chart.expressions.length === 0 && chart.skipLists.length === 0) continue;
    const files = valuesFor(chart, budget);
    const defines = definesFor(chart, budget);
    for (const { expression, source: template } of chart.skipLists) {
      const { text, steps, place } = expression;
      const pieces = steps && imagePieces(text, defines, steps, budget);
      const values = pieces === undefined ? [] : soleValues(pieces, files);
      if (values.length > 0) skipLists.push({ template, place, values });
    }
    for (const located of chart.expressions) {
      const { expression, source } = located;
      const steps = stepsOf(located, readers, budget);
      const pieces = steps && imagePieces(expression.text, defines, steps, budget);
      const made = pieces === undefined ? undefined : madeOf(pieces, located, files, join);
      const image = templateImage(located, made === undefined ? undefined : pieces, made, files);
      listIn(templates, source.uri).push(image);
    }
  }
  const images = new Map([...join.images].map(([uri, uses]) => [uri, [...uses.values()]]));
  return { images, templates, skipLists };
}

/** The values that alone make a text, in each file that has one. */
function soleValues(pieces: ImagePieces, files: readonly ReadValues[]): ChartSkipList["values"] {
  return files.flatMap(({ source, values }) => {
    const field = soleValue(pieces, values);
    return field === undefined ? [] : [{ source, field }];
  });
}

interface Join {
  readonly grammar: GrammarProfile;
  readonly budget: ExpansionBudget;
  readonly lineOf: (source: ChartSource, offset: number) => number;
  /** The images of values files by their URI; one image at one place is one use. */
  readonly images: Map<string, Map<string, ImageUse>>;
}

type LocatedExpression = Chart["expressions"][number];

/** What stands in front of an expression: in its file, since variables hold behind `---`, too. */
function stepsOf(
  { expression, source }: LocatedExpression,
  readers: Map<string, ScopeReader>,
  budget: ExpansionBudget,
): readonly ScopeStep[] | undefined {
  const { uri, start, text } = source;
  if (start === 0) return expression.steps;
  let reader = readers.get(uri);
  if (reader === undefined) {
    if (!budget.take(text.length)) return undefined;
    reader = scopeReader(text);
    readers.set(uri, reader);
  }
  return reader(inFile(expression.place.start, start));
}

interface MadeImage {
  readonly use: ImageUse;
  readonly place: FilePlace;
}

/** The images that a template makes of each values file; undefined if that is more than is followed. */
function madeOf(
  pieces: ImagePieces,
  { expression, source }: LocatedExpression,
  files: readonly ReadValues[],
  { grammar, budget, lineOf, images }: Join,
): MadeImage[] | undefined {
  const madeBy = [{ uri: source.uri, line: lineOf(source, expression.place.start) }];
  const size = maxPieces - Math.max(0, roomBehind(pieces, maxPieces));
  const made: MadeImage[] = [];
  for (const { source: file, values } of files) {
    // The pieces are filled in several times, and the values looked through for the one that is written.
    if (!budget.take(4 * size + 4 * values.own.size)) return undefined;
    const image = valuesImage(pieces, values, grammar);
    if (image === undefined) continue;
    const use = useOf(image, values, expression, madeBy);
    made.push({ use, place: { uri: file.uri, line: lineOf(file, spanOf(use).start) } });
  }
  for (const { use, place } of made) addUse(images, place.uri, use);
  return made;
}

function templateImage(
  { expression, source }: LocatedExpression,
  pieces: ImagePieces | undefined,
  made: readonly MadeImage[] | undefined,
  files: readonly ReadValues[],
): TemplateImage {
  const paths = pieces === undefined ? [] : [...new Set(valuePaths(pieces))];
  const values: TemplateValue[] = [];
  for (const { source: file, values: of } of paths.length === 0 ? [] : files) {
    for (const path of paths) {
      const field = of.own.get(path);
      if (field === undefined) continue;
      const span = spanInFile(field.place, file.start);
      values.push({ path: path.replaceAll(valueSeparator, "."), uri: file.uri, span });
    }
  }
  return {
    span: spanInFile(expression.place, source.start),
    isRead: pieces !== undefined,
    images: (made ?? [])
      .slice(0, maxShown)
      .map(({ use, place }) => ({ ...place, image: use.reference.text })),
    values: values.slice(0, maxShown),
  };
}

/** The lines of offsets, which are found by walking through each text once. */
function createLines(): Join["lineOf"] {
  const starts = new Map<string, readonly number[]>();
  return ({ uri, text, start }, offset) => {
    const known = starts.get(uri) ?? lineStarts(text);
    starts.set(uri, known);
    return lineAt(known, inFile(offset, start));
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    starts.push(end + 1);
  }
  return starts;
}

/** Counts from 1. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

function listIn<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** One image at one place is one use; Knative's comes before a workload's. */
function addUse(images: Join["images"], uri: string, use: ImageUse): void {
  const uses = images.get(uri) ?? new Map<string, ImageUse>();
  images.set(uri, uses);
  const key = `${use.parts[0]?.place.start ?? ""} ${use.reference.text}`;
  const before = uses.get(key);
  if (before === undefined) {
    uses.set(key, use);
    return;
  }
  const main = before.role === "kubernetes-workload" ? use : before;
  const madeBy = [...(before.madeBy ?? []), ...(use.madeBy ?? [])].slice(0, maxShown);
  uses.set(key, { ...main, madeBy });
}

function useOf(
  image: WrittenImage,
  { own }: ChartValues,
  expression: ImageExpression,
  madeBy: readonly FilePlace[],
): ImageUse {
  const { role, platform, resource, container, followsKserveDefault } = expression;
  const path = pathOf(own, mainPart(image).scalar);
  return {
    ...image,
    ...{ role, platform, resource, container, followsKserveDefault, madeBy },
    pullPolicy: undefined,
    path: path.replaceAll(valueSeparator, "."),
    revisionName: undefined,
    owner: undefined,
  };
}

function pathOf(own: ReadonlyMap<string, ValueField>, scalar: ValueField["scalar"]): string {
  return [...own].find(([, field]) => field.scalar === scalar)?.[0] ?? "";
}
