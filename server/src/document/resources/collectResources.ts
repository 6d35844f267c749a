// What the resources of a parsed document say: images, configurations, pull secrets, kustomizations.

import { append } from "../../base/append.ts";
import type {
  ConfigSource,
  ImageUse,
  NamedPullSecrets,
  PullSecretSource,
  ResourceId,
} from "../analysis.ts";
import type { AnalysisOptions } from "../analysisOptions.ts";
import { findConfigSources, isConfigDeployment } from "./configSources.ts";
import { isFunctionName, isKustomizationName } from "../../paths/fileNames.ts";
import { gitOpsImages, isFluxKustomization, kustomizeParts } from "./gitOpsImages.ts";
import { functionUses, imagesAt, resourceImages, withPlaceholders } from "./imageUses.ts";
import { isJsonPatch, jsonPatchImages } from "../kustomize/jsonPatch.ts";
import { defaultDeploymentModes } from "./kserveConfig.ts";
import { kustomizeImages } from "../kustomize/kustomization.ts";
import { readKustomization, type KustomizationSource } from "../kustomize/kustomizationSource.ts";
import {
  generatedConfigs,
  patchedConfigs,
  patchFileConfigs,
  valuesConfigs,
} from "../kustomize/kustomizeConfigs.ts";
import { inlinePatches } from "../kustomize/kustomizePatches.ts";
import { findLocalRegistries } from "./localRegistries.ts";
import { nestedImages } from "./nestedImages.ts";
import { mayNest } from "./nestedResources.ts";
import { maxMatches } from "./pathWalk.ts";
import { findNamedPullSecrets, findPullSecret } from "./pullSecretSources.ts";
import { isList, isServing, resourceId } from "./resourceId.ts";
import { configDeploymentImages } from "./resourceKinds.ts";
import { maskTemplates } from "../templates/templateMask.ts";
import { placeOf } from "../writtenImage.ts";
import { parseYaml, type YamlNode } from "../yaml/yamlDocument.ts";

/** Lists inside Lists are followed this deep. */
const maxListDepth = 4;
/** Images and resources read in one YAML document at most: aliases can multiply. */
const maxFound = 20_000;

/** What was found in a document so far. */
export interface Found {
  readonly images: ImageUse[];
  readonly configs: ConfigSource[];
  readonly pullSecrets: PullSecretSource[];
  readonly namedPullSecrets: NamedPullSecrets[];
  readonly localRegistries: string[];
  readonly kserveModes: string[];
  readonly ids: ResourceId[];
  kustomization: KustomizationSource | undefined;
  /** How many were looked at. */
  resources: number;
  /** What there is more of than is read. */
  cut: string | undefined;
}

/**
 * Finds all that the resources of a parsed document say.
 * @param at the document's text, and whether nothing is left out of it
 */
export function collectAll(
  roots: readonly YamlNode[],
  options: AnalysisOptions,
  at: Pick<Position, "text" | "isComplete">,
): Found {
  const found: Found = {
    ...{ images: [], configs: [], pullSecrets: [], namedPullSecrets: [] },
    ...{ localRegistries: [], kserveModes: [], ids: [] },
    kustomization: undefined,
    resources: 0,
    cut: undefined,
  };
  for (const root of roots) collect(root, options, found, { ...top, ...at });
  found.images.sort((one, other) => placeOf(one).start - placeOf(other).start);
  return { ...found, images: withPlaceholders(found.images, options.fileName) };
}

/** Where a resource stands. */
interface Position {
  /** The text of the YAML document. */
  readonly text: string;
  /** Whether nothing is left out of it. */
  readonly isComplete: boolean;
  /** What stands before each path: `items[2].` inside a List. */
  readonly prefix: string;
  readonly depth: number;
  /** The List it is an item of. */
  readonly list: ResourceId | undefined;
}

const top = { prefix: "", depth: 0, list: undefined } as const;

function collect(root: YamlNode, options: AnalysisOptions, found: Found, at: Position): void {
  found.resources += 1;
  if (found.resources + found.images.length > maxFound) {
    found.cut = `More than ${maxFound} images and resources`;
    return;
  }
  const resource = resourceId(root, at.list);
  if (isList(root, resource) && at.depth < maxListDepth) {
    for (const [index, item] of (root.get("items")?.items() ?? []).entries()) {
      collect(item, options, found, {
        ...at,
        prefix: `${at.prefix}items[${index}].`,
        depth: at.depth + 1,
        list: resource,
      });
    }
    return;
  }
  const { text, isComplete } = at;
  const cut = (): void => {
    found.cut = `More than ${maxMatches} images in one resource`;
  };
  const scope = {
    ...{ resource, pathPrefix: at.prefix, grammar: options.grammar, text, isComplete },
    cut,
  };
  append(found.images, resourceImages(root, scope, options));
  if (isConfigDeployment(resource)) {
    append(found.images, imagesAt(root, configDeploymentImages, scope));
  }
  if (isFunction(root, options)) {
    // func writes these fields itself: an empty one is not filled in yet.
    const written = functionUses(root, scope).filter(({ reference }) => reference.text !== "");
    append(found.images, written);
  }
  if (isKustomization(resource, options)) {
    const patches = inlinePatches(root, scope, templateRoots);
    append(found.images, kustomizeImages(root, scope));
    append(found.images, patches.images);
    append(found.configs, generatedConfigs(root));
    append(found.configs, patches.configs);
    found.kustomization ??= readKustomization(root);
  } else if (isJsonPatch(root)) {
    append(found.images, jsonPatchImages(root, scope));
    append(found.configs, patchedConfigs(root));
  }
  if (at.depth === 0) {
    const isValues = options.chartFile === "values";
    append(found.configs, isValues ? valuesConfigs(root) : patchFileConfigs(root, resource));
  }
  for (const part of kustomizeParts(root, resource, cut)) {
    const inPart = { ...scope, pathPrefix: `${at.prefix}${part.prefix}` };
    const patches = inlinePatches(part.node, inPart, templateRoots);
    append(found.images, gitOpsImages(part, inPart));
    append(found.images, patches.images);
    append(found.configs, patches.configs);
  }
  if (resource.kind !== null) found.ids.push(resource);
  append(found.localRegistries, findLocalRegistries(root, resource));
  append(found.kserveModes, defaultDeploymentModes(root, resource));
  append(found.configs, findConfigSources(root, resource, isComplete));
  const secret = findPullSecret(root, resource);
  if (secret !== undefined) found.pullSecrets.push(secret);
  append(found.namedPullSecrets, findNamedPullSecrets(root, resource, cut));
  if (mayNest(text) && !isServing(resource)) {
    append(found.images, nestedImages(root, scope, { ...options, rootsOf: templateRoots }));
  }
}

/** The roots of a text inside a document, where lines of templates may stand, too. */
function templateRoots(text: string): readonly YamlNode[] {
  return parseYaml(maskTemplates(text)).roots;
}

/** A `func.yaml`, or a file that looks like one whatever its name. */
function isFunction(root: YamlNode, options: AnalysisOptions): boolean {
  if (root.get("apiVersion") !== undefined) return false;
  return (
    isFunctionName(options.fileName) ||
    (root.get("specVersion") !== undefined && root.get("runtime") !== undefined)
  );
}

function isKustomization(resource: ResourceId, options: AnalysisOptions): boolean {
  if (isFluxKustomization(resource)) return false;
  return (
    isKustomizationName(options.fileName) ||
    (resource.kind === "Kustomization" &&
      (resource.apiVersion?.startsWith("kustomize.config.k8s.io/") ?? false))
  );
}
