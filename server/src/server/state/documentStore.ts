// What is read from documents with all that is known: of open ones as they are now, of others from the workspace's index.

import type { TextDocument } from "vscode-languageserver-textdocument";
import type { DocumentAnalysis, FileAnalysis, ImageUse } from "../../document/analysis.ts";
import { analysisOptions } from "../../document/analysisOptions.ts";
import { sliceOf } from "../../document/yaml/piecedText.ts";
import type { ReadElsewhere } from "../../document/documentAnalysis.ts";
import { allAtOnce, type Pause } from "../../document/steps.ts";
import type { Clock } from "../../environment.ts";
import type { Known } from "../../findings/imageState.ts";
import {
  readDocument,
  readFile,
  type DocumentReading,
  type FileReading,
} from "../../findings/reading.ts";
import type { Settings } from "../../settings.ts";
import { effectiveSkipList, type SkipList } from "../../workspace/effectiveSkipList.ts";
import { locateIntentions, type LocatedIntention } from "../../workspace/intentions.ts";
import type { FileFates } from "../../workspace/kustomize/fate.ts";
import type { WorkspaceFacts } from "../../workspace/workspaceFacts.ts";
import type { WorkspaceIndex } from "../../workspace/workspaceIndex.ts";
import { canonicalUri, createOpenAnalyses, type AnalysisContext } from "./openAnalyses.ts";
import type { PinnedTags } from "./pinnedTags.ts";
import { createPreparation } from "./preparation.ts";

/** Inputs of readings other than the documents. */
export interface Surroundings extends AnalysisContext {
  readonly known: Known;
  /** Grows with each answer of a registry. */
  generation(): number;
  /** The cluster's skip list, if it was asked for and answered. */
  cluster(): readonly string[] | undefined;
  readonly clock: Pick<Clock, "monotonic" | "schedule">;
  /** Reads long documents, so that nothing waits for them; without it they are read in one step. */
  readonly elsewhere?: ReadElsewhere | undefined;
  /** Is called when a document that was read in slices is ready. */
  readInSlices(): void;
}

export interface DocumentStore {
  /** Reads an open document's text again where it changed. @returns whether others depend on what changed. */
  update(document: TextDocument): Promise<boolean>;
  /**
   * Makes everything that `reading` needs: at once if that is little, else in slices, so that requests get their turn.
   * @returns undefined if it is made
   */
  prepare(document: TextDocument): Promise<void> | undefined;
  close(uri: string): void;
  isOpen(uri: string): boolean;
  /** Everything known of an open document now; undefined if it is none of ours or switched off. */
  reading(document: TextDocument): FileReading | undefined;
  /** The same for views that can wait: undefined, too, while the document is read in slices. */
  readingIfReady(document: TextDocument): FileReading | undefined;
  /** The same for a file that is not open, from its analysis in the workspace. */
  readingOf(uri: string, analysis: FileAnalysis): FileReading;
  skipList(uri: string): SkipList;
}

/** The readings that hold as long as nothing around the documents changes. */
interface Kept {
  readonly settings: Settings;
  readonly facts: WorkspaceFacts;
  readonly generation: number;
  readonly skipList: SkipList;
  readonly intentions: readonly LocatedIntention[];
  readonly cluster: readonly string[] | undefined;
  readonly fates: FileFates | undefined;
  /** Images that templates make of the file's values. */
  readonly joined: readonly ImageUse[];
  readonly readings: WeakMap<DocumentAnalysis, DocumentReading>;
  /** Of the whole file: several views ask for it between two keys. */
  file: { readonly analysis: FileAnalysis; readonly reading: FileReading } | undefined;
}

export function createDocumentStore(index: WorkspaceIndex, around: Surroundings): DocumentStore {
  const open = createOpenAnalyses(index, around);
  /** Of open documents, until they are closed. */
  const kept = new Map<string, Kept>();
  /** Of files that are not open: each ends with its analysis, which the workspace's index alone keeps alive. */
  const closed = new WeakMap<FileAnalysis, Kept>();
  const preparation = createPreparation({
    clock: around.clock,
    stepsOf: readingSteps,
    ready: () => {
      around.readInSlices();
    },
  });

  function surroundings(uri: string, before: Kept | undefined): Kept {
    const [settings, facts] = [around.settings(uri), index.facts()];
    const [generation, cluster] = [around.generation(), around.cluster()];
    const same =
      before?.settings === settings && before.facts === facts && before.cluster === cluster;
    if (same && before.generation === generation) return before;
    const file = canonicalUri(uri);
    const skipList = same
      ? before.skipList
      : effectiveSkipList({ uri: file, facts, setting: settings.skipRegistries, cluster });
    const intentions = same ? before.intentions : locateIntentions(facts, settings.knativeVersion);
    return {
      ...{ settings, facts, generation, cluster, skipList, intentions },
      joined: facts.charts.images.get(file) ?? [],
      fates: facts.kustomize.get(file),
      readings: new WeakMap(),
      file: undefined,
    };
  }
  /** What surrounds a file now; of an open document it is kept. */
  function surroundingsOf(uri: string): Kept {
    const now = surroundings(uri, kept.get(uri));
    if (open.has(uri)) kept.set(uri, now);
    return now;
  }
  /** Reads a document in steps, so that `reading` finds everything read. */
  function* readingSteps(document: TextDocument, isWanted: () => boolean): Generator<Pause, void> {
    const analysis = yield* open.analyze(document, isWanted, around.elsewhere);
    if (analysis === undefined) return;
    const now = surroundingsOf(document.uri);
    // What changed since the last reading under these circumstances is little.
    if (now.file !== undefined) return;
    const readOne = readerOf(now, knownOf(around, open.pins(document.uri)));
    for (const part of analysis.parts) {
      readOne(part.document, () => sliceOf(analysis, part.start, part.end));
      yield;
    }
  }
  function reading(document: TextDocument): FileReading | undefined {
    if (!isOurs(document, around)) return undefined;
    const analysis = allAtOnce(open.analyze(document, () => true));
    if (analysis === undefined) return undefined;
    const known = knownOf(around, open.pins(document.uri));
    return read(analysis, surroundingsOf(document.uri), known);
  }
  return {
    async update(document) {
      const before = index.facts();
      await preparation.prepare(document);
      return index.facts() !== before;
    },
    prepare: (document) => (isOurs(document, around) ? preparation.prepare(document) : undefined),
    close(uri) {
      preparation.end(uri);
      open.close(uri);
      kept.delete(uri);
    },
    isOpen: (uri) => open.has(uri) || preparation.isUnderWay(uri) || open.hasCanonical(uri),
    reading,
    readingIfReady: (document) =>
      preparation.isUnderWay(document.uri) ? undefined : reading(document),
    readingOf(uri, analysis) {
      const now = surroundings(uri, closed.get(analysis));
      closed.set(analysis, now);
      return read(analysis, now, around.known);
    },
    skipList: (uri) => surroundingsOf(uri).skipList,
  };
}

function knownOf({ known }: Surroundings, pins: PinnedTags | undefined): Known {
  return pins === undefined ? known : { ...known, ...pins };
}

/** Reads documents, each once as long as nothing around it changes. */
function readerOf(
  context: Kept,
  known: Known,
): (document: DocumentAnalysis, textOf: () => string) => DocumentReading {
  const { readings } = context;
  return (document, textOf) => {
    const reading = readings.get(document) ?? readDocument(document, { ...context, known }, textOf);
    readings.set(document, reading);
    return reading;
  };
}

function read(analysis: FileAnalysis, now: Kept, known: Known): FileReading {
  if (now.file?.analysis === analysis) return now.file.reading;
  const reading = readFile(analysis, readerOf(now, known), now.file?.reading);
  now.file = { analysis, reading };
  return reading;
}

/**
 * Whether a document is one that Knative could read, and that the settings include. Other editors name YAML in many ways,
 * so only what belongs to another tool is left out: Compose files, and Helm's templates that lie in no chart.
 */
function isOurs({ languageId, uri }: TextDocument, around: Surroundings): boolean {
  const settings = around.settings(uri);
  if (!settings.enable) return false;
  if (/helm/i.test(languageId)) return analysisOptions(uri, settings).chartFile !== undefined;
  return !/compose|dockerfile/i.test(languageId);
}
