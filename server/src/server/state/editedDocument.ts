// A document that is open in the editor, kept in pieces: the library's own copies all of a large text for each key.

import type {
  Position,
  Range,
  TextDocument,
  TextDocumentContentChangeEvent,
} from "vscode-languageserver-textdocument";
import { piecedText, joined, sliceOf, type PiecedText } from "../../document/yaml/piecedText.ts";

/** A document as the library has it, and its text in pieces. */
export interface EditedDocument extends TextDocument {
  readonly content: PiecedText;
  /** Makes the changes, each in the text that the one before left. */
  change(changes: readonly TextDocumentContentChangeEvent[], version: number): void;
}

/** Makes and changes documents for the library that receives them. */
export const editedDocuments = {
  create: createEditedDocument,
  update(
    document: EditedDocument,
    changes: readonly TextDocumentContentChangeEvent[],
    version: number,
  ): EditedDocument {
    document.change(changes, version);
    return document;
  },
};

/** The text of a document; one of the library's own has one piece. */
export function contentOf(document: TextDocument | EditedDocument): PiecedText {
  return "content" in document ? document.content : piecedText(document.getText());
}

/** Pieces have at least this many characters when they are cut: a key costs one of them, and a look at how many there are. */
const pieceLength = 16_384;

/** All pieces but the last end with a line feed, and the last does not: so no line and no line's end lies in two of them. */
interface Piece {
  readonly text: string;
  /** Where its lines begin; made when a place is first looked for. */
  starts?: readonly number[];
}

/** A piece, and what stands before it. */
interface PlacedPiece {
  readonly piece: Piece;
  readonly starts: readonly number[];
  readonly offset: number;
  readonly line: number;
}

/** Makes a document that answers as the library's would (`test/unit/server/editedDocument.test.ts`). */
function createEditedDocument(
  uri: string,
  languageId: string,
  version: number,
  text: string,
): EditedDocument {
  let pieces: readonly Piece[] = cut(text);
  let content: PiecedText | undefined = { text, pieces: pieces.map((piece) => piece.text) };
  let table: readonly PlacedPiece[] | undefined;
  let current = version;

  function placed(): readonly PlacedPiece[] {
    table ??= place(pieces);
    return table;
  }
  function contentNow(): PiecedText {
    content ??= joined(pieces.map((piece) => piece.text));
    return content;
  }
  function replace(start: number, end: number, inserted: string): void {
    pieces = replaced(pieces, { start, end, inserted });
    content = undefined;
    table = undefined;
  }
  const offsetAt = (position: Position): number => offsetIn(placed(), position);
  const positionAt = (offset: number): Position => positionIn(placed(), offset);
  const lineCount = (): number => {
    const last = placed().at(-1);
    return last === undefined ? 1 : last.line + last.starts.length;
  };
  const offsetsOf = (range: Range): readonly [start: number, end: number] => {
    const [one, other] = [offsetAt(range.start), offsetAt(range.end)];
    return [Math.min(one, other), Math.max(one, other)];
  };
  return {
    uri,
    languageId,
    get version() {
      return current;
    },
    get content() {
      return contentNow();
    },
    get lineCount() {
      return lineCount();
    },
    getText(range) {
      return range === undefined ? contentNow().text : sliceOf(contentNow(), ...offsetsOf(range));
    },
    positionAt,
    offsetAt,
    getLineRange(wanted) {
      const line = Math.min(Math.max(wanted, 0), lineCount() - 1);
      const start = { line, character: 0 };
      const end = wanted < 0 ? start : positionAt(offsetAt({ line, character: Infinity }));
      return { start, end };
    },
    getEOLCharacters(line) {
      if (line < 0) return "";
      const end = offsetAt({ line, character: Infinity });
      return sliceOf(contentNow(), end, offsetAt({ line: line + 1, character: 0 }));
    },
    change(changes, newVersion) {
      for (const change of changes) {
        if ("range" in change) {
          const [start, end] = offsetsOf(change.range);
          replace(start, end, change.text);
        } else {
          pieces = cut(change.text);
          content = { text: change.text, pieces: pieces.map((piece) => piece.text) };
          table = undefined;
        }
      }
      current = newVersion;
    },
  };
}

/** Cuts a text behind line feeds. */
function cut(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  while (start < text.length) {
    const isLong = text.length - start > 2 * pieceLength;
    const feed = isLong ? text.indexOf("\n", start + pieceLength) : text.lastIndexOf("\n");
    const end = feed < start ? text.length : feed + 1;
    pieces.push({ text: text.slice(start, end) });
    start = end;
  }
  return pieces.at(-1)?.text.endsWith("\n") === false ? pieces : [...pieces, { text: "" }];
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly inserted: string;
}

/** The pieces after a change: those that it touches are made again, and all others are kept. */
function replaced(pieces: readonly Piece[], { start, end, inserted }: Replacement): Piece[] {
  let [first, offset] = [0, 0];
  for (
    let length = lengthAt(pieces, first);
    offset + length <= start && first < pieces.length - 1;
  ) {
    offset += length;
    first += 1;
    length = lengthAt(pieces, first);
  }
  let [last, lastOffset] = [first, offset];
  while (lastOffset + lengthAt(pieces, last) < end && last < pieces.length - 1) {
    lastOffset += lengthAt(pieces, last);
    last += 1;
  }
  let text =
    (pieces[first]?.text.slice(0, start - offset) ?? "") +
    inserted +
    (pieces[last]?.text.slice(end - lastOffset) ?? "");
  // What has lost its line's end goes on in the next piece.
  while (last < pieces.length - 1 && text !== "" && !text.endsWith("\n")) {
    last += 1;
    text += pieces[last]?.text ?? "";
  }
  const made = cut(text);
  const isLast = last === pieces.length - 1;
  return [
    ...pieces.slice(0, first),
    ...(isLast ? made : made.filter((piece) => piece.text !== "")),
    ...pieces.slice(last + 1),
  ];
}

function lengthAt(pieces: readonly Piece[], index: number): number {
  return pieces[index]?.text.length ?? 0;
}

function place(pieces: readonly Piece[]): PlacedPiece[] {
  let [offset, line] = [0, 0];
  return pieces.map((piece) => {
    const starts = (piece.starts ??= lineStarts(piece.text));
    const placed = { piece, starts, offset, line };
    offset += piece.text.length;
    line += starts.length;
    return placed;
  });
}

const carriageReturn = 13;
const lineFeed = 10;

/** Where the lines of a piece begin: a carriage return ends one, too. Behind its last line feed the next piece begins. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== lineFeed && code !== carriageReturn) continue;
    if (code === carriageReturn && text.charCodeAt(at + 1) === lineFeed) at += 1;
    if (at + 1 < text.length || text.charCodeAt(at) === carriageReturn) starts.push(at + 1);
  }
  return starts;
}

function positionIn(table: readonly PlacedPiece[], wanted: number): Position {
  const found = table[lastAt(table, (placed) => placed.offset <= wanted)];
  if (found === undefined) return { line: 0, character: 0 };
  const { piece, starts, offset, line } = found;
  const inside = Math.max(Math.min(wanted - offset, piece.text.length), 0);
  const index = lastAt(starts, (start) => start <= inside);
  const start = starts[index] ?? 0;
  return { line: line + index, character: beforeLineEnd(piece.text, inside, start) - start };
}

function offsetIn(table: readonly PlacedPiece[], { line, character }: Position): number {
  const found = table[lastAt(table, (placed) => placed.line <= line)];
  if (found === undefined || line < 0) return 0;
  const { piece, starts, offset } = found;
  const index = line - found.line;
  const start = starts[index];
  if (start === undefined) return offset + piece.text.length;
  const next = starts[index + 1] ?? piece.text.length;
  const at = Math.min(start + Math.max(character, 0), next);
  return offset + beforeLineEnd(piece.text, at, start);
}

/** A place inside a line's end is that before it. */
function beforeLineEnd(text: string, offset: number, lineStart: number): number {
  let at = offset;
  while (at > lineStart && isLineEnd(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function isLineEnd(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}

/** The index of the last item for which `isBefore` is true, which is true of all before it; 0 if there is none. */
function lastAt<Item>(items: readonly Item[], isBefore: (item: Item) => boolean): number {
  let [low, high] = [0, items.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const item = items[middle];
    if (item !== undefined && isBefore(item)) low = middle;
    else high = middle - 1;
  }
  return low;
}
