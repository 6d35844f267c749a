// Reads the comment in which a pin keeps its tag.

import type { ImageReference } from "../image/imageReference.ts";
import type { Placeholder } from "../image/placeholder.ts";
import type { TagComment } from "./analysis.ts";
import type { Scalar } from "./yamlDocument.ts";

/** Tags without a digit that people use. */
const namedTags: readonly string[] = [
  "latest",
  "stable",
  "main",
  "master",
  "edge",
  "nightly",
  "dev",
  "prod",
  "alpine",
  "slim",
  "debug",
  "nonroot",
];

/**
 * The tag in the comment behind a digest that has none before it. Only one word that could be a tag and is no
 * ordinary word: anybody may have written `# web` there. What follows behind another `#` is somebody else's.
 */
export function findTagComment(
  reference: ImageReference | Placeholder,
  scalar: Scalar,
  text: string,
): TagComment | undefined {
  if (reference.kind !== "digest" || reference.tag !== undefined) return undefined;
  if (scalar.style === "block") return undefined;
  return tagCommentAt(scalar.span.end, text);
}

/** The comment behind a scalar's end that is taken for a tag. */
export function tagCommentAt(end: number, text: string): TagComment | undefined {
  const lineEnd = text.indexOf("\n", end);
  const rest = text.slice(end, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, "");
  const match = /^[ \t]+#[ \t]*([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})(?=[ \t]*$|[ \t]+#)/.exec(rest);
  const tag = match?.[1];
  if (match === null || tag === undefined) return undefined;
  if (!isReadAsTag(tag)) return undefined;
  return { tag, span: { start: end, end: end + match[0].length } };
}

/** Whether a word in such a comment is taken for a tag: one with a digit, or a name that tags have. */
export function isReadAsTag(word: string): boolean {
  return /\d/.test(word) || namedTags.includes(word);
}
