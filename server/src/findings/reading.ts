// A document with everything that is known and thought of it: what every view is drawn from.

import type { DocumentAnalysis, FileAnalysis } from "../document/analysis.ts";
import { placeOf, standsAt } from "../document/writtenImage.ts";
import type { Settings } from "../settings.ts";
import type { SkipList } from "../workspace/effectiveSkipList.ts";
import type { LocatedIntention } from "../workspace/intentions.ts";
import type { WorkspaceFacts } from "../workspace/workspaceFacts.ts";
import type { Finding } from "./finding.ts";
import { documentFindings } from "./findings.ts";
import { imageState, type ImageState, type Known } from "./imageState.ts";

/** What a reading depends on beside the document. */
export interface ReadingContext {
  readonly settings: Settings;
  readonly skipList: SkipList;
  readonly facts: WorkspaceFacts;
  readonly intentions: readonly LocatedIntention[];
  readonly known: Known;
}

/** One YAML document; spans count from its beginning. */
export interface DocumentReading {
  readonly states: readonly ImageState[];
  readonly findings: readonly Finding[];
}

export interface ReadPart extends DocumentReading {
  /** Where the YAML document begins and ends in its file. */
  readonly start: number;
  readonly end: number;
  readonly document: DocumentAnalysis;
}

export interface FileReading {
  readonly text: string;
  readonly parts: readonly ReadPart[];
}

/** Reads one document. Pure: what is not known yet shows as pending or not asked. */
export function readDocument(document: DocumentAnalysis, context: ReadingContext): DocumentReading {
  const states = document.images.map((use) => imageState(use, context.skipList, context.known));
  return { states, findings: documentFindings(document, states, context) };
}

/**
 * Reads a file.
 * @param read reads one document; a caller that keeps readings gives those it has.
 * @param last an earlier reading of it under the same circumstances: what it says of the same documents holds.
 */
export function readFile(
  analysis: FileAnalysis,
  read: (document: DocumentAnalysis) => DocumentReading,
  last?: FileReading,
): FileReading {
  return {
    text: analysis.text,
    // Written out: a large file has thousands, and each key makes them anew.
    parts: analysis.parts.map(({ start, end, document }, index) => {
      const before = last?.parts[index];
      const isSame = before?.document === document;
      if (isSame && before.start === start) return before;
      const { states, findings } = isSame ? before : read(document);
      return { start, end, document, states, findings };
    }),
  };
}

/** An image use and where its document begins. */
export interface PlacedState {
  readonly state: ImageState;
  readonly start: number;
  /** The text of the YAML document. */
  readonly text: string;
  /** Whether a comment says to leave it as it is: whatever changes many images passes over it. */
  readonly isIgnored: boolean;
}

/** All uses of a file in its order. */
export function placedStates(reading: FileReading): PlacedState[] {
  return reading.parts.flatMap((part) => placedStatesOf(reading, part));
}

/** The uses of one of its documents. */
export function placedStatesOf(reading: FileReading, part: ReadPart): PlacedState[] {
  return part.states.map((state) => placed(reading, part, state));
}

/** The uses without those at the place of an earlier one: an aliased mapping brings its image once more. */
export function onePerPlace(placed: readonly PlacedState[]): PlacedState[] {
  const byPlace = new Map<number, PlacedState>();
  for (const each of placed) {
    const at = placeOf(each.state.use).start + each.start;
    if (!byPlace.has(at)) byPlace.set(at, each);
  }
  return [...byPlace.values()];
}

/** The use at an offset of the file; undefined if none stands there. */
export function stateAt(reading: FileReading, offset: number): PlacedState | undefined {
  const part = partAt(reading, offset);
  if (part === undefined) return undefined;
  const at = offset - part.start;
  const state = part.states.find(({ use }) => standsAt(use, { start: at, end: at }));
  return state === undefined ? undefined : placed(reading, part, state);
}

/** The YAML document at an offset of the file. */
export function partAt(reading: FileReading, offset: number): ReadPart | undefined {
  return reading.parts.find(({ start, end }) => offset >= start && offset <= end);
}

function placed(reading: FileReading, part: ReadPart, state: ImageState): PlacedState {
  const { start, end, document } = part;
  const isIgnored = document.ignores.some(({ covers }) => standsAt(state.use, covers));
  return { state, start, text: reading.text.slice(start, end), isIgnored };
}
