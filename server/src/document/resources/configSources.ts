// Finds where `config-deployment` is set: the ConfigMap itself, the operator's KnativeServing, and places meant as such.

import { isPlaceholder } from "../../image/placeholder.ts";
import { findConfigKey } from "../../knative/config/configKeys.ts";
import { exampleChecksumAnnotation } from "../../knative/config/exampleChecksum.ts";
import { meansSkipList } from "../../knative/config/unknownKey.ts";
import { releaseNamed } from "../../knative/config/versionProfile.ts";
import type { ConfigEntry, ConfigMisplacement, ConfigSource, ResourceId } from "../analysis.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";

/**
 * The settings of `config-deployment` that a resource holds, those among them that stand where Knative never looks.
 * @param isComplete whether nothing of the document is broken or still to be filled in.
 * @returns empty if it holds none.
 */
export function findConfigSources(
  root: YamlNode,
  resource: ResourceId,
  isComplete: boolean,
): readonly ConfigSource[] {
  const common = commonOf(root, resource, isComplete);
  if (isConfigDeployment(resource)) {
    return [sourceOf(root.get("data"), { ...common, origin: "config-map", misplaced: undefined })];
  }
  if (resource.kind === "ConfigMap" && resource.apiVersion === "v1") {
    const entries = isOfKnative(resource) ? skipListEntries(root.get("data")) : [];
    return misplacedSources(entries, { ...common, origin: "config-map" }, "other-config-map");
  }
  return isKnativeServing(resource) ? operatorSources(root, common) : [];
}

/** Whether the resource is the ConfigMap `config-deployment`, in whatever namespace. */
export function isConfigDeployment(resource: ResourceId): boolean {
  return (
    resource.kind === "ConfigMap" &&
    resource.apiVersion === "v1" &&
    resource.name === "config-deployment"
  );
}

function isKnativeServing(resource: ResourceId): boolean {
  const isOperators = resource.apiVersion?.startsWith("operator.knative.dev/") ?? false;
  return resource.kind === "KnativeServing" && isOperators;
}

/** Knative's ConfigMaps have such names, and its namespace holds no others. */
function isOfKnative({ name, namespace }: ResourceId): boolean {
  return namespace === "knative-serving" || (name?.startsWith("config-") ?? false);
}

function operatorSources(root: YamlNode, common: Common): readonly ConfigSource[] {
  const spec = root.get("spec");
  const config = spec?.get("config");
  // With both names present only the full one is used (knative/operator `ConfigMapTransform`).
  const full = config?.get("config-deployment");
  const map = full ?? config?.get("deployment");
  const level = full === undefined ? "other-level" : "overruled-level";
  const origin = "knative-serving";
  const read = sourceOf(map, { ...common, origin, misplaced: undefined });
  const elsewhere = spec === undefined ? [] : entriesElsewhere(spec, map);
  const setsSidecar = read.entries.some(({ key }) => findConfigKey(key.text)?.type === "image");
  const override = spec?.get("registry")?.get("override");
  const sidecars = setsSidecar
    ? []
    : configEntries(override).filter(({ key }) => key.text === "queue-proxy");
  return [
    read,
    ...misplacedSources(elsewhere, { ...common, origin }, level),
    ...misplacedSources(sidecars, { ...common, origin }, "registry-override"),
  ];
}

type Common = Omit<ConfigSource, "origin" | "misplaced" | "entries" | "place">;

function commonOf(root: YamlNode, resource: ResourceId, isComplete: boolean): Common {
  const metadata = root.get("metadata");
  const heading = metadata?.get("name") ?? root.get("kind") ?? root;
  const labels = metadata?.get("labels");
  const release =
    labels?.get("app.kubernetes.io/version") ??
    labels?.get("serving.knative.dev/release") ??
    (isKnativeServing(resource) ? root.get("spec")?.get("version") : undefined);
  return {
    resource,
    heading: heading.place,
    namespace: metadata?.get("namespace")?.scalar(),
    isComplete,
    release: releaseNamed(release?.scalar()?.text ?? ""),
    checksum: metadata?.get("annotations")?.get(exampleChecksumAnnotation)?.scalar(),
  };
}

function sourceOf(
  map: YamlNode | undefined,
  rest: Common & Pick<ConfigSource, "origin" | "misplaced">,
): ConfigSource {
  return { ...rest, entries: configEntries(map), place: map?.place };
}

function misplacedSources(
  entries: readonly ConfigEntry[],
  rest: Common & Pick<ConfigSource, "origin">,
  misplaced: ConfigMisplacement,
): readonly ConfigSource[] {
  return entries.length === 0 ? [] : [{ ...rest, misplaced, entries, place: undefined }];
}

function skipListEntries(map: YamlNode | undefined): readonly ConfigEntry[] {
  return configEntries(map).filter(({ key }) => meansSkipList(key.text));
}

/** Maps inside maps are followed this deep, and so many of them. */
const maxDepth = 5;
const maxMaps = 200;

/** Settings in the maps of a KnativeServing of which the operator makes no `config-deployment`. */
function entriesElsewhere(spec: YamlNode, read: YamlNode | undefined): readonly ConfigEntry[] {
  const found: ConfigEntry[] = [];
  let maps = 0;
  const visit = (map: YamlNode, depth: number): void => {
    maps += 1;
    for (const { key, value } of map.entries()) {
      const known = meansSkipList(key.text) || findConfigKey(key.text) !== undefined;
      if (known) found.push(configEntry({ key, value }));
      else if (value.isMap() && value.place.start !== read?.place.start) {
        if (depth < maxDepth && maps < maxMaps) visit(value, depth + 1);
      }
    }
  };
  visit(spec, 0);
  return found;
}

function configEntries(map: YamlNode | undefined): readonly ConfigEntry[] {
  return map?.entries().map(configEntry) ?? [];
}

function configEntry(entry: { key: ConfigEntry["key"]; value: YamlNode }): ConfigEntry {
  const { key, value } = entry;
  const scalar = value.scalar();
  const items =
    scalar === undefined && !value.isMap()
      ? value.items().flatMap((item) => item.scalar() ?? [])
      : undefined;
  return { key, value: scalar, items, place: value.place };
}

/** The namespace that is written, unless a tool fills it in. */
export function writtenNamespace({ resource }: Pick<ConfigSource, "resource">): string | undefined {
  const { namespace } = resource;
  return namespace === null || namespace === "" || isPlaceholder(namespace) ? undefined : namespace;
}
