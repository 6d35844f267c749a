// The door of this folder: a file's text becomes what its documents say about images and Knative's configuration.

import type { DocumentAnalysis, FileAnalysis, FilePart } from "./analysis.ts";
import type { AnalysisOptions } from "./analysisOptions.ts";
import { documentSpans, ownCopy } from "./yaml/documentSplit.ts";
import { piecedText, sliceOf, type PiecedText } from "./yaml/piecedText.ts";
import { isWorthReading, searchable } from "./relevance.ts";
import { fileOffset } from "./span.ts";
import { allAtOnce, type Pause } from "./steps.ts";
import { noParts, unchangedParts } from "./yaml/unchangedParts.ts";
import {
  analyzeDocument,
  analyzeDocumentQuickly,
  beyondLimit,
  holdsDefines,
  unreadDocument,
  withinStack,
} from "./oneDocument.ts";

/**
 * Reads a file. Never throws on input.
 * @param written the text; one in pieces that it shares with an earlier one is compared faster.
 * @param previous what an earlier text of the same file, read with the same options, said: its
 *   documents that did not change are taken over as they are.
 */
export function analyzeFile(
  written: string | PiecedText,
  options: AnalysisOptions,
  previous?: FileAnalysis,
): FileAnalysis {
  return allAtOnce(analyzeInSteps(written, options, { previous }));
}

/** Characters that take milliseconds before a document of theirs is read. */
const longText = 1_000_000;

/**
 * Reads one document elsewhere, such as in another thread. Never rejects.
 * @returns the same as `analyzeDocument`; undefined if it took more time or memory than it may
 */
export type ReadElsewhere = (
  text: string,
  options: AnalysisOptions,
) => Promise<DocumentAnalysis | undefined>;

/**
 * The same in steps, so that the caller may pause in a large file: one for each document that is read, and two before
 * the first of a long text.
 * @param context.previous as for `analyzeFile`
 * @param context.elsewhere reads what would take long here, and is waited for; without it everything is read here
 */
export function* analyzeInSteps(
  written: string | PiecedText,
  options: AnalysisOptions,
  context: {
    readonly previous?: FileAnalysis | undefined;
    readonly elsewhere?: ReadElsewhere | undefined;
  } = {},
): Generator<Pause, FileAnalysis> {
  const { previous, elsewhere } = context;
  const now = typeof written === "string" ? piecedText(written) : written;
  const { front, back, known } = previous === undefined ? noParts : unchangedParts(previous, now);
  const from = front.at(-1)?.end ?? 0;
  const until = back[0]?.start ?? now.text.length;
  const changed = sliceOf(now, from, until);
  const bytes = searchable(changed);
  if (changed.length > longText) yield;
  const middle: FilePart[] = [];
  // A named template may hold several documents: what defines them is cut nowhere.
  const isWhole = holdsDefines(options);
  const spans = isWhole ? [{ start: 0, end: changed.length }] : documentSpans(changed);
  for (const span of spans) {
    if (middle.length > 0 || changed.length > longText) yield;
    const [start, end] = [fileOffset(from + span.start), fileOffset(from + span.end)];
    const own = changed.slice(span.start, span.end);
    const isRead = isWorthReading(bytes, options, span.start, span.end);
    const document =
      known.get(own) ??
      (isRead
        ? yield* analyzeOne(own, options, elsewhere)
        : withinStack(() => unreadDocument(ownCopy(own), options)));
    middle.push({ start, end, document });
  }
  const { text, pieces } = now;
  return { text, pieces, parts: front.concat(middle, back) };
}

/**
 * Characters of a document that is read here whatever reading it takes: the library takes up to 3 µs for each, so that
 * this is a tenth of a second on a slow machine.
 */
const maxHere = 40_000;

/** Characters of a document that is read here if that can be done in the quick way, which takes a tenth of the time. */
const maxQuicklyHere = 400_000;

/** Reads one document here, or elsewhere if it would take long. */
function* analyzeOne(
  text: string,
  options: AnalysisOptions,
  elsewhere: ReadElsewhere | undefined,
): Generator<Pause, DocumentAnalysis> {
  if (elsewhere === undefined || text.length <= maxHere) {
    return withinStack(() => analyzeDocument(ownCopy(text), options));
  }
  const quick =
    text.length <= maxQuicklyHere
      ? withinStack(() => analyzeDocumentQuickly(ownCopy(text), options))
      : undefined;
  if (quick !== undefined) return quick;
  let read: DocumentAnalysis | undefined;
  yield elsewhere(text, options).then((document) => {
    read = document;
  });
  return read ?? beyondLimit("Reading it takes too much time or memory");
}
