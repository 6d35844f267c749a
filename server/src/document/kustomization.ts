// The `images:` of a kustomization, which name an image in parts.

import type { GrammarProfile } from "../image/grammarProfile.ts";
import { readImage } from "../image/placeholder.ts";
import type { ImageUse, KustomizeEntry, KustomizeField, ResourceId } from "./analysis.ts";
import type { YamlNode } from "./yamlDocument.ts";

/**
 * The images a kustomization puts in place of others. An entry that changes neither tag nor digest
 * keeps the manifest's, so nothing is said of it (kubernetes-sigs/kustomize `api/types/image.go`).
 */
export function kustomizeImages(
  root: YamlNode,
  resource: ResourceId,
  grammar: GrammarProfile,
): ImageUse[] {
  const items = root.get("images")?.items() ?? [];
  return items.flatMap((item, index) => {
    const entry = readEntry(item);
    const written = entry?.digest ?? entry?.newTag;
    if (entry === undefined || written === undefined) return [];
    const use: ImageUse = {
      reference: readImage(composed(entry), grammar),
      role: "kustomize",
      place: written.place,
      scalar: written.value,
      resource,
      container: null,
      pullPolicy: undefined,
      path: `images[${index}]`,
      revisionName: undefined,
      tagComment: undefined,
      kustomize: entry,
    };
    return [use];
  });
}

/** The files that hold parts of resources, which it lays over the whole ones. */
export function kustomizePatchFiles(root: YamlNode): string[] {
  const listed = root.get("patches")?.items() ?? [];
  const merged = root.get("patchesStrategicMerge")?.items() ?? [];
  const names = [
    ...listed.map((item) => item.get("path")?.text()),
    ...merged.map((item) => item.text()),
  ];
  return names.filter((name) => name !== undefined);
}

function readEntry(item: YamlNode): KustomizeEntry | undefined {
  const fields = new Map<string, KustomizeField>();
  for (const { key, value } of item.entries()) {
    const scalar = value.scalar();
    if (scalar !== undefined) fields.set(key.text, { key, value: scalar, place: value.place });
  }
  const name = fields.get("name");
  if (name === undefined) return undefined;
  return {
    name,
    newName: fields.get("newName"),
    newTag: fields.get("newTag"),
    digest: fields.get("digest"),
    isFlow: item.source.startsWith("{"),
  };
}

/** kustomize writes the tag and the digest if both are given. */
function composed(entry: KustomizeEntry): string {
  const name = (entry.newName ?? entry.name).value.text;
  const tag = entry.newTag === undefined ? "" : `:${entry.newTag.value.text}`;
  return entry.digest === undefined ? `${name}${tag}` : `${name}${tag}@${entry.digest.value.text}`;
}
