// Asks for the images of open documents once the typing has paused: a keystroke itself asks nothing.

import type { TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { FileSpan } from "../../document/span.ts";
import type { Clock } from "../../environment.ts";
import { tagsOfMovedPins, questionsOf, type ImageState } from "../../findings/imageState.ts";
import { placedStatesAround, type FileReading } from "../../findings/reading.ts";
import type { DocumentStore } from "./documentStore.ts";
import type { Answers } from "../outside.ts";

export interface Prefetcher {
  /** The document was opened: its images are asked for at once. */
  opened(uri: string): void;
  /** The document was typed in just now. */
  typed(uri: string): void;
  /** The document changed: its images are asked for when it has been quiet. */
  changed(uri: string): void;
  /** The user sees this part of the document: its images come first. */
  seen(uri: string, span: FileSpan): void;
  /** The images that the user sees; all of the document where the client says of none that it is seen. */
  inSight(uri: string): readonly ImageState[];
  closed(uri: string): void;
  /** Whether somebody types in the document: it has not been quiet since the last key. */
  isTyping(uri: string): boolean;
  /** Settings, trust or answers changed: all open documents are looked at again. */
  again(): void;
  dispose(): void;
}

/** How long a document must be quiet, in milliseconds. */
const quietMs = 500;
/** References of one document that are asked for by themselves; the rest on demand. */
export const maxReferences = 200;

export function createPrefetcher(options: {
  readonly answers: Answers;
  readonly clock: Clock;
  readonly documents: TextDocuments<TextDocument>;
  readonly store: DocumentStore;
}): Prefetcher {
  const { answers, clock, documents, store } = options;
  const timers = new Map<string, () => void>();
  const visible = new Map<string, FileSpan>();
  const typed = new Set<string>();

  function ask(uri: string): void {
    timers.delete(uri);
    typed.delete(uri);
    const document = documents.get(uri);
    const reading = document === undefined ? undefined : store.readingIfReady(document);
    if (reading === undefined) return;
    const all = allStates(reading);
    answers.prefetch(questionsOf(seenStates(reading, visible.get(uri)), maxReferences), "visible");
    answers.prefetch(questionsOf(all, maxReferences), "rest");
    for (const key of tagsOfMovedPins(all)) {
      void answers.prefetchDetails(key);
    }
  }
  function later(uri: string, milliseconds: number): void {
    timers.get(uri)?.();
    timers.set(
      uri,
      clock.schedule(milliseconds, () => {
        ask(uri);
      }),
    );
  }
  return {
    opened: (uri) => {
      later(uri, 0);
    },
    typed: (uri) => {
      typed.add(uri);
    },
    changed: (uri) => {
      later(uri, quietMs);
    },
    isTyping: (uri) => typed.has(uri),
    inSight(uri) {
      const document = documents.get(uri);
      const reading = document === undefined ? undefined : store.readingIfReady(document);
      if (reading === undefined) return [];
      const span = visible.get(uri);
      const seen = span === undefined ? allStates(reading) : seenStates(reading, span);
      return seen.slice(0, maxReferences);
    },
    seen(uri, span) {
      visible.set(uri, span);
      if (!timers.has(uri)) later(uri, quietMs);
    },
    closed(uri) {
      timers.get(uri)?.();
      timers.delete(uri);
      visible.delete(uri);
      typed.delete(uri);
    },
    again() {
      for (const { uri } of documents.all()) if (!timers.has(uri)) later(uri, 0);
    },
    dispose() {
      for (const cancel of timers.values()) cancel();
    },
  };
}

function allStates({ parts }: FileReading): ImageState[] {
  return parts.flatMap(({ states }) => states);
}

/** The images whose place begins in a span. */
function seenStates(reading: FileReading, span: FileSpan | undefined): ImageState[] {
  if (span === undefined) return [];
  return placedStatesAround(reading, span).flatMap(({ state, place: { start } }) =>
    start >= span.start && start <= span.end ? [state] : [],
  );
}
