// Offsets of a text as lines and columns, both counted from 1.

import { fileOffset, type FileOffset, type FileSpan } from "../../document/span.ts";

export interface Place {
  readonly line: number;
  /** In UTF-16 units, as editors and SARIF count. */
  readonly column: number;
}

export interface PlaceRange extends Place {
  readonly endLine: number;
  readonly endColumn: number;
}

/** Converts offsets of one text to lines and columns; the lines are counted at the first call. */
export interface Places {
  at(offset: FileOffset): Place;
  of(span: FileSpan): PlaceRange;
  /** Where a line begins; the text's end behind the last one. */
  ofLine(line: number): FileOffset;
}

export function createPlaces(text: string): Places {
  let starts: readonly number[] | undefined;
  const at = (offset: FileOffset): Place => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
  return {
    at,
    ofLine(line) {
      starts ??= lineStarts(text);
      return fileOffset(starts[line - 1] ?? text.length);
    },
    of(span) {
      const end = at(span.end);
      return { ...at(span.start), endLine: end.line, endColumn: end.column };
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
