// Places in a text, and the two texts that offsets count in: a YAML document, and the file that it stands in.

declare const counts: unique symbol;

/** Counted in UTF-16 units from the beginning of a YAML document, as analyses do: they survive when it moves. */
export type DocumentOffset = number & { readonly [counts]?: "document" };

/** Counted from the beginning of the file, as editors and readings do. The compiler refuses one for the other. */
export type FileOffset = number & { readonly [counts]: "file" };

/** A stretch of a YAML document, or of a scalar's text: from `start` up to but not including `end`. */
export interface Span {
  readonly start: DocumentOffset;
  readonly end: DocumentOffset;
}

/** A stretch of a file. */
export interface FileSpan {
  readonly start: FileOffset;
  readonly end: FileOffset;
}

/** Takes a number that counts from the file's beginning for what it is. */
export function fileOffset(offset: number): FileOffset {
  return offset as FileOffset;
}

/** An offset of a document in its file. @param start where the document begins */
export function inFile(offset: DocumentOffset, start: FileOffset): FileOffset {
  return fileOffset(offset + start);
}

/** A stretch of a document in its file; whatever else it holds stays. @param start where the document begins */
export function spanInFile<Stretch extends Span>(
  span: Stretch,
  start: FileOffset,
): Omit<Stretch, "start" | "end"> & FileSpan {
  return { ...span, start: inFile(span.start, start), end: inFile(span.end, start) };
}

/** An offset of a file in one of its documents. @param start where the document begins */
export function inDocument(offset: FileOffset, start: FileOffset): DocumentOffset {
  return offset - start;
}

/** A stretch of a file in one of its documents. @param start where the document begins */
export function spanInDocument(span: FileSpan, start: FileOffset): Span {
  return { start: inDocument(span.start, start), end: inDocument(span.end, start) };
}

/** Whether the two overlap or touch: an empty span touches a span that contains or borders it. */
export function touches(a: Span, b: Span): boolean;
export function touches(a: FileSpan, b: FileSpan): boolean;
export function touches(a: Readonly<Record<"start" | "end", number>>, b: typeof a): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/**
 * Whether any of some spans touches another one, in the time of a search: asking each of many for each of many
 * would take their product.
 */
export function touchedBy(spans: readonly Span[]): (other: Span) => boolean {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  // The furthest end of all spans up to each one.
  let furthest = -1;
  const ends = sorted.map(({ end }) => (furthest = Math.max(furthest, end)));
  return ({ start, end }) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.start ?? 0) <= end) low = middle + 1;
      else high = middle;
    }
    return low > 0 && (ends[low - 1] ?? -1) >= start;
  };
}
