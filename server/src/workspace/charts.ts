// The Helm charts of a workspace: which files belong to each, and which values and named templates it sees.

import {
  chartFolder,
  valueSeparator,
  valueText,
  type ChartDependency,
  type ChartFile,
  type ChartParts,
  type ImageExpression,
  type ValueField,
} from "../document/helm/chartParts.ts";
import type { ChartValues } from "../document/helm/valuesImage.ts";
import type { FileOffset } from "../document/span.ts";
import { besides } from "./besides.ts";

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
  readonly values: OwnValues[];
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
      ...{ defines: new Map<string, string>(), expressions: [], values: [] },
    });
  }
  for (const source of sources) {
    const { uri, file, parts } = source;
    const chart = charts.get(chartFolder(uri, file));
    if (chart === undefined) continue;
    for (const [name, body] of parts.defines) chart.defines.set(name, body);
    chart.expressions.push(...parts.expressions.map((expression) => ({ expression, source })));
    if (file === "values" && parts.values !== undefined) {
      chart.values.push({ source, own: parts.values });
    }
  }
  return charts;
}

/** The named templates that a chart sees: Helm shares them between a chart and its parts; the outer one wins. */
export function definesFor(
  chart: Chart,
  charts: ReadonlyMap<string, Chart>,
): ReadonlyMap<string, string> {
  const all = [...charts.values()];
  const inside = all.filter((other) => other.folder.startsWith(`${chart.folder}/charts/`));
  const named = all.filter((other) => keysIn(other, chart, other.folder).length > 0);
  const outside = all.filter((other) => keysIn(chart, other, chart.folder).length > 0);
  const seen = [...inside, ...named, chart, ...outside];
  return new Map(seen.flatMap(({ defines }) => [...defines]));
}

/** The keys under which a chart finds its values in another one's; none if it is no part of it. */
function keysIn(chart: Chart, parent: Chart, folder: string): string[] {
  if (chart === parent) return [];
  const name = folder.slice(folder.lastIndexOf("/") + 1);
  const isNested = folder === `${parent.folder}/charts/${name}`;
  const keys = parent.dependencies
    .filter((dependency) =>
      isNested ? dependency.name === name : localFolder(dependency, parent) === folder,
    )
    .map((dependency) => dependency.alias ?? dependency.name);
  return isNested && keys.length === 0 ? [name] : keys;
}

/** The folder of a dependency next to its parent: `file://../web`. */
function localFolder({ repository }: ChartDependency, { folder }: Chart): string | undefined {
  const path = /^file:\/\/(.+?)\/*$/.exec(repository ?? "")?.[1];
  return path === undefined ? undefined : besides(`${folder}/Chart.yaml`, path);
}

/** The values files that a chart's templates read: its own, and those of the charts that it is a part of. */
export function valuesFor(chart: Chart, charts: ReadonlyMap<string, Chart>): ReadValues[] {
  return filesFor(chart, charts, { depth: 0, left: { files: maxFiles } }).map(
    ({ source, own, base }) => ({
      source,
      values: { own, base, maps: mapsOf([own, base]), appVersion: chart.appVersion },
    }),
  );
}

interface SeenValues extends OwnValues {
  readonly base: ReadonlyMap<string, string | undefined>;
}

interface Search {
  readonly depth: number;
  readonly left: { files: number };
}

function filesFor(
  chart: Chart,
  charts: ReadonlyMap<string, Chart>,
  { depth, left }: Search,
): SeenValues[] {
  left.files -= chart.values.length + 1;
  if (left.files < 0) return [];
  const defaults = textsOf(chart.values.find(({ source }) => isDefault(source.uri))?.own);
  const own = chart.values.map(({ source, own: fields }) => ({
    ...{ source, own: fields },
    base: isDefault(source.uri) ? noTexts : defaults,
  }));
  if (depth >= maxDepth) return own;
  const above = [...charts.values()].flatMap((parent) =>
    keysIn(chart, parent, chart.folder).flatMap((key) =>
      filesFor(parent, charts, { depth: depth + 1, left }).map((file) => ({
        source: file.source,
        own: belowKey(file.own, key),
        base: new Map([...defaults, ...belowKey(file.base, key)]),
      })),
    ),
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

function isDefault(uri: string): boolean {
  return /(?:^|\/)values\.ya?ml$/.test(uri);
}

function textsOf(
  own: ReadonlyMap<string, ValueField> | undefined,
): ReadonlyMap<string, string | undefined> {
  return new Map([...(own ?? [])].map(([path, field]) => [path, valueText(field)]));
}
