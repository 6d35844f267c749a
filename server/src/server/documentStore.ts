// The open documents: their analyses by version, and what is read from them with all that is known.

import type { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import type { DocumentAnalysis, FileAnalysis, ImageUse } from "../document/analysis.ts";
import { type AnalysisOptions, analysisOptions } from "../document/analysisOptions.ts";
import { analyzeFile } from "../document/documentAnalysis.ts";
import { fileText, isSameText, type FileText } from "../document/fileText.ts";
import type { Known } from "../findings/imageState.ts";
import {
  readDocument,
  readFile,
  type DocumentReading,
  type FileReading,
} from "../findings/reading.ts";
import type { Settings } from "../settings.ts";
import { effectiveSkipList, type SkipList } from "../workspace/effectiveSkipList.ts";
import { locateIntentions, type LocatedIntention } from "../workspace/intentions.ts";
import type { FileFates } from "../workspace/kustomize/fate.ts";
import type { WorkspaceFacts } from "../workspace/workspaceFacts.ts";
import type { WorkspaceIndex } from "../workspace/workspaceIndex.ts";
import { contentOf } from "./editedDocument.ts";
import { createPinnedTags, type PinnedTags } from "./pinnedTags.ts";

/** Inputs of readings other than the documents. */
export interface Surroundings {
  settings(uri: string): Settings;
  /** Whether the settings leave a file out. */
  isExcluded(uri: string): boolean;
  readonly known: Known;
  /** Grows with each answer of a registry. */
  generation(): number;
  /** The cluster's skip list, if it was asked for and answered. */
  cluster(): readonly string[] | undefined;
}

export interface DocumentStore {
  /** Reads an open document's text again where it changed. @returns whether others depend on what changed. */
  update(document: TextDocument): boolean;
  close(uri: string): void;
  isOpen(uri: string): boolean;
  /** Everything known of an open document now; undefined if it is none of ours or switched off. */
  reading(document: TextDocument): FileReading | undefined;
  /** The same for a file that is not open, from its analysis in the workspace. */
  readingOf(uri: string, analysis: FileAnalysis): FileReading;
  skipList(uri: string): SkipList;
}

/** Longer texts count as empty: they are not manifests, and reading them would delay everything else. */
export const maxLength = 20_000_000;

interface OpenDocument {
  readonly options: AnalysisOptions;
  readonly analysis: FileAnalysis;
  /** Its URI as the scan of the workspace writes it. */
  readonly canonical: string;
  readonly pins: PinnedTags;
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
  const open = new Map<string, OpenDocument>();
  /** Of open documents, until they are closed. */
  const kept = new Map<string, Kept>();
  /** Of files that are not open: each ends with its analysis, which the workspace's index alone keeps alive. */
  const closed = new WeakMap<FileAnalysis, Kept>();

  function analysisOf(document: TextDocument): FileAnalysis {
    const before = open.get(document.uri);
    const options = analysisOptions(document.uri, around.settings(document.uri));
    const same = before !== undefined && sameOptions(before.options, options);
    const text = readText(document, around);
    // Not its version: some clients count those wrongly.
    if (same && isSameText(before.analysis, text)) return before.analysis;
    const analysis = analyzeFile(text, options, same ? before.analysis : undefined);
    const canonical = before?.canonical ?? canonicalUri(document.uri);
    const pins = before?.pins ?? createPinnedTags();
    pins.note(analysis);
    open.set(document.uri, { options, analysis, canonical, pins });
    // Clients escape addresses in different ways: the file is not to be known twice.
    if (before === undefined && canonical !== document.uri) index.set(canonical, undefined);
    index.set(document.uri, analysis);
    return analysis;
  }
  function surroundings(uri: string, before: Kept | undefined): Kept {
    const [settings, facts] = [around.settings(uri), index.facts()];
    const [generation, cluster] = [around.generation(), around.cluster()];
    const same =
      before?.settings === settings && before.facts === facts && before.cluster === cluster;
    if (same && before.generation === generation) return before;
    const skipList = same
      ? before.skipList
      : effectiveSkipList({ uri, facts, setting: settings.skipRegistries, cluster });
    const intentions = same ? before.intentions : locateIntentions(facts, settings.knativeVersion);
    return {
      ...{ settings, facts, generation, cluster, skipList, intentions },
      joined: facts.charts.images.get(uri) ?? [],
      fates: facts.kustomize.get(uri),
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
  function read(analysis: FileAnalysis, now: Kept, pins?: PinnedTags): FileReading {
    if (now.file?.analysis === analysis) return now.file.reading;
    const { file: last, readings, ...context } = now;
    const known: Known = pins === undefined ? around.known : { ...around.known, ...pins };
    const readOne = (document: DocumentAnalysis, textOf: () => string): DocumentReading => {
      const reading =
        readings.get(document) ?? readDocument(document, { ...context, known }, textOf);
      readings.set(document, reading);
      return reading;
    };
    const reading = readFile(analysis, readOne, last?.reading);
    now.file = { analysis, reading };
    return reading;
  }
  return {
    update(document) {
      const before = index.facts();
      analysisOf(document);
      return index.facts() !== before;
    },
    close(uri) {
      open.delete(uri);
      kept.delete(uri);
    },
    isOpen: (uri) => open.has(uri) || hasCanonical([...open.values()], canonicalUri(uri)),
    reading(document) {
      if (!isOurs(document, around.settings(document.uri))) return undefined;
      const analysis = analysisOf(document);
      return read(analysis, surroundingsOf(document.uri), open.get(document.uri)?.pins);
    },
    readingOf(uri, analysis) {
      const now = surroundings(uri, closed.get(analysis));
      closed.set(analysis, now);
      return read(analysis, now);
    },
    skipList: (uri) => surroundingsOf(uri).skipList,
  };
}

/** What is read of a document: nothing if the settings leave it out, or if it is too long. */
function readText(document: TextDocument, { isExcluded }: Surroundings): FileText {
  const all = contentOf(document);
  const isRead = all.text.length <= maxLength && !isExcluded(canonicalUri(document.uri));
  return isRead ? all : fileText("");
}

function hasCanonical(open: readonly OpenDocument[], wanted: string): boolean {
  return open.some(({ canonical }) => canonical === wanted);
}

function sameOptions(a: AnalysisOptions, b: AnalysisOptions): boolean {
  return (
    a.fileName === b.fileName &&
    a.chartFile === b.chartFile &&
    a.kubernetesWorkloads === b.kubernetesWorkloads &&
    a.grammar === b.grammar
  );
}

/**
 * Whether a document is one that Knative could read, and the user wants it read. Other editors name YAML in many ways, so only
 * what belongs to another tool is left out: Compose files, and Helm's templates that lie in no chart.
 */
function isOurs({ languageId, uri }: TextDocument, settings: Settings): boolean {
  if (!settings.enable) return false;
  if (/helm/i.test(languageId)) return analysisOptions(uri, settings).chartFile !== undefined;
  return !/compose|dockerfile/i.test(languageId);
}

/** A file's URI as the scan of the workspace writes it; any other as it is. */
export function canonicalUri(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  try {
    return URI.parse(uri).toString();
  } catch {
    // Such as `file:////host/share`: no file of the workspace has that name.
    return uri;
  }
}
