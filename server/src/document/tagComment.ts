// Reads the tag that a comment behind a digest remembers, in the forms that this program and known tools write.

import { parseImageReference } from "../image/imageReference.ts";
import type { Span } from "./span.ts";
import type { RememberedTag } from "./writtenImage.ts";

/** A comment's text, and where it stands with the white space in front of it. */
export interface LineComment {
  readonly text: string;
  readonly span: Span;
}

/** The comment behind a scalar that ends at an offset, to the end of the line; undefined if none follows it directly. */
export function commentBehind(end: number, text: string): LineComment | undefined {
  const lineEnd = text.indexOf("\n", end);
  const rest = text.slice(end, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, "");
  if (!/^[ \t]+#/.test(rest)) return undefined;
  return { text: rest.trim().slice(1).trim(), span: { start: end, end: end + rest.length } };
}

/**
 * The tag that a comment remembers:
 * `# v1.2.3` (this program, Renovate, pinact), `# tag: v1` and `# tag=v1` (pinact), `# pin @v1` (Renovate),
 * `# ratchet:ghcr.io/acme/app:v1` (sethvargo/ratchet). Anything else is somebody's own words.
 * @param repository registry and repository of the image, as Knative spells them.
 */
export function tagInComment(comment: string, repository: string): string | undefined {
  const ratchet = /^ratchet:\s*(\S+)$/.exec(comment)?.[1];
  if (ratchet !== undefined) return tagOf(ratchet, repository);
  const named = /^(?:renovate:\s*)?(?:tag\s*[:=]\s*|pin\s+)@?(\S+)$/.exec(comment)?.[1];
  if (named !== undefined) return isTag(named) ? named : undefined;
  return isReadAsTag(comment) ? comment : undefined;
}

/** The tag of a reference to the same repository; undefined if it writes none, or is about another image. */
export function tagOf(text: string, repository: string): string | undefined {
  const reference = parseImageReference(text);
  if (reference.kind !== "tag" || `${reference.registry}/${reference.repository}` !== repository) {
    return undefined;
  }
  return reference.tagStart < text.length - 1 ? reference.tag : undefined;
}

/** What the comment behind a digest remembers. @param end where the digest's scalar ends */
export function rememberedInComment(
  end: number,
  text: string,
  repository: string,
): RememberedTag | undefined {
  const comment = commentBehind(end, text);
  if (comment === undefined) return undefined;
  const whole = tagInComment(comment.text, repository);
  if (whole !== undefined) return { tag: whole, comment: comment.span };
  // What follows behind another `#` is somebody else's, and stays.
  const first = /^([ \t]+#[ \t]*(\S+))[ \t]+#/.exec(
    text.slice(comment.span.start, comment.span.end),
  );
  const tag = first?.[2];
  if (first === null || tag === undefined || !isReadAsTag(tag)) return undefined;
  return { tag, comment: { start: end, end: end + (first[1] ?? "").length } };
}

/** Names that stand for a tag by themselves; others (`main`, `dev`) may be anybody's word for the container. */
const namedTags: readonly string[] = ["latest", "stable", "nightly"];

/** Dates, addresses and the like have the form of a version and are none. */
const notVersions: readonly RegExp[] = [
  /^\d{4}[-.]\d{1,2}[-.]\d{1,2}\b/,
  /^\d{1,2}\.\d{1,2}\.\d{4}$/,
  /^\d+(?:\.\d+){3}$/,
];

/** Whether a word alone in a comment is taken for a tag: a version (`1`, `v2`, `1.25-alpine`), or a name that only tags have. */
export function isReadAsTag(word: string): boolean {
  if (namedTags.includes(word)) return true;
  if (!isTag(word) || notVersions.some((pattern) => pattern.test(word))) return false;
  return /^(?:\d{1,2}|v\d+|v?\d+\.\d+(?:\.\d+)*)$|^(?:v\d+|v?\d+\.\d+(?:\.\d+)*)[-_][\w.-]+$/.test(
    word,
  );
}

function isTag(word: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(word);
}
