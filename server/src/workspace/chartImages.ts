// Joins the files of Helm charts: the images that templates make of values, each at the values that say it.

import type { FilePlace, ImageUse } from "../document/analysis.ts";
import {
  scopeSteps,
  valueSeparator,
  type ImageExpression,
  type ValueField,
} from "../document/helm/chartParts.ts";
import { imagePieces } from "../document/helm/imageExpression.ts";
import type { ImagePieces, ScopeStep } from "../document/helm/imagePieces.ts";
import { valuePaths } from "../document/helm/fillPieces.ts";
import { valuesImage, type ChartValues } from "../document/helm/valuesImage.ts";
import { inFile, spanInFile, type FileSpan } from "../document/span.ts";
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
}

export const noCharts: ChartJoin = { images: new Map(), templates: new Map() };

/** Charts and values files joined at most; templates of one chart likewise. */
const maxJoins = 20_000;
/** Values and images that one template's expression is shown with. */
const maxShown = 20;

/** What the files of charts make of each other. */
export function joinCharts(sources: readonly ChartSource[], grammar: GrammarProfile): ChartJoin {
  const charts = chartsOf(sources);
  const images = new Map<string, ImageUse[]>();
  const templates = new Map<string, TemplateImage[]>();
  let left = maxJoins;
  const budget = { left: maxScanned };
  for (const chart of charts.values()) {
    const files = valuesFor(chart, charts);
    const defines = definesFor(chart, charts);
    for (const located of chart.expressions) {
      const { expression, source } = located;
      const pieces = imagePieces(expression.text, defines, stepsOf(located, budget));
      const read = pieces === undefined ? [] : files.slice(0, left);
      left -= read.length;
      const made = pieces === undefined ? [] : madeOf(pieces, located, read, grammar);
      for (const { uri, use } of made) addUse(listIn(images, uri), use);
      listIn(templates, source.uri).push(templateImage(located, pieces, made, read));
    }
  }
  return { images, templates };
}

type LocatedExpression = Chart["expressions"][number];

/** Characters in front of expressions that are read again at most. */
const maxScanned = 5_000_000;

/** What stands in front of an expression: in its file, since variables hold behind `---`, too. */
function stepsOf(
  { expression, source }: LocatedExpression,
  budget: { left: number },
): readonly ScopeStep[] {
  if (source.start === 0) return expression.steps;
  const at = inFile(expression.place.start, source.start);
  budget.left -= at;
  return budget.left < 0 ? expression.steps : scopeSteps(source.text, at);
}

interface MadeImage {
  readonly uri: string;
  readonly use: ImageUse;
  readonly place: FilePlace;
}

function madeOf(
  pieces: ImagePieces,
  { expression, source }: LocatedExpression,
  files: readonly ReadValues[],
  grammar: GrammarProfile,
): MadeImage[] {
  const madeBy = [placeIn(source, expression.place.start)];
  return files.flatMap(({ source: file, values }) => {
    const image = valuesImage(pieces, values, grammar);
    if (image === undefined) return [];
    const use = useOf(image, values, expression, madeBy);
    return [{ uri: file.uri, use, place: placeIn(file, spanOf(use).start) }];
  });
}

function templateImage(
  { expression, source }: LocatedExpression,
  pieces: ImagePieces | undefined,
  made: readonly MadeImage[],
  files: readonly ReadValues[],
): TemplateImage {
  const paths = pieces === undefined ? [] : [...new Set(valuePaths(pieces))];
  const values = files.flatMap(({ source: file, values: { own } }) =>
    paths.flatMap((path) => {
      const field = own.get(path);
      if (field === undefined) return [];
      const span = spanInFile(field.place, file.start);
      return [{ path: path.replaceAll(valueSeparator, "."), uri: file.uri, span }];
    }),
  );
  return {
    span: spanInFile(expression.place, source.start),
    isRead: pieces !== undefined,
    images: made
      .slice(0, maxShown)
      .map(({ use, place }) => ({ ...place, image: use.reference.text })),
    values: values.slice(0, maxShown),
  };
}

function placeIn({ uri, text, start }: ChartSource, offset: number): FilePlace {
  const at = inFile(offset, start);
  let line = 1;
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", end + 1))
    line += 1;
  return { uri, line };
}

function listIn<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** One image at one place is one use; Knative's comes before a workload's. */
function addUse(uses: ImageUse[], use: ImageUse): void {
  const same = uses.findIndex(
    (other) =>
      other.reference.text === use.reference.text &&
      other.parts[0]?.place.start === use.parts[0]?.place.start,
  );
  const before = uses[same];
  if (before === undefined) {
    uses.push(use);
    return;
  }
  const main = before.role === "kubernetes-workload" ? use : before;
  const madeBy = [...(before.madeBy ?? []), ...(use.madeBy ?? [])].slice(0, maxShown);
  uses[same] = { ...main, madeBy };
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
