// The `images:` of a kustomization, which name an image in parts.

import type { GrammarProfile } from "../image/grammarProfile.ts";
import { parseImageReference } from "../image/imageReference.ts";
import { hasPlaceholder } from "../image/placeholder.ts";
import type { ImageUse, KustomizeEntry, ResourceId } from "./analysis.ts";
import type { Scalar, YamlNode } from "./yamlDocument.ts";

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
    const name = item.get("name")?.scalar();
    if (name === undefined) return [];
    const entry: KustomizeEntry = {
      name,
      newName: item.get("newName")?.scalar(),
      newTag: item.get("newTag")?.scalar(),
      digest: item.get("digest")?.scalar(),
    };
    const written = entry.digest ?? entry.newTag;
    if (written === undefined) return [];
    return [kustomizeUse(entry, written, { resource, grammar, index })];
  });
}

function kustomizeUse(
  entry: KustomizeEntry,
  written: Scalar,
  scope: { resource: ResourceId; grammar: GrammarProfile; index: number },
): ImageUse {
  const text = composed(entry);
  return {
    reference: parseImageReference(text, scope.grammar),
    isTemplate: hasPlaceholder(text),
    isString: true,
    role: "kustomize",
    place: written.span,
    scalar: written,
    resource: scope.resource,
    container: null,
    path: `images[${scope.index}]`,
    revisionName: undefined,
    kustomize: entry,
  };
}

/** kustomize writes the tag and the digest if both are given. */
function composed(entry: KustomizeEntry): string {
  const name = (entry.newName ?? entry.name).text;
  const tag = entry.newTag === undefined ? "" : `:${entry.newTag.text}`;
  return entry.digest === undefined ? `${name}${tag}` : `${name}${tag}@${entry.digest.text}`;
}
