// The images that a JSON patch (RFC 6902) sets: a list of operations, each with a path and a value.

import type { ImageUse } from "../analysis.ts";
import { imageAt, type ImageScope } from "../resources/imageUses.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";

/** Operations read in one patch at most. */
const maxOperations = 2000;

/** Whether a document is a JSON patch: a list whose items have an operation and a path. */
export function isJsonPatch(root: YamlNode): boolean {
  const [first] = root.items();
  return first?.get("op")?.text() !== undefined && first.get("path")?.text() !== undefined;
}

/**
 * The images of the operations that add or replace one. A use's path is the pointer to the image; `-` stands for an item
 * that is added at the end.
 */
export function jsonPatchImages(root: YamlNode, scope: ImageScope): ImageUse[] {
  return root
    .items()
    .slice(0, maxOperations)
    .flatMap((operation) => {
      const op = operation.get("op")?.text();
      const path = operation.get("path")?.text();
      const value = operation.get("value");
      if ((op !== "add" && op !== "replace") || path === undefined || value === undefined)
        return [];
      return imagesOf(value, path).map(({ node, pointer, item }) =>
        imageAt({ node, path: pointer, item }, "kustomize", scope),
      );
    });
}

interface PatchedImage {
  readonly node: YamlNode;
  readonly pointer: string;
  /** The container that is added, if it is a whole one. */
  readonly item: YamlNode | undefined;
}

/** Lists of containers in what a pod's template holds, from the template or the pod's specification down. */
const insides: readonly string[] = ["", "/spec", "/template/spec", "/spec/template/spec"];

function imagesOf(value: YamlNode, path: string): PatchedImage[] {
  if (/\/(?:c|initC)ontainers\/(?:\d+|-)\/image$/.test(path)) {
    return [{ node: value, pointer: path, item: undefined }];
  }
  if (/\/(?:c|initC)ontainers\/(?:\d+|-)$/.test(path)) return containerImage(value, path);
  if (/\/(?:c|initC)ontainers$/.test(path)) return listImages(value, path);
  return insides.flatMap((inside) => {
    const spec = inside
      .split("/")
      .slice(1)
      .reduce<YamlNode | undefined>((node, key) => node?.get(key), value);
    return ["containers", "initContainers"].flatMap((list) => {
      const node = spec?.get(list);
      return node === undefined ? [] : listImages(node, `${path}${inside}/${list}`);
    });
  });
}

function listImages(list: YamlNode, path: string): PatchedImage[] {
  return list.items().flatMap((item, index) => containerImage(item, `${path}/${index}`));
}

function containerImage(item: YamlNode, path: string): PatchedImage[] {
  const node = item.get("image");
  return node === undefined ? [] : [{ node, pointer: `${path}/image`, item }];
}
