// What the files of a workspace say together: the configurations of Knative and the registries of the images.

import { append } from "../base/append.ts";
import type {
  ConfigEntry,
  ConfigSource,
  FileAnalysis,
  ImageUse,
  DocumentAnalysis,
} from "../document/analysis.ts";
import { isModeWithoutKnative } from "../document/resources/platforms.ts";
import type { ValueField } from "../document/helm/chartParts.ts";
import type { FileOffset } from "../document/span.ts";
import { currentGrammar } from "../image/grammarProfile.ts";
import { skipListKey } from "../knative/skipList/skipList.ts";
import { relativeUri } from "./relativeUri.ts";
import { noFates, type WorkspaceFates } from "./kustomize/fate.ts";
import { joinCharts, noCharts, type ChartJoin } from "./chartImages.ts";
import type { ChartSource } from "./charts.ts";

/** A file and what it says. */
export interface AnalyzedFile {
  /** The file's URI, or its path on the command line: compared, never opened from here. */
  readonly uri: string;
  readonly analysis: FileAnalysis;
}

/** A configuration and where it stands. */
export interface LocatedConfig {
  readonly uri: string;
  /** The file's text. */
  readonly text: string;
  /** Where the YAML document begins that holds it; its spans count from there. */
  readonly documentStart: FileOffset;
  /** The text of that document. */
  readonly documentText: string;
  readonly config: ConfigSource;
}

export interface WorkspaceFacts {
  readonly configs: readonly LocatedConfig[];
  /** The registries of all images that can be read, as Knative spells them, sorted. */
  readonly registries: readonly string[];
  /** The files that kustomizations lay over whole resources. */
  readonly patchFiles: readonly string[];
  /** Registries that ConfigMaps `local-registry-hosting` name as those of development clusters. */
  readonly localRegistries: readonly string[];
  /** The default deployment modes that configurations of KServe set. */
  readonly kserveModes: readonly string[];
  /** What the files of Helm charts say. */
  readonly chartSources: readonly ChartSource[];
  /** What the files of Helm charts make of each other. */
  readonly charts: ChartJoin;
  /** What becomes of images because of kustomizations. */
  readonly kustomize: WorkspaceFates;
}

export const noFacts: WorkspaceFacts = {
  configs: [],
  registries: [],
  patchFiles: [],
  localRegistries: [],
  kserveModes: [],
  chartSources: [],
  charts: noCharts,
  kustomize: noFates,
};

/** Whether KServe runs what says no deployment mode without Knative: every configuration of it in the workspace says so. */
export function isKserveRawByDefault({ kserveModes }: WorkspaceFacts): boolean {
  return kserveModes.length > 0 && kserveModes.every(isModeWithoutKnative);
}

/** What one file adds to the facts. */
export function fileFacts({ uri, analysis }: AnalyzedFile): WorkspaceFacts {
  const configs: LocatedConfig[] = [];
  const registries = new Set<string>();
  const patchFiles: string[] = [];
  const localRegistries: string[] = [];
  const kserveModes: string[] = [];
  const chartSources: ChartSource[] = [];
  for (const part of analysis.parts) {
    const { chart } = part.document;
    if (chart !== undefined)
      chartSources.push({ uri, start: part.start, text: analysis.text, ...chart });
    append(
      patchFiles,
      patchFilesOf(part.document).map((name) => relativeUri(uri, name)),
    );
    append(localRegistries, part.document.localRegistries);
    append(kserveModes, part.document.kserveModes);
    for (const config of part.document.configs) {
      configs.push({
        uri,
        text: analysis.text,
        documentStart: part.start,
        documentText: part.document.text ?? "",
        config,
      });
    }
    for (const use of part.document.images) {
      const registry = registryOf(use);
      if (registry !== undefined) registries.add(registry);
    }
  }
  for (const registry of localRegistries) registries.add(registry);
  return {
    ...{ configs, registries: [...registries].sort(), patchFiles, localRegistries, kserveModes },
    chartSources,
    charts: noCharts,
    kustomize: noFates,
  };
}

function patchFilesOf({ kustomization }: DocumentAnalysis): string[] {
  return kustomization?.patches.flatMap(({ file }) => file ?? []) ?? [];
}

/** The facts of many files together. */
export function mergeFacts(
  all: Iterable<WorkspaceFacts>,
  kustomize: WorkspaceFates = noFates,
): WorkspaceFacts {
  const configs: LocatedConfig[] = [];
  const registries = new Set<string>();
  const patchFiles: string[] = [];
  const localRegistries: string[] = [];
  const kserveModes: string[] = [];
  const chartSources: ChartSource[] = [];
  for (const facts of all) {
    append(chartSources, facts.chartSources);
    append(localRegistries, facts.localRegistries);
    append(kserveModes, facts.kserveModes);
    append(configs, facts.configs);
    append(patchFiles, facts.patchFiles);
    for (const registry of facts.registries) registries.add(registry);
  }
  const charts = chartSources.length === 0 ? noCharts : joinCharts(chartSources, currentGrammar);
  return {
    ...{ registries: [...registries].sort(), patchFiles, localRegistries, kserveModes },
    configs: withChartConfigs(configs, charts),
    ...{ chartSources, charts, kustomize },
  };
}

/** The configurations with the skip lists of values in place of the templates' own that are made of them. */
function withChartConfigs(
  configs: readonly LocatedConfig[],
  { skipLists }: ChartJoin,
): readonly LocatedConfig[] {
  if (skipLists.length === 0) return configs;
  return configs.flatMap((located) => {
    const { config, uri, documentStart } = located;
    const made = skipLists.filter(
      ({ template }) => template.uri === uri && template.start === documentStart,
    );
    const isMade = ({ value }: ConfigEntry): boolean =>
      made.some(({ place }) => place.start === value?.span.start);
    if (!config.entries.some(isMade)) return [located];
    const entries = config.entries.filter((entry) => !isMade(entry));
    const values = made.flatMap((each) => each.values);
    return [
      { ...located, config: { ...config, entries } },
      ...values.map(({ source, field }) => ({
        ...{ uri: source.uri, text: source.text, documentStart: source.start },
        documentText: source.text.slice(source.start),
        config: valuesConfig(config, field),
      })),
    ];
  });
}

/** A configuration as if its skip list stood in the values that it is made of. */
function valuesConfig(config: ConfigSource, { key, scalar, place }: ValueField): ConfigSource {
  // The key is the chart's own: what Knative reads is the template's.
  const named = { ...key, text: skipListKey };
  const entries = [{ key: named, value: scalar, items: undefined, place }];
  const unwritten = { namespace: undefined, checksum: undefined, isComplete: false };
  return { ...config, ...unwritten, entries, heading: key.span, place: undefined };
}

/**
 * Whether a file without configurations says after a change what it said before, as far as the documents tell that
 * changed: a key in a large file should not cost a look at all of them. A configuration's place counts, too.
 */
export function keepsFacts(before: FileAnalysis, after: FileAnalysis): boolean {
  const [old, now] = [before.parts, after.parts];
  return sameItems(old, now, (x, y) => {
    const [was, is] = [x.document, y.document];
    return (
      was === is ||
      (is.configs.length === 0 &&
        is.chart === undefined &&
        sameItems(was.localRegistries, is.localRegistries, (one, other) => one === other) &&
        sameItems(was.kserveModes, is.kserveModes, (one, other) => one === other) &&
        sameItems(was.images, is.images, sameRegistry))
    );
  });
}

/** Whether two files' facts are the same, so that nothing drawn from the first needs to be drawn again. */
export function sameFacts(a: WorkspaceFacts, b: WorkspaceFacts): boolean {
  return (
    sameItems(a.registries, b.registries, (x, y) => x === y) &&
    sameItems(a.patchFiles, b.patchFiles, (x, y) => x === y) &&
    sameItems(a.localRegistries, b.localRegistries, (x, y) => x === y) &&
    sameItems(a.kserveModes, b.kserveModes, (x, y) => x === y) &&
    sameItems(
      a.chartSources,
      b.chartSources,
      (x, y) => x.parts === y.parts && x.start === y.start,
    ) &&
    sameItems(
      a.configs,
      b.configs,
      (x, y) => x.config === y.config && x.documentStart === y.documentStart && x.uri === y.uri,
    )
  );
}

function sameItems<Item>(
  a: readonly Item[],
  b: readonly Item[],
  same: (x: Item, y: Item) => boolean,
): boolean {
  return (
    a.length === b.length &&
    a.every((item, index) => {
      const other = b[index];
      return other !== undefined && same(item, other);
    })
  );
}

function sameRegistry(a: ImageUse, b: ImageUse): boolean {
  return registryOf(a) === registryOf(b);
}

function registryOf({ reference }: ImageUse): string | undefined {
  return reference.kind === "tag" || reference.kind === "digest" ? reference.registry : undefined;
}
