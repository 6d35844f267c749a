// The same edits in the `images:` of a kustomization, where tag and digest are fields of their own.

import type { KustomizeEntry, KustomizeField } from "../document/analysis.ts";
import type { PinStyle } from "../settings.ts";
import type { Change } from "./change.ts";

/** Writes the field `digest` behind `newTag`, or in its place where the style keeps no tag. */
export function kustomizePin(
  { newTag, isFlow }: KustomizeEntry,
  text: string,
  pin: { readonly digest: string; readonly style: PinStyle },
): readonly Change[] | undefined {
  // A block scalar ends where something else begins.
  if (newTag === undefined || newTag.value.style === "block") return undefined;
  // What others mean by an alias stays.
  if (pin.style === "digest" && !newTag.value.anchored) {
    return [
      { ...newTag.key.span, text: "digest" },
      { ...newTag.value.span, text: pin.digest },
    ];
  }
  const between = isFlow ? ", " : separator(newTag, text);
  // A comment behind the tag stays behind the tag.
  const at = between === ", " ? newTag.place.end : lineEnd(text, newTag.place.end);
  return [{ start: at, end: at, text: `${between}digest: ${pin.digest}` }];
}

/** Puts another digest in the field `digest`. */
export function kustomizeUpdate(
  { digest }: KustomizeEntry,
  _text: string,
  value: string,
): readonly Change[] | undefined {
  if (digest === undefined) return undefined;
  return [{ ...(digest.value.content ?? digest.value.span), text: value }];
}

/** Takes the field `digest` out, if a tag stays; without one the image would lose its version. */
export function kustomizeUnpin(
  { newTag, digest, isFlow }: KustomizeEntry,
  text: string,
): readonly Change[] | undefined {
  if (newTag === undefined || digest === undefined) return undefined;
  if (newTag.value.style === "block" || digest.value.style === "block") return undefined;
  const [first, second] =
    newTag.key.span.start < digest.key.span.start ? [newTag, digest] : [digest, newTag];
  const between = text.slice(first.place.end, second.key.span.start);
  if (!/^,[ \t]*$/.test(between)) return isFlow ? undefined : [wholeLine(digest, text)];
  return first === newTag
    ? [{ start: newTag.place.end, end: digest.place.end, text: "" }]
    : [{ start: digest.key.span.start, end: newTag.key.span.start, text: "" }];
}

/** What stands between two fields of the same map: a line break and the indentation, or a comma. */
function separator(field: KustomizeField, text: string): string {
  const lineStart = text.lastIndexOf("\n", field.key.span.start - 1) + 1;
  const before = text.slice(lineStart, field.key.span.start);
  if (!/^[ \t]*(-[ \t]+)*$/.test(before)) return ", ";
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  return lineBreak + before.replace(/[^\t]/g, " ");
}

function wholeLine(field: KustomizeField, text: string): Change {
  const start = text.lastIndexOf("\n", field.key.span.start - 1) + 1;
  const end = lineEnd(text, field.place.end);
  // With the line break before it, so that a file without a final one gets none.
  const from = start === 0 ? 0 : start - (text[start - 2] === "\r" ? 2 : 1);
  return { start: from, end, text: "" };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}
