// The edits that pin, update and unpin an image: only the bytes of the reference change.

import type { ImageUse } from "../document/analysis.ts";
import { isReadAsTag, tagCommentAt } from "../document/tagComment.ts";
import type { PinStyle } from "../settings.ts";
import type { Change } from "./change.ts";
import { replaceInScalar, type EditedUse } from "./replaceReference.ts";
import { kustomizePin, kustomizeUnpin, kustomizeUpdate } from "./kustomizeEdits.ts";

/**
 * The changes that write a digest behind a tag.
 * @param digest `sha256:…`: the index's, where there is one.
 * @returns undefined if the use has no tag that could be pinned.
 */
export function pinChanges(
  { use, text }: EditedUse,
  digest: string,
  style: PinStyle,
): readonly Change[] | undefined {
  const { reference } = use;
  if (reference.kind !== "tag") return undefined;
  if (use.kustomize !== undefined) return kustomizePin(use.kustomize, text, { digest, style });
  const inComment = style === "digest-and-comment";
  const isUntagged = reference.tagStart === reference.text.length;
  // Somebody's own comment behind an untagged image would be read as the tag that the pin keeps.
  const misread = isUntagged && hasTagComment(use, text);
  const keepsTag =
    style === "tag-and-digest" ||
    (inComment && (misread || !hasPlaceForComment({ use, text }, reference.tag)));
  if (keepsTag) {
    // `nginx:` means `latest` to Knative, but no container runtime reads `nginx:@sha256:…`.
    const ending = reference.text.endsWith(":") ? reference.tag : "";
    const tag = misread ? `:${reference.tag}` : ending;
    const end = reference.text.length;
    return replaceInScalar({ use, text }, { start: end, end, text: `${tag}@${digest}` });
  }
  const pinned = replaceInScalar(
    { use, text },
    { start: reference.tagStart, end: reference.text.length, text: `@${digest}` },
  );
  if (style === "digest" || isUntagged) return pinned;
  return [...pinned, commentChange(use, reference.tag)];
}

/** The changes that put another digest in place of a pin's; the tag stays. */
export function updateChanges(
  { use, text }: EditedUse,
  digest: string,
): readonly Change[] | undefined {
  const { reference } = use;
  if (reference.kind !== "digest") return undefined;
  if (use.kustomize !== undefined) return kustomizeUpdate(use.kustomize, text, digest);
  return replaceInScalar(
    { use, text },
    {
      start: reference.digestStart + 1,
      end: reference.text.length,
      text: digest,
    },
  );
}

/** The changes that take a pin's digest out again; a tag kept as a comment comes back. */
export function unpinChanges({ use, text }: EditedUse): readonly Change[] | undefined {
  const { reference } = use;
  if (reference.kind !== "digest") return undefined;
  if (use.kustomize !== undefined) return kustomizeUnpin(use.kustomize, text);
  const comment = use.tagComment;
  const restored = comment === undefined ? "" : `:${comment.tag}`;
  const changes = replaceInScalar(
    { use, text },
    {
      start: reference.digestStart,
      end: reference.text.length,
      text: restored,
    },
  );
  return comment === undefined ? changes : [...changes, { ...comment.span, text: "" }];
}

/**
 * The tag that a pin remembers: written before the digest, or in the comment behind it.
 * Undefined if it remembers none.
 */
export function rememberedTag(use: ImageUse): string | undefined {
  const { reference } = use;
  if (reference.kind !== "digest") return undefined;
  return reference.tag ?? use.tagComment?.tag;
}

/**
 * The changes that write a pin in another style, its digest and its tag staying what they are.
 * @returns undefined if it has that style already, remembers no tag, or has no place for a comment.
 */
export function restyleChanges(
  { use, text }: EditedUse,
  style: PinStyle,
): readonly Change[] | undefined {
  const { reference, kustomize, tagComment: comment } = use;
  const tag = rememberedTag(use);
  if (reference.kind !== "digest" || tag === undefined || kustomize !== undefined) return undefined;
  const { tagStart, digestStart } = reference;
  const withoutComment = comment === undefined ? [] : [{ ...comment.span, text: "" }];
  const withoutTag = (): Change[] =>
    reference.tag === undefined
      ? []
      : replaceInScalar({ use, text }, { start: tagStart, end: digestStart, text: "" });
  switch (style) {
    case "tag-and-digest":
      if (comment === undefined || reference.tag !== undefined) return undefined;
      return [
        ...replaceInScalar(
          { use, text },
          { start: digestStart, end: digestStart, text: `:${tag}` },
        ),
        ...withoutComment,
      ];
    case "digest":
      return [...withoutTag(), ...withoutComment];
    case "digest-and-comment":
      if (comment !== undefined || !hasPlaceForComment({ use, text }, tag)) return undefined;
      return [...withoutTag(), commentChange(use, tag)];
  }
}

/** A comment has its place only where nothing but a comment follows, and where it will be read as a tag again. */
function hasPlaceForComment({ use, text }: EditedUse, tag: string): boolean {
  if (use.scalar.style === "block" || !isReadAsTag(tag)) return false;
  return /^[ \t]*(#.*)?$/.test(restOfLine(text, use.scalar.span.end));
}

function hasTagComment({ scalar }: ImageUse, text: string): boolean {
  return scalar.style !== "block" && tagCommentAt(scalar.span.end, text) !== undefined;
}

function commentChange(use: ImageUse, tag: string): Change {
  const at = use.scalar.span.end;
  return { start: at, end: at, text: ` # ${tag}` };
}

function restOfLine(text: string, from: number): string {
  const end = text.indexOf("\n", from);
  return text.slice(from, end < 0 ? text.length : end).replace(/\r$/, "");
}
