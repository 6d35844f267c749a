// The `images:` of a kustomization, which name an image in parts.

import type { GrammarProfile } from "../../image/grammarProfile.ts";
import type { ImageReference } from "../../image/imageReference.ts";
import { hasPlaceholder, readImage, type Placeholder } from "../../image/placeholder.ts";
import type { ImageOwner, ImageUse, ResourceId } from "../analysis.ts";
import { commentBehind } from "../tagComment.ts";
import { isEmpty } from "./kustomizationSource.ts";
import type { PartKind, WrittenImage, WrittenPart } from "../writtenImage.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";
import type { Scalar } from "../yaml/yamlScalar.ts";

/** What the reading of an entry depends on. */
export interface KustomizeScope {
  readonly resource: ResourceId;
  /** What stands before each path. */
  readonly pathPrefix: string;
  readonly grammar: GrammarProfile;
  /** The text of the YAML document. */
  readonly text: string;
}

/**
 * The images a kustomization puts in place of others. An entry that says no version keeps the manifest's: what comes of
 * it is known once the kustomizations are joined (kubernetes-sigs/kustomize `api/types/image.go`).
 */
export function kustomizeImages(root: YamlNode, scope: KustomizeScope): ImageUse[] {
  const items = root.get("images")?.items() ?? [];
  return items.flatMap((item, index) => {
    const image = readEntry(item, scope);
    if (image === undefined) return [];
    const use: ImageUse = {
      ...image,
      role: "kustomize",
      platform: "knative",
      resource: scope.resource,
      container: null,
      pullPolicy: undefined,
      path: `${scope.pathPrefix}images[${index}]`,
      revisionName: undefined,
      keepsVersion: image.reference.kind === "placeholder" && !hasPlaceholder(image.reference.text),
      owner: markedOwner(image, scope.text),
    };
    return [use];
  });
}

/** The fields of an entry that make an image, and what each says. */
const entryFields: Readonly<Record<string, PartKind>> = {
  name: "name",
  newName: "repository",
  newTag: "tag",
  digest: "digest",
};

/** The image that an entry writes; undefined if it writes no version of one. */
function readEntry(
  item: YamlNode,
  { grammar }: Pick<KustomizeScope, "grammar">,
): WrittenImage | undefined {
  const isFlow = item.source.startsWith("{");
  const fields = new Map<PartKind, Field>();
  for (const { key, value } of item.entries()) {
    const [kind, scalar] = [entryFields[key.text], value.scalar()];
    if (kind === undefined || scalar === undefined) continue;
    fields.set(kind, { kind, scalar, place: value.place, field: { key, isFlow } });
  }
  const written = (kind: PartKind): Field | undefined => {
    const field = fields.get(kind);
    // kustomize takes an empty field, and null, for one that is not there.
    return field === undefined || isEmpty(field.scalar) ? undefined : field;
  };
  const [name, newName, tag, digest] = (["name", "repository", "tag", "digest"] as const).map(
    written,
  );
  const base = newName ?? name;
  if (name === undefined || base === undefined) return undefined;
  const namesVersion = newName !== undefined && hasVersion(newName.scalar.text);
  if (tag === undefined && digest === undefined && !namesVersion)
    return readRenaming(name, newName, fields);
  const parts: WrittenPart[] = newName === undefined ? [] : [{ ...name, at: undefined }];
  let composed = "";
  // kustomize writes the tag and the digest if both are given (api/filters/imagetag/updater.go `SetImageValue`).
  for (const [part, mark] of [
    [base, ""],
    [tag, ":"],
    [digest, "@"],
  ] as const) {
    if (part === undefined) continue;
    const start = composed.length + mark.length;
    composed += mark + part.scalar.text;
    parts.push({ ...part, at: { start, end: composed.length } });
  }
  const behind = parts.find(({ kind }) => kind === "tag");
  const empty = digest === undefined ? fields.get("digest") : undefined;
  if (empty !== undefined) parts.push({ ...empty, at: undefined });
  const hasField = item.get("digest") !== undefined;
  const digestField =
    hasField || behind === undefined ? undefined : { key: "digest", before: "", behind };
  const reference = readFields(composed, [name, newName, tag, digest], grammar);
  return { reference, style: "kustomize", parts, digestField, remembered: undefined };
}

type Field = Omit<WrittenPart, "at">;

/**
 * An entry that changes the name alone; undefined if it changes none. Its reference makes no claim by itself.
 * @param fields a version is written into its own field if that is there: a second one of the same name would be refused.
 */
function readRenaming(
  name: Field,
  newName: Field | undefined,
  fields: ReadonlyMap<PartKind, Field>,
): WrittenImage | undefined {
  if (newName === undefined) return undefined;
  const empty = [fields.get("tag"), fields.get("digest")].filter((field) => field !== undefined);
  const { text } = newName.scalar;
  const renamed: WrittenPart = { ...newName, at: { start: 0, end: text.length } };
  return {
    reference: { kind: "placeholder", text },
    style: "kustomize",
    parts: [
      { ...name, at: undefined },
      renamed,
      ...empty.map((each) => ({ ...each, at: undefined })),
    ],
    digestField: empty.length > 0 ? undefined : { key: "digest", before: "", behind: renamed },
    remembered: undefined,
  };
}

/** Whether a name has a tag or a digest in it, as kustomize splits it (api/image/image.go `Split`). */
function hasVersion(name: string): boolean {
  return /[:@]/.test(name.slice(Math.max(0, name.indexOf("/"))));
}

/** Why a value that YAML takes for a number, a boolean or null is refused. */
export const notAString = "the value is not a string: it needs quotes";

/**
 * Plain texts that are numbers or booleans for kustomize's YAML 1.1 and strings for YAML 1.2 (go-yaml v2 `resolve`):
 * `1_000`, `0b1`, `yes`, `on`.
 */
const typedForGo =
  /^(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?|[-+]?0b[01_]+|[yY]|[yY]es|YES|[nN]|[nN]o|NO|[oO]n|ON|[oO]ff|OFF)$/;

/** kustomize refuses a number where a text belongs (`json: cannot unmarshal number into … newTag of type string`). */
function readFields(
  composed: string,
  fields: readonly (Field | undefined)[],
  grammar: GrammarProfile,
): ImageReference | Placeholder {
  const isNumber = fields.some(
    (field) => field !== undefined && isTyped(field.scalar) && !hasPlaceholder(field.scalar.text),
  );
  if (!isNumber) return readImage(composed, grammar);
  const problem = notAString;
  return { kind: "invalid", text: composed, problem, digestProblem: problem };
}

function isTyped({ isString, style, text }: Scalar): boolean {
  return !isString || (style === "plain" && typedForGo.test(text));
}

/** A comment in which a tool says that it writes this field itself; comments that only guide a tool are none. */
const markers: readonly { readonly tool: "flux" | "setter"; readonly pattern: RegExp }[] = [
  { tool: "flux", pattern: /\{\s*"\$imagepolicy"\s*:/ },
  { tool: "setter", pattern: /\{\s*"\$(?:kpt-set|openapi|ref)"\s*:|^kpt-set:/ },
  { tool: "setter", pattern: /^x-release-please-(?:version|major|minor|patch)\b/ },
];

/** The tool whose marker stands behind the tag or the digest. @param text the YAML document */
export function markedOwner({ parts }: WrittenImage, text: string): ImageOwner | undefined {
  for (const { kind, scalar, place } of parts) {
    if (kind === "name" || scalar.style === "block") continue;
    const comment = commentBehind(place.end, text)?.text;
    if (comment === undefined) continue;
    const found = markers.find(({ pattern }) => pattern.test(comment));
    if (found !== undefined) return { tool: found.tool, marker: comment };
  }
  return undefined;
}
