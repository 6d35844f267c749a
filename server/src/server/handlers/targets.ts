// What a command is about: one image, a file's images, or the workspace's.

import { TextDocument } from "vscode-languageserver-textdocument";
import {
  placedStates,
  stateAt,
  type FileReading,
  type PlacedState,
} from "../../findings/reading.ts";
import { offsetOf } from "../convert.ts";
import type { CommandTarget } from "../../protocol.ts";
import type { Session } from "../state/session.ts";
import { createSlices } from "../slices.ts";

/** A file with what is known of it now. */
export interface TargetFile {
  readonly document: TextDocument;
  /** Null for a file that is not open. */
  readonly version: number | null;
  readonly reading: FileReading;
}

/** The files that a command is about, open ones as the editor has them. */
export function targetFiles(session: Session, { uri }: CommandTarget): TargetFile[] {
  const { documents, index, store } = session;
  const open = documents
    .all()
    .filter((document) => uri === undefined || document.uri === uri)
    .flatMap((document): TargetFile[] => {
      const reading = store.reading(document);
      return reading === undefined ? [] : [{ document, version: document.version, reading }];
    });
  const closed = index
    .files()
    .filter((file) => !store.isOpen(file.uri) && (uri === undefined || file.uri === uri))
    .map(({ uri: file, analysis }): TargetFile => ({
      document: TextDocument.create(file, "yaml", 0, analysis.text),
      version: null,
      reading: store.readingOf(file, analysis),
    }));
  return [...open, ...closed];
}

/**
 * Reads the files that a command is about in slices, so that requests get their turn: of those that are read by then
 * `targetFiles` costs little.
 */
export async function prepareTargets(session: Session, { uri }: CommandTarget): Promise<void> {
  const { documents, index, outside, store } = session;
  const isMeant = (file: string): boolean => uri === undefined || file === uri;
  for (const document of documents.all()) {
    if (isMeant(document.uri)) await store.prepare(document);
  }
  const slices = createSlices(outside.clock);
  for (const file of index.files()) {
    if (!isMeant(file.uri) || store.isOpen(file.uri)) continue;
    // What changes meanwhile is read again where it is needed.
    store.readingOf(file.uri, file.analysis);
    await slices.turn();
  }
}

/** The images of a file that a command is about. */
export function targetStates(file: TargetFile, { position }: CommandTarget): PlacedState[] {
  if (position === undefined) return placedStates(file.reading);
  const placed = stateAt(file.reading, offsetOf(file.document, position));
  return placed === undefined ? [] : [placed];
}

/** The images of all files that a command is about. */
export function targetedStates(session: Session, target: CommandTarget): PlacedState[] {
  return targetFiles(session, target).flatMap((file) => targetStates(file, target));
}
