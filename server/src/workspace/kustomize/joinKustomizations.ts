// Joins the kustomizations of a workspace: which image replaces which, and what each entry and patch reaches.

import type { FileAnalysis } from "../../document/analysis.ts";
import {
  readReplacements,
  type KustomizationSource,
  type KustomizePatch,
  type KustomizeReplacement,
} from "../../document/kustomize/kustomizationSource.ts";
import { parseYaml } from "../../document/yaml/yamlDocument.ts";
import type { KustomizeFate, WorkspaceFates } from "./fate.ts";
import { fileLayer, joined } from "./fileLayer.ts";
import { getOrMake } from "./getOrMake.ts";
import { withImageRules } from "./imageRules.ts";
import type { Included } from "./included.ts";
import { appliedImages } from "./appliedImages.ts";
import { unseenLayer, type Layer, type LayeredResource } from "./layers.ts";
import { overwritten } from "./overwritten.ts";
import { groups, withWrites } from "./patches.ts";
import { replaced } from "./replacements.ts";
import { createTracker, reachOf, type Tracker } from "./tracker.ts";
import { ruleWriter, writesOf, type Write } from "./writers.ts";

/** Files with what they say; workloads are looked at, too. */
export interface KustomizeFiles {
  /** The kustomizations by their URI, or their path on the command line. */
  readonly kustomizations: ReadonlyMap<string, FileAnalysis>;
  /** What a kustomization's entry names: a file, another kustomization, or nothing that can be seen. */
  readonly include: (kustomization: string, name: string) => Included;
}

/** Names of one resource that are kept next to its own, at most and one more. */
const maxMadeNames = 20;

/** Kustomizations inside kustomizations at most. */
const maxDepth = 500;

/** A join under way. */
interface Join {
  readonly files: KustomizeFiles;
  /** What each kustomization makes; `open` while it is being made. */
  readonly layers: Map<string, Layer | "open">;
  /** The kustomizations that others include. */
  readonly included: Set<string>;
  /** What each file holds. */
  readonly fileLayers: Map<string, Layer>;
  /** What the patches of each file write, and the file as a patch. */
  readonly writes: Map<string, ReadonlyMap<string, readonly Write[]>>;
  readonly tracker: Tracker;
}

/** The fates of all images that kustomizations have a say in, by file. */
export function joinKustomizations(files: KustomizeFiles): WorkspaceFates {
  const join: Join = {
    ...{ files, layers: new Map(), included: new Set(), fileLayers: new Map() },
    ...{ writes: new Map(), tracker: createTracker() },
  };
  const isComponent = ([, analysis]: readonly [string, FileAnalysis]): boolean =>
    sourceIn(analysis)?.isComponent === true;
  const all = [...files.kustomizations];
  for (const each of all) if (!isComponent(each)) layerOf(join, each[0], 0);
  // A component changes what includes it: one that nothing includes may change anything.
  for (const each of all) {
    if (isComponent(each) && !join.included.has(each[0])) layerOf(join, each[0], 0);
  }
  return fatesOf(join);
}

function layerOf(join: Join, uri: string, depth: number): Layer {
  const { files, layers } = join;
  const known = layers.get(uri);
  // A circle is refused by kustomize.
  if (known !== undefined) return known === "open" ? unseenLayer : known;
  const analysis = files.kustomizations.get(uri);
  const source = sourceIn(analysis);
  if (analysis === undefined || source === undefined || depth > maxDepth) return unseenLayer;
  layers.set(uri, "open");
  const own = joined(includedLayers(join, uri, source, depth), join.tracker);
  const isOpen = source.isComponent || source.resources.length + source.components.length === 0;
  const start = { ...own, hasUnseen: own.hasUnseen || isOpen };
  const layer = changed(join, { uri, source, analysis }, start, depth);
  layers.set(uri, layer);
  return layer;
}

/** What a kustomization includes, before it changes it. */
function includedLayers(
  join: Join,
  uri: string,
  { resources }: KustomizationSource,
  depth: number,
): Layer[] {
  if (!join.tracker.take(resources.length)) return [unseenLayer];
  return resources.map((name) => {
    const found = join.files.include(uri, name);
    switch (found.kind) {
      case "unseen":
        return unseenLayer;
      case "kustomization":
        join.included.add(found.uri);
        return layerOf(join, found.uri, depth + 1);
      case "file":
        return getOrMake(join.fileLayers, found.uri, () => fileLayer(found.uri, found.analysis));
    }
  });
}

interface Kustomization {
  readonly uri: string;
  readonly source: KustomizationSource;
  readonly analysis: FileAnalysis;
}

/**
 * What a kustomization makes of what it includes: components first, then patches, names, images and replacements, as
 * kustomize does (api/internal/target/kusttarget_configplugin.go).
 */
function changed(join: Join, own: Kustomization, layer: Layer, depth: number): Layer {
  const { uri, source, analysis } = own;
  let result: Layer = { ...layer, hasUnseen: layer.hasUnseen || source.hasUnseen };
  for (const name of source.components) result = withComponent(join, own, name, { result, depth });
  for (const patch of source.patches) result = withPatch(join, own, patch, result);
  result = withNames(source, result, join.tracker);
  const { images: rules, hasOwnFields } = source;
  result = withImageRules({ uri, analysis, rules, hasOwnFields }, result, join.tracker);
  for (const each of source.replacements) result = withReplacement(join, own, each, result);
  return result;
}

/** Resources under the names that a prefix and a suffix make, in the namespace that is set. */
function withNames(
  { prefix, suffix, namespace }: KustomizationSource,
  layer: Layer,
  { take }: Tracker,
): Layer {
  if (prefix === "" && suffix === "" && namespace === "") return layer;
  if (!take(layer.resources.length)) return { ...layer, hasUnseen: true };
  const resources = layer.resources.map((resource): LayeredResource => {
    const { id, madeNames } = resource;
    const name = `${prefix}${madeNames.at(-1) ?? id.name ?? ""}${suffix}`;
    const isRenamed = prefix !== "" || suffix !== "";
    return {
      ...resource,
      ...(isRenamed ? { madeNames: [...madeNames.slice(-maxMadeNames), name] } : {}),
      ...(namespace === "" ? {} : { madeNamespace: namespace }),
    };
  });
  return { ...layer, resources };
}

/** A replacement, or those in the file that it names; a file that cannot be seen may write into anything. */
function withReplacement(
  join: Join,
  own: Kustomization,
  replacement: KustomizeReplacement,
  layer: Layer,
): Layer {
  const { file } = replacement;
  const write = (now: Layer, each: KustomizeReplacement): Layer =>
    replaced(each, ruleWriter(own.uri, own.analysis), now, join.tracker);
  if (file === undefined) return write(layer, replacement);
  const found = join.files.include(own.uri, file);
  // A file is read again wherever it is named.
  const hasRoom = found.kind === "file" && join.tracker.take(found.analysis.text.length);
  if (!hasRoom) return { ...layer, hasUnseen: true };
  return parseYaml(found.analysis.text).roots.flatMap(readReplacements).reduce(write, layer);
}

function withComponent(
  join: Join,
  { uri }: Kustomization,
  name: string,
  { result, depth }: { readonly result: Layer; readonly depth: number },
): Layer {
  const { files, layers, included, tracker } = join;
  const unseen = { ...result, hasUnseen: true };
  if (!tracker.take(1)) return unseen;
  const found = files.include(uri, name);
  if (found.kind !== "kustomization" || depth > maxDepth) return unseen;
  included.add(found.uri);
  const analysis = files.kustomizations.get(found.uri);
  const source = sourceIn(analysis);
  if (analysis === undefined || source === undefined || layers.has(found.uri)) return unseen;
  layers.set(found.uri, "open");
  const own = joined([result, ...includedLayers(join, found.uri, source, depth + 1)], tracker);
  const layer = changed(join, { uri: found.uri, source, analysis }, own, depth + 1);
  // It makes something else of the next one that includes it.
  layers.delete(found.uri);
  return layer;
}

function withPatch(join: Join, own: Kustomization, patch: KustomizePatch, layer: Layer): Layer {
  const { files, tracker } = join;
  if (!tracker.take(1)) return { ...layer, hasUnseen: true };
  const file: Included | undefined =
    patch.file === undefined ? undefined : files.include(own.uri, patch.file);
  if (file !== undefined && file.kind !== "file") return { ...layer, hasUnseen: true };
  const { uri, analysis } = file ?? own;
  const written = getOrMake(join.writes, uri, () => writesByPatch(uri, analysis));
  const writes =
    file === undefined ? (written.get(patch.path) ?? []) : [...written.values()].flat();
  return groups(writes).reduce((now, group) => withWrites(group, patch, now, tracker), layer);
}

/** The writes of a file by the inline patch that they stand in, whose path theirs begin with. */
function writesByPatch(uri: string, analysis: FileAnalysis): ReadonlyMap<string, readonly Write[]> {
  const byPatch = new Map<string, Write[]>();
  for (const write of writesOf(uri, analysis)) {
    const { path } = write.use;
    getOrMake(byPatch, path.slice(0, Math.max(0, path.indexOf(" "))), (): Write[] => []).push(
      write,
    );
  }
  return byPatch;
}

function fatesOf({ layers, included, tracker }: Join): WorkspaceFates {
  const all = new Map<string, Map<string, KustomizeFate>>();
  const set = (uri: string, key: string, fate: KustomizeFate): void => {
    getOrMake(all, uri, () => new Map<string, KustomizeFate>()).set(key, fate);
  };
  for (const [uri, byKey] of tracker.reached) {
    for (const [key, found] of byKey) set(uri, key, { kind: "reaches", reach: reachOf(found) });
  }
  for (const [uri, keys] of tracker.completed) {
    for (const key of keys) set(uri, key, { kind: "brought" });
  }
  const tops = [...layers].flatMap(([uri, layer]) =>
    included.has(uri) || layer === "open" ? [] : [layer],
  );
  for (const { uri, key, as } of appliedImages(tops, tracker)) {
    const fate = all.get(uri)?.get(key);
    if (fate === undefined) set(uri, key, { kind: "included", as });
    else if (fate.kind === "reaches") set(uri, key, { ...fate, as });
  }
  for (const { writer, image, by } of overwritten(tops, tracker)) {
    if (writer.key === undefined || isElsewhere(all.get(writer.uri)?.get(writer.key))) continue;
    set(writer.uri, writer.key, image === "" ? { kind: "brought" } : { kind: "replaced", by });
  }
  return all;
}

/** Whether an image has no part in what Knative runs, replaced or not. */
function isElsewhere(fate: KustomizeFate | undefined): boolean {
  return (
    fate?.kind === "reaches" && (fate.reach.kind === "workloads" || fate.reach.kind === "nothing")
  );
}

function sourceIn(analysis: FileAnalysis | undefined): KustomizationSource | undefined {
  const part = analysis?.parts.find(({ document }) => document.kustomization !== undefined);
  return part?.document.kustomization;
}
