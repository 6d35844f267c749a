// The analyses of open documents: each of the text that its document has now.

import type { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import type { FileAnalysis } from "../../document/analysis.ts";
import { type AnalysisOptions, analysisOptions } from "../../document/analysisOptions.ts";
import { analyzeInSteps, type ReadElsewhere } from "../../document/documentAnalysis.ts";
import type { Pause } from "../../document/steps.ts";
import { isSameText, piecedText, type PiecedText } from "../../document/yaml/piecedText.ts";
import type { Settings } from "../../settings.ts";
import type { WorkspaceIndex } from "../../workspace/workspaceIndex.ts";
import { contentOf } from "./editedDocument.ts";
import { createPinnedTags, type PinnedTags } from "./pinnedTags.ts";

export interface OpenAnalyses {
  /**
   * Analyzes a document in steps until what it says now is analyzed, and tells the index.
   * @param isWanted whether the document is not closed; the result is undefined if it is
   * @param elsewhere reads what would take long; without it no step must be waited for
   */
  analyze(
    document: TextDocument,
    isWanted: () => boolean,
    elsewhere?: ReadElsewhere,
  ): Generator<Pause, FileAnalysis | undefined>;
  /** The tags that an open document's pins were written with. */
  pins(uri: string): PinnedTags | undefined;
  close(uri: string): void;
  has(uri: string): boolean;
  /** Whether a document is open whose URI the scan of the workspace writes like this one. */
  hasCanonical(uri: string): boolean;
}

/** What analyses depend on besides the text. */
export interface AnalysisContext {
  settings(uri: string): Settings;
  /** Whether the settings leave a file out. */
  isExcluded(uri: string): boolean;
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

/** No analyses; each lives until its document is closed. */
export function createOpenAnalyses(index: WorkspaceIndex, context: AnalysisContext): OpenAnalyses {
  const open = new Map<string, OpenDocument>();

  function take(uri: string, options: AnalysisOptions, analysis: FileAnalysis): void {
    const before = open.get(uri);
    const canonical = before?.canonical ?? canonicalUri(uri);
    const pins = before?.pins ?? createPinnedTags();
    pins.note(analysis);
    open.set(uri, { options, analysis, canonical, pins });
    // Clients escape addresses in different ways: to the index each file has one, by which files are joined.
    index.set(canonical, analysis);
  }
  return {
    *analyze(document, isWanted, elsewhere) {
      const { uri } = document;
      while (isWanted()) {
        const before = open.get(uri);
        const options = analysisOptions(uri, context.settings(uri));
        const same = before !== undefined && sameOptions(before.options, options);
        const text = readText(document, context);
        // Not its version: some clients count those wrongly.
        if (same && isSameText(before.analysis, text)) return before.analysis;
        const previous = same ? before.analysis : undefined;
        const analysis = yield* analyzeInSteps(text, options, { previous, elsewhere });
        // Between two steps it may have been changed, analyzed by others, or closed.
        if (!isSameText(readText(document, context), text) || open.get(uri) !== before) continue;
        if (!isWanted()) return undefined;
        take(uri, options, analysis);
        return analysis;
      }
      return undefined;
    },
    pins: (uri) => open.get(uri)?.pins,
    close: (uri) => void open.delete(uri),
    has: (uri) => open.has(uri),
    hasCanonical(uri) {
      const wanted = canonicalUri(uri);
      return [...open.values()].some(({ canonical }) => canonical === wanted);
    },
  };
}

function sameOptions(a: AnalysisOptions, b: AnalysisOptions): boolean {
  return (
    a.fileName === b.fileName &&
    a.chartFile === b.chartFile &&
    a.kubernetesWorkloads === b.kubernetesWorkloads &&
    a.grammar === b.grammar
  );
}

/** What is read of a document: nothing if the settings leave it out, or if it is too long. */
function readText(document: TextDocument, { isExcluded }: AnalysisContext): PiecedText {
  const all = contentOf(document);
  const isRead = all.text.length <= maxLength && !isExcluded(canonicalUri(document.uri));
  return isRead ? all : piecedText("");
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
