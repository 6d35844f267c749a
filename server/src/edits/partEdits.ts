// Edits of an image's parts: a stretch of a scalar, a field that is added, a field that is removed.

import {
  isAlias,
  type AbsentField,
  type WrittenImage,
  type WrittenPart,
} from "../document/writtenImage.ts";
import type { Span } from "../document/span.ts";
import type { Change } from "./change.ts";

/** An image and the text of the YAML document it stands in; offsets of the changes count from there. */
export interface EditedImage {
  readonly image: WrittenImage;
  readonly text: string;
}

/**
 * Makes a change of the reference's text where it is written.
 * @param change offsets count in the reference's text.
 * @returns undefined if no part alone says what changes.
 */
export function changeReference(
  { image, text }: EditedImage,
  change: Change,
): Change[] | undefined {
  const found = partChange(image, change);
  return found === undefined ? undefined : changePart(found.part, text, found.change);
}

/** The part that alone says a stretch of the reference's text, and the change in its own text. */
export function partChange(
  { parts }: WrittenImage,
  change: Change,
): { readonly part: WrittenPart; readonly change: Change } | undefined {
  for (const part of parts) {
    const { at, kind } = part;
    if (at === undefined || kind === "name" || at.start > change.start || change.end > at.end)
      continue;
    const [start, end] = [change.start - at.start, change.end - at.start];
    return { part, change: { ...change, start, end } };
  }
  return undefined;
}

/**
 * Changes a stretch of a part's text: in place, or the whole scalar where escapes or folds stand in what is replaced.
 * @param change offsets count in the part's text.
 */
export function changePart({ scalar }: WrittenPart, text: string, change: Change): Change[] {
  const { content, span, style, text: value } = scalar;
  // A null and an empty plain scalar stand directly behind the colon.
  if (style === "plain" && span.start === span.end) {
    return [
      { ...span, text: `${/\s/.test(text[span.start - 1] ?? " ") ? "" : " "}${change.text}` },
    ];
  }
  if (content !== undefined) {
    return [
      { start: content.start + change.start, end: content.start + change.end, text: change.text },
    ];
  }
  const tail =
    style === "block" || change.end !== value.length
      ? undefined
      : writtenTail(style === "plain" ? span.end : span.end - 1, value.slice(change.start), text);
  if (tail !== undefined) return [{ ...tail, text: change.text }];
  const after = value.slice(0, change.start) + change.text + value.slice(change.end);
  return [{ ...span, text: JSON.stringify(after) }];
}

/** Puts another text in place of a part's. */
export function replacePart(part: WrittenPart, text: string, value: string): Change[] {
  return changePart(part, text, { start: 0, end: part.scalar.text.length, text: value });
}

/**
 * Where the end of a scalar's text stands, if it is written character for character: what is replaced there begins with
 * a colon, an at sign or `sha256:`, none of which can be the rest of an escape.
 */
function writtenTail(end: number, tail: string, text: string): Span | undefined {
  return text.slice(end - tail.length, end) === tail
    ? { start: end - tail.length, end }
    : undefined;
}

/**
 * Adds a field behind another one of the same map: on a line of its own with the same indentation, or behind a comma.
 * @returns undefined behind a block scalar, which ends where something else begins.
 */
export function addField(
  { key, before, behind }: AbsentField,
  value: string,
  text: string,
): Change[] | undefined {
  const { scalar, place, field } = behind;
  if (field === undefined || scalar.style === "block") return undefined;
  const between = field.isFlow ? ", " : separator(field.key.span, text);
  // A comment behind the field stays behind it.
  const at = between === ", " ? place.end : lineEnd(text, place.end);
  return [{ start: at, end: at, text: `${between}${key}: ${before}${value}` }];
}

/**
 * Removes a field: its whole line, or its stretch of a flow map up to the neighbour.
 * @param neighbour a field of the same map that stays.
 */
export function removeField(
  part: WrittenPart,
  neighbour: WrittenPart,
  text: string,
): Change[] | undefined {
  const [own, other] = [part.field, neighbour.field];
  if (own === undefined || other === undefined) return undefined;
  if (part.scalar.style === "block" || neighbour.scalar.style === "block") return undefined;
  const isBehind = other.key.span.start < own.key.span.start;
  const [from, to] = isBehind
    ? [neighbour.place.end, own.key.span.start]
    : [part.place.end, other.key.span.start];
  if (/^,[ \t]*$/.test(text.slice(from, to))) {
    return isBehind
      ? [{ start: neighbour.place.end, end: part.place.end, text: "" }]
      : [{ start: own.key.span.start, end: other.key.span.start, text: "" }];
  }
  if (own.isFlow) return undefined;
  // A comment on its line is kept whole: an empty field means the same as none.
  const hasComment = text.slice(part.place.end, lineEnd(text, part.place.end)).trim() !== "";
  return [hasComment ? { ...part.place, text: '""' } : wholeLine(part, own.key.span, text)];
}

/** Gives a field another name and value. @returns undefined where an alias elsewhere means its value, too. */
export function renameField(part: WrittenPart, key: string, value: string): Change[] | undefined {
  if (part.field === undefined || part.scalar.anchored || isAlias(part)) return undefined;
  return [
    { ...part.field.key.span, text: key },
    { ...part.scalar.span, text: value },
  ];
}

/** What stands between two fields of the same map: a line break and the indentation, or a comma. */
function separator(key: Span, text: string): string {
  const before = text.slice(lineStart(text, key.start), key.start);
  if (!/^[ \t]*(-[ \t]+)*$/.test(before)) return ", ";
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  return lineBreak + before.replace(/[^\t]/g, " ");
}

function wholeLine({ place }: WrittenPart, key: Span, text: string): Change {
  const start = lineStart(text, key.start);
  const end = lineEnd(text, place.end);
  // With the line break before it, so that a file without a final one gets none.
  const from = start === 0 ? 0 : start - (text[start - 2] === "\r" ? 2 : 1);
  return { start: from, end, text: "" };
}

/** Where the line of a place begins; for YAML a carriage return alone ends one, too. */
function lineStart(text: string, at: number): number {
  if (at === 0) return 0;
  return Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf("\r", at - 1)) + 1;
}

function lineEnd(text: string, from: number): number {
  const ends = [text.indexOf("\n", from), text.indexOf("\r", from)].filter((end) => end >= 0);
  return Math.min(...ends, text.length);
}
