// Finds the images of one resource with the table of resource kinds.

import { parseImageReference } from "../image/imageReference.ts";
import type { GrammarProfile } from "../image/grammarProfile.ts";
import { hasPlaceholder } from "../image/placeholder.ts";
import type { ImageUse, ResourceId } from "./analysis.ts";
import { walkPath, type PathMatch } from "./pathWalk.ts";
import { findResourceKind, type ImagePath } from "./resourceKinds.ts";
import type { Scalar, YamlNode } from "./yamlDocument.ts";

export interface ImageScope {
  readonly resource: ResourceId;
  /** What stands before each path: `items[2].` inside a List. */
  readonly pathPrefix: string;
  readonly grammar: GrammarProfile;
}

/** The image uses of a resource whose kind is in the table; empty for all others. */
export function resourceImages(
  root: YamlNode,
  scope: ImageScope,
  options: { readonly kubernetesWorkloads: boolean },
): ImageUse[] {
  const { apiVersion, kind } = scope.resource;
  const row = findResourceKind(apiVersion ?? "", kind ?? "");
  if (row === undefined) return [];
  if (row.optional === true && !options.kubernetesWorkloads) return [];
  const revisionName =
    row.revisionName === undefined ? undefined : walkPath(root, row.revisionName)[0]?.node.scalar();
  return imagesAt(root, row.images, scope).map((use) => ({ ...use, revisionName }));
}

/** The image uses at the given paths. */
export function imagesAt(
  root: YamlNode,
  paths: readonly ImagePath[],
  scope: ImageScope,
): ImageUse[] {
  return paths.flatMap(({ path, role }) =>
    walkPath(root, path).map((match) => imageUse(match, role, scope)),
  );
}

function imageUse(match: PathMatch, role: ImageUse["role"], scope: ImageScope): ImageUse {
  const { node } = match;
  const scalar = node.scalar() ?? sourceAsScalar(node);
  return {
    reference: parseImageReference(scalar.text, scope.grammar),
    isTemplate: isTemplate(scalar, role),
    isString: scalar.isString,
    role,
    place: node.place,
    scalar,
    resource: scope.resource,
    container: match.item?.get("name")?.text() ?? null,
    path: `${scope.pathPrefix}${match.path}`,
    revisionName: undefined,
    kustomize: undefined,
  };
}

/** An operator's override names no image but a pattern for one, `registry/${NAME}:tag`. */
function isTemplate(scalar: Scalar, role: ImageUse["role"]): boolean {
  return hasPlaceholder(scalar.text) || (role === "operator-override" && scalar.text === "");
}

/** An unquoted `{{ … }}` reads as a map: what is written stands for it. */
function sourceAsScalar(node: YamlNode): Scalar {
  return {
    text: node.source,
    isString: false,
    style: "plain",
    span: node.place,
    content: undefined,
    anchored: false,
  };
}
