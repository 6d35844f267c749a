// The edits of an image, however it is written: only the bytes of the reference change.

import { rememberedTag, type WritingStyle } from "../document/writtenImage.ts";
import type { PinStyle } from "../settings.ts";
import { applyChanges, type Change } from "./change.ts";
import { fieldsWriter, kustomizeWriter } from "./fieldsWriter.ts";
import type { ImageWriter } from "./imageWriter.ts";
import { changePart, changeReference, partChange, type EditedImage } from "./partEdits.ts";
import { scalarWriter } from "./scalarWriter.ts";

const writers: Readonly<Record<WritingStyle, ImageWriter>> = {
  scalar: scalarWriter,
  kustomize: kustomizeWriter,
  fields: fieldsWriter,
};

/**
 * The changes that write a digest: behind a tag, or in place of another digest, where the tag stays.
 * @param digest `sha256:…`: the index's, where there is one.
 * @param style how a tag is kept; a pin that is moved keeps its own style.
 * @returns undefined if the image has neither tag nor digest, or its form leaves no safe way.
 */
export function setDigest(
  edited: EditedImage,
  digest: string,
  style: PinStyle,
): readonly Change[] | undefined {
  const { reference, style: writing } = edited.image;
  if (reference.kind === "tag") return writers[writing].pin(edited, digest, style);
  if (reference.kind !== "digest") return undefined;
  const { digestStart, text } = reference;
  return changeReference(edited, { start: digestStart + 1, end: text.length, text: digest });
}

/**
 * The changes that take a digest out; the tag that it remembers stays or comes back.
 * @returns undefined if it remembers none: nothing is ever left to mean `latest`.
 */
export function clearDigest(edited: EditedImage): readonly Change[] | undefined {
  if (rememberedTag(edited.image) === undefined) return undefined;
  return writers[edited.image.style].unpin(edited);
}

/** The changes that write a pin in another style; undefined if it has that style already, or cannot have it. */
export function restyle(edited: EditedImage, style: PinStyle): readonly Change[] | undefined {
  return writers[edited.image.style].restyle(edited, style);
}

/** What puts another reference in place of an image's. */
export interface ReferenceChange {
  readonly changes: readonly Change[];
  /** What the field that is changed says afterwards. */
  readonly written: string;
}

/**
 * Replaces the reference where it differs, in the field that says it; quotes, comments and anchors stay.
 * @returns undefined where the difference lies in several fields, or in the name that a kustomization looks for.
 */
export function setReference(edited: EditedImage, reference: string): ReferenceChange | undefined {
  const { image, text } = edited;
  const found = partChange(image, difference(image.reference.text, reference));
  if (found === undefined) return undefined;
  const { part, change } = found;
  return {
    changes: changePart(part, text, change),
    written: applyChanges(part.scalar.text, [change]),
  };
}

/** The smallest stretch of a text that must be replaced to make another. */
function difference(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let same = 0;
  while (
    same < shorter - start &&
    before[before.length - 1 - same] === after[after.length - 1 - same]
  ) {
    same += 1;
  }
  return {
    start,
    end: before.length - same,
    text: after.slice(start, after.length - same),
  };
}
