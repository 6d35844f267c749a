// Joins the files of Helm charts: the images that templates make of values, each at the values that say it.

import type { ImageUse } from "../document/analysis.ts";
import type { GrammarProfile } from "../image/grammarProfile.ts";
import {
  chartFolder,
  valueSeparator,
  valueText,
  type ChartFile,
  type ChartParts,
  type ImageExpression,
  type ValueField,
} from "../document/helm/chartParts.ts";
import { mainPart, type WrittenImage } from "../document/writtenImage.ts";
import { imagePieces, type ImagePieces } from "../document/helm/imageExpression.ts";
import { valuesImage, type ChartValues } from "../document/helm/valuesImage.ts";

/** A file of a chart and what it says. */
export interface ChartSource {
  /** A URI, or a path with slashes. */
  readonly uri: string;
  readonly file: ChartFile;
  readonly parts: ChartParts;
}

/** Charts and values files joined at most; templates of one chart likewise. */
const maxJoins = 20_000;

interface Chart {
  readonly folder: string;
  appVersion: string | undefined;
  readonly defines: Map<string, string>;
  readonly expressions: ImageExpression[];
  readonly values: { readonly uri: string; readonly own: ReadonlyMap<string, ValueField> }[];
}

/** The images of values files by their URI. */
export function chartImages(
  sources: readonly ChartSource[],
  grammar: GrammarProfile,
): ReadonlyMap<string, readonly ImageUse[]> {
  const charts = chartsOf(sources);
  const images = new Map<string, ImageUse[]>();
  const joined = [...charts.values()].flatMap((chart) => joinsOf(chart, charts));
  for (const { uri, expression, pieces, values } of joined.slice(0, maxJoins)) {
    const image = valuesImage(pieces, values, grammar);
    if (image === undefined) continue;
    const uses = images.get(uri) ?? [];
    images.set(uri, uses);
    addUse(uses, useOf(image, values.own, expression));
  }
  return images;
}

/** A template's image and one values file that it reads. */
interface Join {
  readonly uri: string;
  readonly expression: ImageExpression;
  readonly pieces: ImagePieces;
  readonly values: ChartValues;
}

function joinsOf(chart: Chart, charts: ReadonlyMap<string, Chart>): Join[] {
  const files = valuesFor(chart, charts);
  return chart.expressions.flatMap((expression) => {
    const pieces = imagePieces(expression.text, chart.defines);
    return pieces === undefined ? [] : files.map((file) => ({ ...file, expression, pieces }));
  });
}

/** One image at one place is one use; Knative's comes before a workload's. */
function addUse(uses: ImageUse[], use: ImageUse): void {
  const same = uses.findIndex(
    (other) =>
      other.reference.text === use.reference.text &&
      other.parts[0]?.place.start === use.parts[0]?.place.start,
  );
  if (same < 0) uses.push(use);
  else if (uses[same]?.role === "kubernetes-workload") uses[same] = use;
}

function useOf(
  image: WrittenImage,
  own: ReadonlyMap<string, ValueField>,
  { role, platform, resource, container }: ImageExpression,
): ImageUse {
  const { scalar } = mainPart(image);
  const path = [...own].find(([, field]) => field.scalar === scalar)?.[0] ?? "";
  return {
    ...image,
    ...{ role, platform, resource, container },
    pullPolicy: undefined,
    path: path.replaceAll(valueSeparator, "."),
    revisionName: undefined,
    owner: undefined,
  };
}

function chartsOf(sources: readonly ChartSource[]): ReadonlyMap<string, Chart> {
  const charts = new Map<string, Chart>();
  for (const { uri, file, parts } of sources) {
    if (file !== "chart") continue;
    const folder = chartFolder(uri, file);
    charts.set(folder, {
      ...{ folder, appVersion: parts.appVersion },
      ...{ defines: new Map(), expressions: [], values: [] },
    });
  }
  for (const { uri, file, parts } of sources) {
    const chart = charts.get(chartFolder(uri, file));
    if (chart === undefined) continue;
    for (const [name, body] of parts.defines) chart.defines.set(name, body);
    chart.expressions.push(...parts.expressions);
    if (file === "values" && parts.values !== undefined) {
      chart.values.push({ uri, own: parts.values });
    }
  }
  return charts;
}

interface ReadValues {
  readonly uri: string;
  readonly values: ChartValues;
}

/** The values files that a chart's templates read: its own, and those of the chart that it is a part of. */
function valuesFor(chart: Chart, charts: ReadonlyMap<string, Chart>): ReadValues[] {
  const defaults = textsOf(defaultValues(chart)?.own);
  const own = chart.values.map(({ uri, own }) => ({
    uri,
    values: {
      own,
      base: isDefault(uri) ? noTexts : defaults,
      appVersion: chart.appVersion,
    },
  }));
  const parent = charts.get(chart.folder.replace(/\/charts\/[^/]+$/, ""));
  if (parent === undefined || parent === chart) return own;
  const name = chart.folder.slice(chart.folder.lastIndexOf("/") + 1);
  const prefix = name + valueSeparator;
  const above = parent.values.map(({ uri, own }) => ({
    uri,
    values: {
      own: new Map(
        [...own].flatMap(([path, field]) =>
          path.startsWith(prefix) ? [[path.slice(prefix.length), field] as const] : [],
        ),
      ),
      base: defaults,
      appVersion: chart.appVersion,
    },
  }));
  return [...own, ...above];
}

const noTexts: ReadonlyMap<string, string> = new Map<string, string>([]);

function isDefault(uri: string): boolean {
  return /(?:^|\/)values\.ya?ml$/.test(uri);
}

function defaultValues({ values }: Chart): Chart["values"][number] | undefined {
  return values.find(({ uri }) => isDefault(uri));
}

function textsOf(own: ReadonlyMap<string, ValueField> | undefined): ReadonlyMap<string, string> {
  return new Map([...(own ?? [])].map(([path, field]) => [path, valueText(field)]));
}
