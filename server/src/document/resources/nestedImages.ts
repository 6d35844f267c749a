// The images of Knative resources that stand inside a resource of another kind.

import type { ImageUse } from "../analysis.ts";
import { documentSpans } from "../yaml/documentSplit.ts";
import { blockPlacement, placedUse, type Placement } from "../yaml/embeddedDocuments.ts";
import { resourceImages, type ImageScope } from "./imageUses.ts";
import { nestedResources, type EmbeddedText } from "./nestedResources.ts";
import { isServing, resourceId } from "./resourceId.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";

export interface NestedOptions {
  readonly kubernetesWorkloads: boolean;
  /** Reads a text inside a document. */
  readonly rootsOf: (text: string) => readonly YamlNode[];
}

/**
 * The images of all Knative resources below a resource. A part that another tool completes may leave its image out,
 * so that a missing one is not an error.
 * @param scope of the resource around them.
 */
export function nestedImages(
  root: YamlNode,
  scope: ImageScope,
  options: NestedOptions,
): ImageUse[] {
  const { resources, texts } = nestedResources(root, scope.cut);
  const nested = resources.flatMap(({ node, path }) => {
    const resource = resourceId(node, undefined);
    const pathPrefix = `${scope.pathPrefix}${path}.`;
    return resourceImages(node, { ...scope, resource, pathPrefix, isComplete: false }, options);
  });
  return [...nested, ...texts.flatMap((text) => embeddedImages(text, scope, options))];
}

/** The images in a block scalar that holds whole YAML documents, each with its place in the document around. */
function embeddedImages(
  { scalar, path }: EmbeddedText,
  scope: ImageScope,
  options: NestedOptions,
): ImageUse[] {
  const place = blockPlacement(scalar, scope.text);
  if (place === undefined) return [];
  return documentSpans(scalar.text).flatMap(({ start, end }) => {
    const text = scalar.text.slice(start, end);
    const placeHere: Placement = (span) =>
      place({ start: span.start + start, end: span.end + start });
    return options.rootsOf(text).flatMap((root) => {
      const resource = resourceId(root, undefined);
      if (!isServing(resource)) return [];
      const inner = { ...scope, resource, text, pathPrefix: "", isComplete: false };
      return resourceImages(root, inner, options).flatMap((use) => {
        const placed = placedUse(use, placeHere);
        return placed === undefined
          ? []
          : [{ ...placed, path: `${scope.pathPrefix}${path} ${use.path}` }];
      });
    });
  });
}
