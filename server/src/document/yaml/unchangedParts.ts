// Which documents of a file stand as they stood in an earlier text of it.

import type { DocumentAnalysis, FileAnalysis, FilePart } from "../analysis.ts";
import { isDocumentStart } from "./documentSplit.ts";
import { commonPrefix, commonSuffix, sliceOf, type PiecedText } from "./piecedText.ts";
import { fileOffset } from "../span.ts";

export interface UnchangedParts {
  readonly front: readonly FilePart[];
  readonly back: readonly FilePart[];
  /** The other parts, by their text. */
  readonly known: ReadonlyMap<string, DocumentAnalysis>;
}

export const noParts: UnchangedParts = { front: [], back: [], known: new Map<string, never>([]) };

/**
 * The parts of an earlier reading that stand unchanged at the beginning and at the end of the text.
 * One part less than is equal on each side: what follows it may now belong to it, and what it
 * follows may have swallowed its first line.
 */
export function unchangedParts(previous: FileAnalysis, now: PiecedText): UnchangedParts {
  const { parts } = previous;
  const shift = now.text.length - previous.text.length;
  const prefix = commonPrefix(previous, now);
  const tail = previous.text.length - commonSuffix(previous, now);
  const changed = parts.findIndex(({ end }) => end > prefix);
  const equal = changed === -1 ? parts.length : changed;
  // The last marker of a text is one even without a line's end behind it: text added there may undo it.
  const last = equal === parts.length ? 2 : 1;
  const front = parts.slice(0, Math.max(0, equal - last));
  const floor = front.at(-1)?.end ?? 0;
  let first = parts.length;
  while (first > front.length) {
    const part = parts[first - 1];
    if (part === undefined || part.start + shift < floor || part.start < tail) break;
    first -= 1;
  }
  // A part of blank lines and comments may now belong to the part behind it, with a directive before it.
  const next = parts[first + 1];
  if (next !== undefined) {
    // From a document's beginning on: what stands before it says nothing of the documents behind it.
    const start = front.at(-1)?.start ?? 0;
    const around = sliceOf(now, start, next.end + shift);
    if (!isDocumentStart(around, next.start + shift - start)) first += 1;
  }
  return {
    front,
    back: parts.slice(first + 1).map((part) => ({
      start: fileOffset(part.start + shift),
      end: fileOffset(part.end + shift),
      document: part.document,
    })),
    known: new Map(
      parts
        .slice(front.length, first + 1)
        .map((part) => [sliceOf(previous, part.start, part.end), part.document]),
    ),
  };
}
