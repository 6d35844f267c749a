// A document with everything that is known and thought of it: what every view is drawn from.

import type { DocumentAnalysis, FileAnalysis, ImageUse } from "../document/analysis.ts";
import { sliceOf, type PiecedText } from "../document/yaml/piecedText.ts";
import { readImage } from "../image/placeholder.ts";
import {
  inDocument,
  spanInDocument,
  spanInFile,
  touches,
  type FileOffset,
  type FileSpan,
} from "../document/span.ts";
import { templateFinder } from "../document/templates/templateNode.ts";
import type { TemplateOf } from "../cluster/clusterImage.ts";
import { placeOf, spanOf, standsAt } from "../document/writtenImage.ts";
import type { Settings } from "../settings.ts";
import type { SkipList } from "../workspace/effectiveSkipList.ts";
import type { LocatedIntention } from "../workspace/intentions.ts";
import {
  fateKey,
  unknownReach,
  type FileFates,
  type KustomizeFate,
} from "../workspace/kustomize/fate.ts";
import { isKserveRawByDefault, type WorkspaceFacts } from "../workspace/workspaceFacts.ts";
import type { FileChange } from "../edits/change.ts";
import type { Finding, Fix } from "./finding.ts";
import { documentFindings } from "./findings.ts";
import { imageState, type ImageState, type Known } from "./imageState.ts";

/** Inputs of a reading other than the text. */
export interface ReadingContext {
  readonly settings: Settings;
  readonly skipList: SkipList;
  readonly facts: WorkspaceFacts;
  readonly intentions: readonly LocatedIntention[];
  readonly known: Known;
  /** Images of the file that other files make of its values. */
  readonly joined: readonly ImageUse[];
  /** What becomes of the file's images because of kustomizations. */
  readonly fates: FileFates | undefined;
}

/** One YAML document; spans count from its beginning. */
export interface DocumentReading {
  readonly states: readonly ImageState[];
  readonly findings: readonly Finding[];
}

export interface ReadPart extends DocumentReading {
  /** Where the YAML document begins and ends in its file. */
  readonly start: FileOffset;
  readonly end: FileOffset;
  readonly document: DocumentAnalysis;
}

export interface FileReading extends PiecedText {
  readonly parts: readonly ReadPart[];
}

/**
 * Reads one document. Pure: what is not known yet shows as pending or not looked up.
 * @param textOf gives the document's text, for what its analysis does not say
 */
export function readDocument(
  document: DocumentAnalysis,
  context: ReadingContext,
  textOf: () => string,
): DocumentReading {
  const templateOf = templateFinder(textOf);
  const states = usesOf(document, context).flatMap((use) => statesOf(use, context, templateOf));
  return { states, findings: documentFindings(document, states, context) };
}

/** The state of a use; none where kustomizations make nothing of it that concerns Knative. */
function statesOf(use: ImageUse, context: ReadingContext, templateOf: TemplateOf): ImageState[] {
  const { skipList, known, fates, settings } = context;
  if (use.followsKserveDefault === true && isKserveRawByDefault(context.facts)) {
    if (!settings.kubernetesWorkloads) return [];
    return [
      imageState({ ...use, platform: "knative", role: "kubernetes-workload" }, skipList, known),
    ];
  }
  const found = fates?.get(fateKey(use));
  const fate = found ?? (use.role === "kustomize" ? unknownReach : undefined);
  if (fate?.kind === "brought") return [];
  if (fate?.kind === "included") {
    return [imageState({ ...use, appliedAs: fate.as }, skipList, known, { fate })];
  }
  if (fate?.kind !== "reaches") return [imageState(use, skipList, known, { fate, templateOf })];
  return reachingStates(use, fate, context);
}

/** The state of what a patch or an entry writes. */
function reachingStates(
  use: ImageUse,
  fate: Extract<KustomizeFate, { readonly kind: "reaches" }>,
  { skipList, known, settings }: ReadingContext,
): ImageState[] {
  const { reach, as: appliedAs } = fate;
  // Its own kind says what a patch is for, where it has one.
  if (use.role !== "kustomize") {
    return [imageState(appliedAs === undefined ? use : { ...use, appliedAs }, skipList, known)];
  }
  switch (reach.kind) {
    case "knative": {
      const { role, image } = reach;
      const reference =
        use.keepsVersion === true && image !== undefined ? readImage(image) : undefined;
      const written = { ...use, role, ...(reference && { reference }) };
      return [imageState(written, skipList, known, { fate })];
    }
    case "workloads": {
      const workload = { ...use, role: "kubernetes-workload" as const };
      return settings.kubernetesWorkloads ? [imageState(workload, skipList, known, { fate })] : [];
    }
    case "nothing":
      return [];
    case "unknown":
      return [imageState(use, skipList, known, { fate })];
  }
}

/** The uses of a document in its order: those that stand there, and those that templates make of its values. */
function usesOf(
  { images, chart }: DocumentAnalysis,
  { joined }: ReadingContext,
): readonly ImageUse[] {
  const values = chart?.parts.values;
  if (values === undefined || joined.length === 0) return images;
  // Of a file with several documents they stand in one.
  const scalars = new Set([...values.values()].map(({ scalar }) => scalar));
  const own = joined.filter(({ parts }) => parts.some(({ scalar }) => scalars.has(scalar)));
  return [...images, ...own].sort((a, b) => placeOf(a).start - placeOf(b).start);
}

/**
 * Reads a file.
 * @param read reads one document; a caller that keeps readings gives those it has.
 * @param last an earlier reading of it under the same circumstances: what it says of the same documents holds.
 */
export function readFile(
  analysis: FileAnalysis,
  read: (document: DocumentAnalysis, textOf: () => string) => DocumentReading,
  last?: FileReading,
): FileReading {
  return {
    text: analysis.text,
    pieces: analysis.pieces,
    // Written out: a large file has thousands, and every keystroke makes them again.
    parts: analysis.parts.map(({ start, end, document }, index) => {
      const before = last?.parts[index];
      const isSame = before?.document === document;
      if (isSame && before.start === start) return before;
      const { states, findings } = isSame
        ? before
        : read(document, () => sliceOf(analysis, start, end));
      return { start, end, document, states, findings };
    }),
  };
}

/** An image use, and where it stands in its file. */
export interface PlacedState {
  readonly state: ImageState;
  /** The part that a pin writes, with its quotes; for an alias, where the alias stands. */
  readonly place: FileSpan;
  /** The same without quotes. */
  readonly span: FileSpan;
  /** Where its YAML document begins, and the document's text: what edits are made of. */
  readonly start: FileOffset;
  readonly text: string;
  /** Whether a comment says to leave it as it is: whatever changes many images passes over it. */
  readonly isIgnored: boolean;
}

/** All uses of a file in its order. */
export function placedStates(reading: FileReading): PlacedState[] {
  return reading.parts.flatMap((part) => placedStatesOf(reading, part));
}

/** The uses of those documents of a file that a span touches, in the file's order. */
export function placedStatesAround(reading: FileReading, span: FileSpan): PlacedState[] {
  return reading.parts
    .filter((part) => touches(part, span))
    .flatMap((part) => placedStatesOf(reading, part));
}

/** The uses of one of its documents. */
export function placedStatesOf(reading: FileReading, part: ReadPart): PlacedState[] {
  return part.states.map((state) => placed(reading, part, state));
}

/** The uses without those at the place of an earlier one: an aliased mapping brings its image once more. */
export function onePerPlace(placed: readonly PlacedState[]): PlacedState[] {
  const byPlace = new Map<FileOffset, PlacedState>();
  for (const each of placed) {
    if (!byPlace.has(each.place.start)) byPlace.set(each.place.start, each);
  }
  return [...byPlace.values()];
}

/** The use at an offset of the file; undefined if none stands there. */
export function stateAt(reading: FileReading, offset: FileOffset): PlacedState | undefined {
  const part = partAt(reading, offset);
  if (part === undefined) return undefined;
  const at = inDocument(offset, part.start);
  const state = part.states.find(({ use }) => standsAt(use, { start: at, end: at }));
  return state === undefined ? undefined : placed(reading, part, state);
}

/** Whether a part of the image stands at a place of the file, or touches it. */
export function isAt({ state, start }: PlacedState, span: FileSpan): boolean {
  return standsAt(state.use, spanInDocument(span, start));
}

/** A finding, and where it stands in its file. */
export interface FileFinding {
  readonly finding: Finding;
  readonly span: FileSpan;
  readonly part: ReadPart;
}

/** All findings of a file in its order. */
export function fileFindings({ parts }: FileReading): FileFinding[] {
  const found: FileFinding[] = [];
  for (const part of parts) {
    for (const finding of part.findings) {
      found.push({ finding, span: spanInFile(finding.span, part.start), part });
    }
  }
  return found;
}

/** The changes that a fix makes in the file of its finding. */
export function fixChanges({ part }: FileFinding, fix: Fix): FileChange[] {
  return fix.changes.map((change) => spanInFile(change, part.start));
}

/** The YAML document at an offset of the file. */
export function partAt(reading: FileReading, offset: FileOffset): ReadPart | undefined {
  return reading.parts.find(({ start, end }) => offset >= start && offset <= end);
}

function placed(reading: FileReading, part: ReadPart, state: ImageState): PlacedState {
  const { start, end, document } = part;
  const isIgnored = document.ignores.some(({ covers }) => standsAt(state.use, covers));
  const place = spanInFile(placeOf(state.use), start);
  const span = spanInFile(spanOf(state.use), start);
  return {
    ...{ state, place, span, start, isIgnored },
    // Few of those that are placed are edited.
    get text() {
      return sliceOf(reading, start, end);
    },
  };
}
