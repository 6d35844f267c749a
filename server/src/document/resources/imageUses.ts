// Finds the images of one resource with the table of resource kinds.

import type { GrammarProfile } from "../../image/grammarProfile.ts";
import type { ImageReference } from "../../image/imageReference.ts";
import { hasPlaceholder, readImage, type Placeholder } from "../../image/placeholder.ts";
import type { ImageOwner, ImageUse, ResourceId } from "../analysis.ts";
import { notAString } from "../kustomize/kustomization.ts";
import { walkPath, type PathMatch } from "./pathWalk.ts";
import { isRawDeployment, ownDeploymentMode, platformOf } from "./platforms.ts";
import {
  findResourceKind,
  functionBuilders,
  functionImages,
  type ImagePath,
} from "./resourceKinds.ts";
import { rememberedInComment, tagOf } from "../tagComment.ts";
import type { Span } from "../span.ts";
import { scalarImage, type RememberedTag, type WrittenImage } from "../writtenImage.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";
import type { Scalar } from "../yaml/yamlScalar.ts";

export interface ImageScope {
  readonly resource: ResourceId;
  /** What stands before each path: `items[2].` inside a List. */
  readonly pathPrefix: string;
  readonly grammar: GrammarProfile;
  /** The text of the YAML document. */
  readonly text: string;
  /** Whether the document is complete: neither a template nor broken. */
  readonly isComplete: boolean;
  /** Called if there is more than is read. */
  readonly cut: () => void;
  /** Who writes the images itself, if that is not the user. */
  readonly owner?: ImageOwner | undefined;
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
  const isWorkload = row.optional === true || (row.platform === "kserve" && isRawDeployment(root));
  if (isWorkload && !options.kubernetesWorkloads) return [];
  const platform = platformOf(root, row.platform);
  const followsKserveDefault = platform === "kserve" && ownDeploymentMode(root) === undefined;
  const revisionName =
    row.revisionName === undefined
      ? undefined
      : walkPath(root, row.revisionName, scope.cut)[0]?.node.scalar();
  const annotated =
    row.annotations === undefined
      ? undefined
      : walkPath(root, row.annotations, scope.cut)[0]?.node.get(userImageAnnotation)?.text();
  return imagesAt(root, row.images, scope).map((use) => ({
    ...use,
    ...(isWorkload ? { role: "kubernetes-workload" as const } : { platform }),
    ...(followsKserveDefault ? { followsKserveDefault } : {}),
    revisionName,
    remembered: use.remembered ?? rememberedInAnnotation(use, annotated),
  }));
}

/** Where kn keeps what the user wrote when it pins (knative/client `pkg/serving/config_changes.go` `UserImageAnnotationKey`). */
const userImageAnnotation = "client.knative.dev/user-image";

/** The annotation speaks of the container whose repository it names. */
function rememberedInAnnotation(
  { reference }: WrittenImage,
  annotated: string | undefined,
): RememberedTag | undefined {
  if (annotated === undefined || reference.kind !== "digest") return undefined;
  const tag = tagOf(annotated, `${reference.registry}/${reference.repository}`);
  return tag === undefined ? undefined : { tag, comment: undefined };
}

/** The images of a func.yaml: those that func writes, and those that it builds with. */
export function functionUses(root: YamlNode, scope: ImageScope): ImageUse[] {
  return [
    ...imagesAt(root, functionImages, { ...scope, owner: { tool: "func" } }),
    ...imagesAt(root, functionBuilders, scope),
  ];
}

/** The image uses at the given paths. */
export function imagesAt(
  root: YamlNode,
  paths: readonly ImagePath[],
  scope: ImageScope,
): ImageUse[] {
  return paths.flatMap(({ path, role, required }) => {
    const found = walkPath(root, path, scope.cut).map((match) => imageAt(match, role, scope));
    if (required !== true || !scope.isComplete) return found;
    const without = walkPath(root, path.slice(0, -1), scope.cut).flatMap((match) =>
      missingImage(match, role, scope),
    );
    return [...found, ...without];
  });
}

/** A container without an image counts as an empty image, at its first key. */
function missingImage(
  { node, path }: PathMatch,
  role: ImageUse["role"],
  scope: ImageScope,
): ImageUse[] {
  const [first] = node.entries();
  if (first === undefined || node.get("image") !== undefined) return [];
  const scalar: Scalar = { ...sourceAsScalar(node), text: "", span: first.key.span };
  return [useOf({ scalar, place: scalar.span, path: `${path}.image`, item: node }, role, scope)];
}

/** The image use at a node. */
export function imageAt(match: PathMatch, role: ImageUse["role"], scope: ImageScope): ImageUse {
  const { node, path, item } = match;
  const scalar = node.scalar() ?? sourceAsScalar(node);
  return useOf({ scalar, place: node.place, path, item }, role, scope);
}

interface FoundImage {
  readonly scalar: Scalar;
  readonly place: Span;
  readonly path: string;
  /** The container. */
  readonly item: YamlNode | undefined;
}

function useOf(
  { scalar, place, path, item }: FoundImage,
  role: ImageUse["role"],
  scope: ImageScope,
): ImageUse {
  const reference = readScalar(scalar, scope.grammar);
  return {
    ...scalarImage(reference, scalar, place),
    role,
    platform: "knative",
    resource: scope.resource,
    container: item?.get("name")?.text() ?? null,
    pullPolicy: item?.get("imagePullPolicy")?.text(),
    path: `${scope.pathPrefix}${path}`,
    revisionName: undefined,
    remembered: rememberedBehind(reference, scalar, scope.text),
    owner: scope.owner,
  };
}

function rememberedBehind(
  reference: WrittenImage["reference"],
  { span, style }: Scalar,
  text: string,
): RememberedTag | undefined {
  if (reference.kind !== "digest" || reference.tag !== undefined || style === "block") {
    return undefined;
  }
  return rememberedInComment(span.end, text, `${reference.registry}/${reference.repository}`);
}

/** Words in brackets that mean the reader's own image, although they read as a list: `[YOUR_IMAGE]`, `[image-name]`. */
const bracketedWords = /^\[(?:[A-Z][A-Z0-9_-]*|(?=[a-z -]*(?:image|your))[a-z -]+)\]$/;

/** A number or a boolean is refused by the API server before Knative sees it; null is a missing field. */
function readScalar(scalar: Scalar, grammar: GrammarProfile): ImageReference | Placeholder {
  const { text, isString } = scalar;
  if (isString || hasPlaceholder(text) || bracketedWords.test(text))
    return readImage(text, grammar);
  if (/^(~|null|Null|NULL)?$/.test(text)) return readImage("", grammar);
  const problem = notAString;
  return { kind: "invalid", text, problem, digestProblem: problem };
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

/** The name of a file that some program fills in (`benchmarkTemplate.yaml`, `service.tmpl.yaml`). */
const templateName = /template|\.te?mpl\b|\.tpl\b/i;

/** What is not a reference in a template holds a word that is replaced (`app-isCloud`), whatever it looks like. */
export function withPlaceholders(images: ImageUse[], fileName: string): ImageUse[] {
  if (!templateName.test(fileName)) return images;
  return images.map((use): ImageUse => {
    const { kind, text } = use.reference;
    if (kind !== "invalid" || text === "") return use;
    return { ...use, reference: { kind: "placeholder", text } };
  });
}
