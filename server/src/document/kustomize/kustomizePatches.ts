// The patches that stand in a kustomization itself, as texts.

import { append } from "../../base/append.ts";
import type { ConfigSource, ImageUse } from "../analysis.ts";
import { embeddedPlacement, placedUse } from "../yaml/embeddedDocuments.ts";
import type { ImageScope } from "../resources/imageUses.ts";
import { isJsonPatch, jsonPatchImages } from "./jsonPatch.ts";
import { embeddedConfigs, patchedConfigs, placedConfig } from "./kustomizeConfigs.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";
import type { Scalar } from "../yaml/yamlScalar.ts";

export interface InlinePatches {
  /** The images of JSON patches; those of whole resources are found wherever they stand inside others. */
  readonly images: readonly ImageUse[];
  readonly configs: readonly ConfigSource[];
}

/** Reads the inline patches of a kustomization. @param rootsOf reads a text inside the document */
export function inlinePatches(
  root: YamlNode,
  scope: ImageScope,
  rootsOf: (text: string) => readonly YamlNode[],
): InlinePatches {
  const images: ImageUse[] = [];
  const configs: ConfigSource[] = [];
  for (const { scalar, path } of patchTexts(root)) {
    const place = embeddedPlacement(scalar, scope.text);
    if (place === undefined) continue;
    for (const patch of rootsOf(scalar.text)) {
      if (!isJsonPatch(patch)) {
        append(configs, embeddedConfigs(patch, place));
        continue;
      }
      const inner = {
        ...scope,
        text: scalar.text,
        pathPrefix: `${scope.pathPrefix}${path} `,
        isComplete: false,
      };
      append(
        images,
        jsonPatchImages(patch, inner).flatMap((use) => placedUse(use, place) ?? []),
      );
      append(
        configs,
        patchedConfigs(patch).flatMap((config) => placedConfig(config, place)),
      );
    }
  }
  return { images, configs };
}

interface PatchText {
  readonly scalar: Scalar;
  readonly path: string;
}

function patchTexts(root: YamlNode): PatchText[] {
  const text = (node: YamlNode | undefined, path: string): PatchText[] => {
    const scalar = node?.scalar();
    return scalar === undefined ? [] : [{ scalar, path }];
  };
  const items = (field: string): readonly YamlNode[] => root.get(field)?.items() ?? [];
  return [
    ...items("patchesStrategicMerge").flatMap((item, index) =>
      text(item, `patchesStrategicMerge[${index}]`),
    ),
    ...["patches", "patchesJson6902"].flatMap((field) =>
      items(field).flatMap((item, index) => text(item.get("patch"), `${field}[${index}].patch`)),
    ),
  ];
}
