// The edits that pin, update and unpin an image: only the bytes of the reference change.

import type { ImageUse } from "../document/analysis.ts";
import type { TagReference } from "../image/imageReference.ts";
import type { PinStyle } from "../settings.ts";
import type { Change } from "./change.ts";
import { replaceInScalar } from "./replaceReference.ts";
import { kustomizePin, kustomizeUnpin, kustomizeUpdate } from "./kustomizeEdits.ts";

/** A use and the text of the YAML document it stands in; offsets of the changes count from there. */
export interface EditedUse {
  readonly use: ImageUse;
  readonly text: string;
}

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
  const keepsTag = style === "tag-and-digest" || !canHoldComment({ use, text }, style);
  if (keepsTag) {
    // `nginx:` means `latest` to Knative, but no container runtime reads `nginx:@sha256:…`.
    const tag = reference.text.endsWith(":") ? reference.tag : "";
    const end = reference.text.length;
    return replaceInScalar(use, { start: end, end, text: `${tag}@${digest}` });
  }
  const pinned = replaceInScalar(use, {
    start: reference.tagStart,
    end: reference.text.length,
    text: `@${digest}`,
  });
  if (style === "digest" || reference.tagStart === reference.text.length) return pinned;
  return [...pinned, tagComment(use, reference)];
}

/** The changes that put another digest in place of a pin's; the tag stays. */
export function updateChanges(
  { use, text }: EditedUse,
  digest: string,
): readonly Change[] | undefined {
  const { reference } = use;
  if (reference.kind !== "digest") return undefined;
  if (use.kustomize !== undefined) return kustomizeUpdate(use.kustomize, text, digest);
  return replaceInScalar(use, {
    start: reference.digestStart + 1,
    end: reference.text.length,
    text: digest,
  });
}

/** The changes that take a pin's digest out again; a tag kept as a comment comes back. */
export function unpinChanges({ use, text }: EditedUse): readonly Change[] | undefined {
  const { reference } = use;
  if (reference.kind !== "digest") return undefined;
  if (use.kustomize !== undefined) return kustomizeUnpin(use.kustomize, text);
  const comment = use.tagComment;
  const restored = comment === undefined ? "" : `:${comment.tag}`;
  const changes = replaceInScalar(use, {
    start: reference.digestStart,
    end: reference.text.length,
    text: restored,
  });
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

/** A comment has its place only where nothing but a comment follows on the scalar's line. */
function canHoldComment({ use, text }: EditedUse, style: PinStyle): boolean {
  if (style !== "digest-and-comment") return true;
  if (use.scalar.style === "block") return false;
  return /^[ \t]*(#.*)?$/.test(restOfLine(text, use.scalar.span.end));
}

function tagComment(use: ImageUse, reference: TagReference): Change {
  const at = use.scalar.span.end;
  return { start: at, end: at, text: ` # ${reference.tag}` };
}

function restOfLine(text: string, from: number): string {
  const end = text.indexOf("\n", from);
  return text.slice(from, end < 0 ? text.length : end).replace(/\r$/, "");
}
