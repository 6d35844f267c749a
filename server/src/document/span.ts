// Places in a text.

/** A stretch of text, in UTF-16 units: from `start` up to but not including `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export function shiftSpan(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}

/** Whether the two overlap or touch: an empty span touches what it stands in or beside. */
export function touches(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}
