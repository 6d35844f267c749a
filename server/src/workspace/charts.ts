// The Helm charts of a workspace: which files belong to each, and which values and named templates it sees.

import { append } from "../base/append.ts";
import {
  chartFolder,
  valueSeparator,
  valueText,
  type ChartDependency,
  type ChartFile,
  type ChartParts,
  type ImageExpression,
  type SkipListExpression,
  type ValueField,
} from "../document/helm/chartParts.ts";
import type { ChartValues } from "../document/helm/valuesImage.ts";
import type { ExpansionBudget } from "../document/expansionBudget.ts";
import type { FileOffset } from "../document/span.ts";
import { relativeUri } from "./relativeUri.ts";
import { withoutEnd } from "../image/trim.ts";

/** A document of a chart's file and what it says. */
export interface ChartSource {
  /** A URI, or a path with slashes. */
  readonly uri: string;
  readonly file: ChartFile;
  readonly parts: ChartParts;
  /** Where the document begins in its file, and the file's text. */
  readonly start: FileOffset;
  readonly text: string;
}

/** A chart with what its own files say. */
export interface Chart {
  readonly folder: string;
  readonly appVersion: string | undefined;
  readonly dependencies: readonly ChartDependency[];
  readonly defines: Map<string, string>;
  readonly expressions: { readonly expression: ImageExpression; readonly source: ChartSource }[];
  readonly skipLists: { readonly expression: SkipListExpression; readonly source: ChartSource }[];
  readonly values: OwnValues[];
  /** The charts that it is a part of, each with the key under which its values stand there. */
  readonly parents: { readonly chart: Chart; readonly key: string }[];
  /** The charts that it names as parts. */
  readonly named: Chart[];
}

interface OwnValues {
  readonly source: ChartSource;
  readonly own: ReadonlyMap<string, ValueField>;
}

/** A values file as the templates of a chart read it. */
export interface ReadValues {
  readonly source: ChartSource;
  readonly values: ChartValues;
}

/** Charts inside charts at most, and values files that one chart reads: charts can name each other in circles. */
const maxDepth = 5;
const maxFiles = 300;

/** The charts by their folder. */
export function chartsOf(sources: readonly ChartSource[]): ReadonlyMap<string, Chart> {
  const charts = new Map<string, Chart>();
  for (const { uri, file, parts } of sources) {
    if (file !== "chart") continue;
    const folder = chartFolder(uri, file);
    const { appVersion, dependencies } = parts;
    charts.set(folder, {
      ...{ folder, appVersion, dependencies },
      ...{
        defines: new Map<string, string>(),
        expressions: [],
        skipLists: [],
        values: [],
        parents: [],
        named: [],
      },
    });
  }
  const read = new Set<string>();
  for (const source of sources) {
    const { uri, file, parts } = source;
    const chart = charts.get(chartFolder(uri, file));
    if (chart === undefined) continue;
    for (const [name, body] of parts.defines) chart.defines.set(name, body);
    append(
      chart.expressions,
      parts.expressions.map((expression) => ({ expression, source })),
    );
    append(
      chart.skipLists,
      parts.skipLists.map((expression) => ({ expression, source })),
    );
    // Of a values file Helm reads the first document alone.
    if (file === "values" && parts.values !== undefined && !read.has(uri)) {
      read.add(uri);
      chart.values.push({ source, own: parts.values });
    }
  }
  for (const chart of charts.values()) findParts(chart, charts);
  return charts;
}

/** Notes the parts of a chart: those that it names, and those in its folder `charts`. */
function findParts(chart: Chart, charts: ReadonlyMap<string, Chart>): void {
  const add = (part: Chart | undefined, key: string): void => {
    if (part === undefined || part === chart) return;
    part.parents.push({ chart, key });
    if (chart.named.at(-1) !== part) chart.named.push(part);
  };
  for (const dependency of chart.dependencies) {
    const key = dependency.alias ?? dependency.name;
    add(charts.get(`${chart.folder}/charts/${dependency.name}`), key);
    const local = localFolder(dependency, chart);
    if (local !== undefined) add(charts.get(local), key);
  }
  const [, outer, name] = /^(.*)\/charts\/([^/]+)$/.exec(chart.folder) ?? [];
  const parent = outer === undefined ? undefined : charts.get(outer);
  if (parent === undefined || name === undefined) return;
  if (parent.dependencies.some((dependency) => dependency.name === name)) return;
  chart.parents.push({ chart: parent, key: name });
  parent.named.push(chart);
}

/**
 * The named templates that a chart sees: Helm shares them between a chart and its parts; the outer one wins.
 * @param budget counts them before they are put together: charts can name each other in circles
 */
export function definesFor(chart: Chart, budget: ExpansionBudget): ReadonlyMap<string, string> {
  const inside = new Set<Chart>();
  const visit = (part: Chart): void => {
    if (part === chart || inside.has(part) || !budget.take(1 + part.named.length)) return;
    inside.add(part);
    // Parts of a chart that is only named there add nothing.
    if (part.folder.startsWith(`${chart.folder}/charts/`)) part.named.forEach(visit);
  };
  chart.named.forEach(visit);
  const outside = new Set(chart.parents.map((parent) => parent.chart));
  const defines = new Map<string, string>();
  for (const each of [...inside, chart, ...outside]) {
    if (!budget.take(each.defines.size)) break;
    for (const [name, body] of each.defines) defines.set(name, body);
  }
  return defines;
}

/** The folder of a dependency next to its parent: `file://../web`. */
function localFolder({ repository }: ChartDependency, { folder }: Chart): string | undefined {
  const scheme = "file://";
  if (repository?.startsWith(scheme) !== true) return undefined;
  const path = withoutEnd(repository.slice(scheme.length), "/");
  return path === "" ? undefined : relativeUri(`${folder}/Chart.yaml`, path);
}

/**
 * The values files that a chart's templates read: its own, and those of the charts that it is a part of.
 * @param budget counts the values before they are copied
 */
export function valuesFor(chart: Chart, budget: ExpansionBudget): ReadValues[] {
  const left = { files: maxFiles };
  return filesFor(chart, { depth: 0, left, budget }).map(({ source, own, base }) => ({
    source,
    values: { own, base, maps: mapsOf([own, base]), appVersion: chart.appVersion },
  }));
}

interface SeenValues extends OwnValues {
  readonly base: ReadonlyMap<string, string | undefined>;
}

interface Search {
  readonly depth: number;
  readonly left: { files: number };
  readonly budget: ExpansionBudget;
}

function filesFor(chart: Chart, { depth, left, budget }: Search): SeenValues[] {
  left.files -= chart.values.length + 1;
  const size = chart.values.reduce((sum, { own }) => sum + own.size, 1);
  // Once for the texts, once for their maps.
  if (left.files < 0 || !budget.take(2 * size)) return [];
  const defaults = textsOf(chart.values.find(({ source }) => isDefault(source.uri))?.own);
  const own = chart.values.map(({ source, own: fields }) => ({
    ...{ source, own: fields },
    base: isDefault(source.uri) ? noTexts : defaults,
  }));
  if (depth >= maxDepth) return own;
  const above = chart.parents.flatMap(({ chart: parent, key }) =>
    filesFor(parent, { depth: depth + 1, left, budget }).flatMap((file) => {
      if (!budget.take(2 * (file.own.size + file.base.size + defaults.size))) return [];
      return {
        source: file.source,
        own: belowKey(file.own, key),
        base: new Map([...defaults, ...belowKey(file.base, key)]),
      };
    }),
  );
  return [...own, ...above];
}

/** The values that a part of a chart sees: those under its key, and the global ones. */
function belowKey<Value>(
  values: ReadonlyMap<string, Value>,
  key: string,
): ReadonlyMap<string, Value> {
  const prefix = key + valueSeparator;
  const seen = new Map<string, Value>();
  for (const [path, value] of values) {
    if (path.startsWith(prefix)) seen.set(path.slice(prefix.length), value);
    else if (path.startsWith(`global${valueSeparator}`)) seen.set(path, value);
  }
  return seen;
}

/** The paths of the maps that hold values. */
function mapsOf(all: readonly ReadonlyMap<string, unknown>[]): ReadonlySet<string> {
  const maps = new Set<string>();
  for (const path of all.flatMap((values) => [...values.keys()])) {
    let end = path.lastIndexOf(valueSeparator);
    while (end > 0 && !maps.has(path.slice(0, end))) {
      maps.add(path.slice(0, end));
      end = path.lastIndexOf(valueSeparator, end - 1);
    }
  }
  return maps;
}

const noTexts: ReadonlyMap<string, string | undefined> = new Map<string, string | undefined>([]);

/** Whether a values file is the one that a chart is installed with if nobody names another. */
export function isDefault(uri: string): boolean {
  return /(?:^|\/)values\.ya?ml$/.test(uri);
}

function textsOf(
  own: ReadonlyMap<string, ValueField> | undefined,
): ReadonlyMap<string, string | undefined> {
  return new Map([...(own ?? [])].map(([path, field]) => [path, valueText(field)]));
}
