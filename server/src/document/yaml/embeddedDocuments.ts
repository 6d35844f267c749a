// YAML documents inside a scalar: where what they say stands in the document around them.

import type { ImageUse } from "../analysis.ts";
import type { Span } from "../span.ts";
import type { WrittenPart } from "../writtenImage.ts";
import type { Scalar } from "./yamlScalar.ts";

/** Translates a span of a block scalar's value into one of the document; undefined where no such text stands. */
export type Placement = (span: Span) => Span | undefined;

/**
 * How the value of a scalar stands in the document.
 * @param text the YAML document, in which the scalar's span counts.
 * @returns undefined where it does not stand there as it is: escapes, doubled quotes and folds are between.
 */
export function embeddedPlacement(scalar: Scalar, text: string): Placement | undefined {
  const { style, content } = scalar;
  if (style === "block") return blockPlacement(scalar, text);
  return (
    content && (({ start, end }) => ({ start: content.start + start, end: content.start + end }))
  );
}

/**
 * How the value of a literal block scalar (`|`) stands in the document: line by line, each behind the same indentation.
 * @param text the YAML document, in which the scalar's span counts.
 * @returns undefined if a line of the value does not stand there as it is, as in a folded scalar.
 */
export function blockPlacement({ text: value, span }: Scalar, text: string): Placement | undefined {
  const header = text.indexOf("\n", span.start);
  if (header < 0 || header >= span.end) return undefined;
  /** Where each line begins: in the value, and in the document. */
  const inner: number[] = [];
  const outer: number[] = [];
  let indentation: number | undefined;
  let at = header + 1;
  let from = 0;
  while (from < value.length) {
    const innerEnd = endOfLine(value, from);
    const line = value.slice(from, innerEnd);
    const end = Math.min(endOfLine(text, at), text.length);
    const written = text.slice(at, text[end - 1] === "\r" ? end - 1 : end);
    if (indentation === undefined && line.trim() !== "") indentation = written.length - line.length;
    const indented = Math.min(indentation ?? written.length, written.length);
    if (indented < 0 || written.slice(indented) !== line) return undefined;
    inner.push(from);
    outer.push(at + indented);
    from = innerEnd + 1;
    at = end + 1;
  }
  return ({ start, end }) => {
    const index = lineAt(inner, start);
    const begin = inner[index];
    const stands = outer[index];
    // What spans several lines has indentation in its middle.
    if (begin === undefined || stands === undefined || end > endOfLine(value, start))
      return undefined;
    return { start: stands + start - begin, end: stands + end - begin };
  };
}

/** The image with all its places in the document around; undefined if one of them is unknown. */
export function placedUse(use: ImageUse, place: Placement): ImageUse | undefined {
  const parts: WrittenPart[] = [];
  for (const part of use.parts) {
    const scalar = placedScalar(part.scalar, place);
    const where = place(part.place);
    if (scalar === undefined || where === undefined) return undefined;
    // No image in an embedded text is written in fields: nothing may be written at a key's place.
    parts.push({ ...part, scalar, place: where, field: undefined });
  }
  const comment = use.remembered?.comment;
  const commentPlace = comment === undefined ? undefined : place(comment);
  if (comment !== undefined && commentPlace === undefined) return undefined;
  return {
    ...use,
    parts,
    // A field that is missing would be written with the indentation of the value's own lines.
    digestField: undefined,
    revisionName:
      use.revisionName === undefined ? undefined : placedScalar(use.revisionName, place),
    remembered:
      use.remembered === undefined ? undefined : { ...use.remembered, comment: commentPlace },
  };
}

/** A scalar with its places in the document around; undefined if it does not stand there. */
export function placedScalar(scalar: Scalar, place: Placement): Scalar | undefined {
  const span = place(scalar.span);
  if (span === undefined) return undefined;
  const content = scalar.content === undefined ? undefined : place(scalar.content);
  return { ...scalar, span, content };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The last line that begins at or before an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
