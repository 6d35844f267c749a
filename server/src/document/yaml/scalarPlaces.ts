// Where a part of a scalar's value stands in the text, although indentation, folds or escapes lie between.

import type { Span } from "../span.ts";
import type { Scalar } from "./yamlScalar.ts";

/** A part's place in the YAML document. */
export interface ScalarPlace {
  readonly span: Span;
  /** Whether exactly this part stands there, so that an edit of the span is an edit of the part. */
  readonly exact: boolean;
}

/**
 * A longer scalar is not searched for each of its parts, which would take the square of its length. The example that
 * Knative ships has 8,000 characters. In characters.
 */
const maxSearched = 20_000;

/**
 * Where the part of a value stands that has the given offsets.
 * @param text the YAML document, in which the scalar's span counts.
 * @returns the whole scalar where the part cannot be found, or not soon.
 */
export function placeInScalar(scalar: Scalar, part: Span, text: string): ScalarPlace {
  const { content, span } = scalar;
  if (content !== undefined) {
    return {
      span: { start: content.start + part.start, end: content.start + part.end },
      exact: true,
    };
  }
  if (span.end - span.start > maxSearched) return { span, exact: false };
  const [start, end] =
    scalar.style === "block"
      ? [part.start, part.end].map((offset) => offsetInBlock(scalar, offset, text))
      : [];
  const wanted = scalar.text.slice(part.start, part.end);
  if (
    start !== undefined &&
    end !== undefined &&
    unfolded(text.slice(start, end)) === unfolded(wanted)
  ) {
    return { span: { start, end }, exact: true };
  }
  const at = wanted === "" ? -1 : text.slice(span.start, span.end).indexOf(wanted);
  if (at < 0) return { span, exact: false };
  return {
    span: { start: span.start + at, end: span.start + at + wanted.length },
    exact: false,
  };
}

/**
 * A block scalar's lines stand in the text with their indentation; a fold puts a space in place of a
 * line break, so that offsets stay the same as long as no line is empty.
 */
function offsetInBlock({ span }: Scalar, offset: number, text: string): number | undefined {
  let lineStart = text.indexOf("\n", span.start) + 1;
  if (lineStart === 0) return undefined;
  const indentation = /^ */.exec(text.slice(lineStart, span.end))?.[0].length ?? 0;
  let left = offset;
  while (lineStart < span.end) {
    const lineEnd = text.indexOf("\n", lineStart);
    const end = Math.min(lineEnd < 0 ? span.end : lineEnd, span.end);
    const contentEnd = text[end - 1] === "\r" ? end - 1 : end;
    const from = Math.min(lineStart + indentation, contentEnd);
    const length = contentEnd - from;
    if (left <= length) return from + left;
    left -= length + 1;
    lineStart = end + 1;
  }
  return undefined;
}

function unfolded(text: string): string {
  return text.replace(/\s+/g, " ");
}
