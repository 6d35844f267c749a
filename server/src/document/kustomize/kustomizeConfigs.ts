// The settings of `config-deployment` that a kustomization or a JSON patch changes: parts of a ConfigMap.

import { append } from "../../base/append.ts";
import { legacySkipListKey, skipListKey } from "../../knative/skipList/skipList.ts";
import type { ConfigEntry, ConfigSource, ResourceId } from "../analysis.ts";
import { findConfigSources } from "../resources/configSources.ts";
import { placedScalar, type Placement } from "../yaml/embeddedDocuments.ts";
import { resourceId } from "../resources/resourceId.ts";
import type { Span } from "../span.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";
import type { Scalar } from "../yaml/yamlScalar.ts";

const configDeployment: ResourceId = {
  apiVersion: "v1",
  kind: "ConfigMap",
  name: "config-deployment",
  namespace: null,
};

/**
 * What `configMapGenerator` writes into `config-deployment`: its `literals`, each `key=value`. What `files` and `envs`
 * bring stands elsewhere: a skip list that may be in them is not known.
 */
export function generatedConfigs(root: YamlNode): ConfigSource[] {
  return (root.get("configMapGenerator")?.items() ?? []).flatMap((item) => {
    const name = item.get("name");
    if (name?.text() !== configDeployment.name) return [];
    const literals = item.get("literals");
    // In braces a comma would end a plain text: whether an edit of its value is safe is unknown.
    const isFlow = literals?.source.startsWith("[") === true;
    const written = (literals?.items() ?? []).flatMap((literal) => literalEntry(literal, isFlow));
    const entries = [...written, ...unseenList(item, written)];
    const namespace = item.get("namespace")?.text() ?? root.get("namespace")?.text() ?? null;
    return partOf({ entries, namespace, heading: name.place });
  });
}

/** What the operations of a JSON patch write into `config-deployment`, recognized by the skip list's key in their path. */
export function patchedConfigs(root: YamlNode): ConfigSource[] {
  const entries = root.items().flatMap((operation): ConfigEntry[] => {
    const path = operation.get("path")?.scalar();
    const node = operation.get("value");
    const value = node?.scalar();
    if (path?.content === undefined || node === undefined || value === undefined) return [];
    const [, name = ""] = /^\/data\/([^/]+)$/.exec(path.text) ?? [];
    if (!isSkipListKey(name)) return [];
    const end = path.text.length;
    const key = subScalar(path.text, path.content, { start: end - name.length, end });
    return [{ key, value, items: undefined, place: node.place }];
  });
  const [first] = entries;
  return first === undefined ? [] : partOf({ entries, namespace: null, heading: first.key.span });
}

/**
 * The skip list of a file for `kubectl patch`, which names no resource: part of a ConfigMap, or of a KnativeServing.
 * @returns empty if the root names a kind, or sets no skip list
 */
export function patchFileConfigs(root: YamlNode, { kind, apiVersion }: ResourceId): ConfigSource[] {
  if (kind !== null || apiVersion !== null) return [];
  const config = root.get("spec")?.get("config");
  const maps = [root.get("data"), config?.get("config-deployment"), config?.get("deployment")];
  return maps.flatMap((map) => skipListIn(map)).slice(0, 1);
}

/** Maps of values looked at in one file at most, and how deep. */
const maxMaps = 5000;
const maxDepth = 12;

/** The skip lists that the values of a chart carry under Knative's own key, wherever it stands. */
export function valuesConfigs(root: YamlNode): ConfigSource[] {
  const found: ConfigSource[] = [];
  let maps = 0;
  const visit = (map: YamlNode, depth: number): void => {
    maps += 1;
    if (maps > maxMaps) return;
    // The key is the chart's own, whatever its spelling: no finding asks to rename it.
    append(found, skipListIn(map).map(withSkipListKey));
    for (const { value } of map.entries()) {
      if (depth < maxDepth && value.isMap()) visit(value, depth + 1);
    }
  };
  visit(root, 0);
  return found;
}

function withSkipListKey(config: ConfigSource): ConfigSource {
  const entries = config.entries.map((entry) => ({
    ...entry,
    key: { ...entry.key, text: skipListKey },
  }));
  return { ...config, entries };
}

function skipListIn(map: YamlNode | undefined): ConfigSource[] {
  const entries = (map?.entries() ?? []).flatMap(({ key, value }): ConfigEntry[] => {
    const scalar = value.scalar();
    if (!isSkipListKey(key.text) || scalar === undefined || scalar.text === "") return [];
    return [{ key, value: scalar, items: undefined, place: value.place }];
  });
  const [first] = entries;
  return first === undefined ? [] : partOf({ entries, namespace: null, heading: first.key.span });
}

/** The configurations of a patch that stands in a block scalar, with their places in the document around. */
export function embeddedConfigs(root: YamlNode, place: Placement): ConfigSource[] {
  const configs = findConfigSources(root, resourceId(root, undefined), false);
  return configs.flatMap((config) => placedConfig(config, place));
}

/** A configuration with its places in the document around; entries whose place is unknown are left out. */
export function placedConfig(config: ConfigSource, place: Placement): ConfigSource[] {
  const heading = place(config.heading);
  if (heading === undefined) return [];
  const { namespace, checksum } = config;
  return [
    {
      ...config,
      heading,
      entries: config.entries.flatMap((entry) => placedEntry(entry, place)),
      place: config.place === undefined ? undefined : place(config.place),
      namespace: namespace === undefined ? undefined : placedScalar(namespace, place),
      checksum: checksum === undefined ? undefined : placedScalar(checksum, place),
    },
  ];
}

function partOf(part: {
  readonly entries: readonly ConfigEntry[];
  readonly namespace: string | null;
  readonly heading: Span;
}): ConfigSource[] {
  const { entries, namespace, heading } = part;
  if (entries.length === 0) return [];
  return [
    {
      origin: "config-map",
      misplaced: undefined,
      resource: { ...configDeployment, namespace },
      entries,
      place: undefined,
      heading,
      namespace: undefined,
      isComplete: false,
      release: undefined,
      checksum: undefined,
    },
  ];
}

/** The skip list that a file brings, as a placeholder that names the file; none where a literal says it. */
function unseenList(item: YamlNode, written: readonly ConfigEntry[]): ConfigEntry[] {
  if (written.some(({ key }) => isSkipListKey(key.text))) return [];
  const files = (item.get("files")?.items() ?? []).filter((file) => {
    const [name = ""] = (file.text() ?? "").split("=");
    return isSkipListKey(name.slice(name.lastIndexOf("/") + 1));
  });
  const lines = [...(item.get("envs")?.items() ?? []), item.get("env")];
  const scalar = [...files, ...lines][0]?.scalar();
  if (scalar === undefined) return [];
  const key = { ...scalar, text: skipListKey };
  const value = { ...scalar, text: `$(${scalar.text})` };
  return [{ key, value, items: undefined, place: scalar.span }];
}

function isSkipListKey(key: string): boolean {
  return key === skipListKey || key === legacySkipListKey;
}

function literalEntry(node: YamlNode, isFlow: boolean): ConfigEntry[] {
  const literal = node.scalar();
  if (literal?.content === undefined) return [];
  const { text, content, style } = literal;
  const equals = text.indexOf("=");
  if (equals < 1 || (isFlow && style === "plain")) return [];
  const key = subScalar(text, content, { start: 0, end: equals });
  // kustomize takes quotes off the value (api/kv/kv.go `ParseLiteralSource`).
  const [, before = "", inner = ""] = /^(["']*)(.*?)["']*$/s.exec(text.slice(equals + 1)) ?? [];
  const start = equals + 1 + before.length;
  const value = subScalar(text, content, { start, end: start + inner.length });
  return [{ key, value, items: undefined, place: value.span }];
}

/**
 * A stretch of a scalar as one of its own; it needs no quotes that the whole one does not have.
 * @param content where the whole text stands
 */
function subScalar(whole: string, content: Span, { start, end }: Span): Scalar {
  const span = { start: content.start + start, end: content.start + end };
  const text = whole.slice(start, end);
  return { text, isString: true, style: "single-quoted", span, content: span, anchored: false };
}

function placedEntry(entry: ConfigEntry, place: Placement): ConfigEntry[] {
  const key = placedScalar(entry.key, place);
  const value = entry.value === undefined ? undefined : placedScalar(entry.value, place);
  const where = place(entry.place);
  if (key === undefined || value === undefined || where === undefined) return [];
  return [{ key, value, items: undefined, place: where }];
}
