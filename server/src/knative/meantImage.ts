// Guesses the image reference that an invalid text was meant to be.

import { parseImageReference } from "../image/imageReference.ts";

/**
 * References that are near to one that Knative refuses, the likeliest first: without blanks, with the repository and
 * the digest in lower case, with another mark for a `+` in the tag. Empty if none is plain.
 */
export function meantImages(text: string): readonly string[] {
  const compact = text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/ ?([/:@]) ?/g, "$1");
  const candidates = ["-", "_"].map((mark) => withLowerCase(withTagMark(compact, mark)));
  return [...new Set(candidates)].filter(
    (meant) => meant !== text && parseImageReference(meant).kind !== "invalid",
  );
}

/** The tag with another mark in place of each `+`, which build versions have and tags may not. */
function withTagMark(text: string, mark: string): string {
  const tag = /:[^/:@]*(?=@|$)/.exec(text);
  if (tag === null) return text;
  const end = tag.index + tag[0].length;
  return text.slice(0, tag.index) + tag[0].replaceAll("+", mark) + text.slice(end);
}

/** Repository and digest in lower case; a registry and a tag keep theirs. */
function withLowerCase(text: string): string {
  const at = text.indexOf("@");
  const name = at < 0 ? text : text.slice(0, at);
  const slash = name.indexOf("/");
  const registry = slash >= 0 && /[.:]/.test(name.slice(0, slash)) ? name.slice(0, slash) : "";
  const tagStart = name.lastIndexOf(":");
  const end = tagStart > name.lastIndexOf("/") ? tagStart : name.length;
  const repository = name.slice(registry.length, end).toLowerCase();
  return registry + repository + name.slice(end) + text.slice(name.length).toLowerCase();
}
