// Writes an image that stands in one scalar.

import { mainPart, rememberedTag, type WrittenImage } from "../document/writtenImage.ts";
import { commentBehind, isReadAsTag, tagInComment } from "../document/tagComment.ts";
import type { Change } from "./change.ts";
import { changeReference, type EditedImage } from "./partEdits.ts";
import type { ImageWriter } from "./imageWriter.ts";

export const scalarWriter: ImageWriter = {
  pin(edited, digest, style) {
    const { reference } = edited.image;
    if (reference.kind !== "tag") return undefined;
    const end = reference.text.length;
    const isUntagged = reference.tagStart === end;
    // Somebody's own comment behind an untagged image would be read as the tag that the pin keeps.
    const misread = isUntagged && remindsOfTag(edited);
    const keepsTag =
      style === "tag-and-digest" ||
      (style === "digest-and-comment" && !takesComment(edited, reference.tag));
    if (keepsTag) {
      // `nginx:` means `latest` to Knative, but no container runtime reads `nginx:@sha256:…`.
      const ending = reference.text.endsWith(":") ? reference.tag : "";
      const tag = misread ? `:${reference.tag}` : ending;
      return changeReference(edited, { start: end, end, text: `${tag}@${digest}` });
    }
    const { tagStart, tag } = reference;
    const pinned = changeReference(edited, { start: tagStart, end, text: `@${digest}` });
    if (pinned === undefined || style === "digest" || isUntagged) return pinned;
    return [...pinned, commentChange(edited.image, tag)];
  },

  unpin(edited) {
    const { reference, remembered } = edited.image;
    if (reference.kind !== "digest") return undefined;
    const restored = reference.tag === undefined ? `:${remembered?.tag ?? ""}` : "";
    const changes = changeReference(edited, {
      start: reference.digestStart,
      end: reference.text.length,
      text: restored,
    });
    const comment = reference.tag === undefined ? remembered?.comment : undefined;
    return changes === undefined || comment === undefined
      ? changes
      : [...changes, { ...comment, text: "" }];
  },

  restyle(edited, style) {
    const { image } = edited;
    const { reference } = image;
    const tag = rememberedTag(image);
    if (reference.kind !== "digest" || tag === undefined) return undefined;
    const comment = image.remembered?.comment;
    const withoutComment = comment === undefined ? [] : [{ ...comment, text: "" }];
    const { tagStart, digestStart } = reference;
    const withoutTag = (): Change[] =>
      reference.tag === undefined
        ? []
        : (changeReference(edited, { start: tagStart, end: digestStart, text: "" }) ?? []);
    switch (style) {
      case "tag-and-digest": {
        if (comment === undefined || reference.tag !== undefined) return undefined;
        const change = { start: digestStart, end: digestStart, text: `:${tag}` };
        return [...(changeReference(edited, change) ?? []), ...withoutComment];
      }
      case "digest":
        return [...withoutTag(), ...withoutComment];
      case "digest-and-comment":
        if (reference.tag === undefined || !takesComment(edited, tag)) return undefined;
        return [...withoutTag(), commentChange(image, tag)];
    }
  },
};

/**
 * Whether a comment can keep the tag: one that will be read as a tag again, where nothing follows on the line. A comment
 * that stands there already is kept whole.
 */
function takesComment({ image, text }: EditedImage, tag: string): boolean {
  const { scalar } = mainPart(image);
  if (scalar.style === "block" || !isReadAsTag(tag)) return false;
  const { end } = scalar.span;
  const lineEnd = text.indexOf("\n", end);
  return text.slice(end, lineEnd < 0 ? text.length : lineEnd).trim() === "";
}

/** Whether the comment behind the image would be taken for the tag of a digest. */
function remindsOfTag({ image, text }: EditedImage): boolean {
  const { reference } = image;
  const { scalar } = mainPart(image);
  if (reference.kind !== "tag" || scalar.style === "block") return false;
  const comment = commentBehind(scalar.span.end, text);
  if (comment === undefined) return false;
  const repository = `${reference.registry}/${reference.repository}`;
  return tagInComment(comment.text, repository) !== undefined;
}

function commentChange(image: WrittenImage, tag: string): Change {
  const at = mainPart(image).scalar.span.end;
  return { start: at, end: at, text: ` # ${tag}` };
}
