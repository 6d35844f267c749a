// Writes an image whose parts stand in several fields: a kustomization's entry, the values of a chart.

import { isWrittenAsItIs } from "../document/helm/chartParts.ts";
import type { AbsentField, WrittenPart } from "../document/writtenImage.ts";
import type { PinStyle } from "../settings.ts";
import { applyChanges, type Change } from "./change.ts";
import type { ImageWriter } from "./imageWriter.ts";
import {
  addField,
  changeReference,
  partChange,
  removeField,
  renameField,
  replacePart,
  type EditedImage,
} from "./partEdits.ts";

/** Values of a chart: its templates decide what the fields make, so that a field is filled or emptied and none removed. */
export const fieldsWriter: ImageWriter = {
  pin(edited, digest) {
    const { image, text } = edited;
    const empty = partOf(edited, "digest");
    if (empty !== undefined) return replacePart(empty, text, digest);
    if (image.digestField !== undefined) return addField(image.digestField, digest, text);
    return pinInTag(edited, digest);
  },
  unpin(edited) {
    const digest = partOf(edited, "digest");
    if (digest === undefined) return unpinInTag(edited, isWrittenAsItIs);
    const { scalar } = digest;
    return scalar.style === "plain"
      ? [{ ...scalar.span, text: '""' }]
      : replacePart(digest, edited.text, "");
  },
  restyle: () => undefined,
};

/** The `images:` of a kustomization, where the field `digest` stands behind `newTag`. */
export const kustomizeWriter: ImageWriter = {
  pin(edited, digest, style) {
    const { image, text } = edited;
    const [tag, empty] = [partOf(edited, "tag"), partOf(edited, "digest")];
    if (empty !== undefined) return replacePart(empty, text, digest);
    if (image.digestField === undefined) return pinInTag(edited, digest);
    if (tag === undefined) return addVersion(image.digestField, edited, { digest, style });
    if (tag.scalar.style === "block") return undefined;
    // What others mean by an alias stays.
    const renamed = style === "digest" ? renameField(tag, "digest", digest) : undefined;
    return renamed ?? addField(image.digestField, digest, text);
  },
  unpin(edited) {
    const [tag, digest] = [partOf(edited, "tag"), partOf(edited, "digest")];
    if (digest === undefined) return unpinInTag(edited, () => false);
    // Without a version of its own the entry would keep the manifest's.
    return tag === undefined ? undefined : removeField(digest, tag, edited.text);
  },
  restyle: () => undefined,
};

/** Writes the version into an entry that had none: the tag that the manifest has, and the digest. */
function addVersion(
  field: AbsentField,
  { image: { reference }, text }: EditedImage,
  { digest, style }: { readonly digest: string; readonly style: PinStyle },
): readonly Change[] | undefined {
  if (reference.kind !== "tag") return undefined;
  const added = addField(field, digest, text);
  if (style === "digest") return added;
  const { tag } = reference;
  const isPlain = /^[A-Za-z]/.test(tag) && !isNoString.test(tag);
  const [before] =
    addField({ ...field, key: "newTag" }, isPlain ? tag : JSON.stringify(tag), text) ?? [];
  return added?.map((change) => ({ ...change, text: `${before?.text ?? ""}${change.text}` }));
}

function partOf({ image }: EditedImage, kind: WrittenPart["kind"]): WrittenPart | undefined {
  return image.parts.find((part) => part.kind === kind);
}

/** Writes the digest behind the tag in the tag's own field, as Renovate does: `v1@sha256:…`. */
function pinInTag(edited: EditedImage, digest: string): readonly Change[] | undefined {
  const { reference } = edited.image;
  if (reference.kind !== "tag") return undefined;
  // An empty tag that means another one, as in a chart the app's version.
  const tag = partOf(edited, "tag");
  if (tag !== undefined && tag.at === undefined) {
    return replacePart(tag, edited.text, `${reference.tag}@${digest}`);
  }
  const end = reference.text.length;
  return changeReference(edited, { start: end, end, text: `@${digest}` });
}

/**
 * Takes the digest out of the tag's own field. What is left there without quotes must not become a number or a word of
 * YAML's that means something else than the tag.
 * @param isSafe whether a number means the same without quotes.
 */
function unpinInTag(
  edited: EditedImage,
  isSafe: (left: string) => boolean,
): readonly Change[] | undefined {
  const { reference } = edited.image;
  if (reference.kind !== "digest") return undefined;
  const { digestStart, text } = reference;
  const change = { start: digestStart, end: text.length, text: "" };
  const found = partChange(edited.image, change);
  if (found?.part.scalar.style === "plain") {
    const { scalar } = found.part;
    const left = applyChanges(scalar.text, [found.change]);
    if (isNoString.test(left) && !isSafe(left)) return [{ ...scalar.span, text: `"${left}"` }];
  }
  return changeReference(edited, change);
}

/** A plain text that YAML 1.1 reads as a number, a boolean or null. */
const isNoString =
  /^(?:[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?|0[xo][\da-f]+|true|false|yes|no|on|off|y|n|null|~)$/i;
