// Reads the plain block form of YAML, which nearly all manifests have, five times as fast as the library.
//
// The library needs about 0.3 ms for a manifest of 26 lines (0.17 once it is warm, seven times what is
// needed here), so that a file of a thousand would be shown too late. Whatever is not of the form below goes to the
// library: anchors, aliases, tags, flow collections with content, scalars of several lines, empty values, tabs. The
// text of a block scalar is read by the library once somebody asks for it.
// `test/unit/document/plainYaml.test.ts` holds both readings against each other.

import type { Span } from "../span.ts";
import { BlockScalar } from "./blockScalar.ts";
import {
  behindSpaces,
  blockEnd,
  contentOf,
  emptyCollection,
  endOfLine,
  hyphen,
  isBlockHeader,
  isSpaceOrEnd,
  readScalar,
  space,
} from "./plainLines.ts";
import { PlainList, PlainMap } from "./plainNodes.ts";
import type { YamlNode } from "./yamlDocument.ts";
import { maxNesting } from "./yamlTokens.ts";

/** A map or a sequence that may go on. */
interface Open {
  readonly column: number;
  readonly node: PlainMap | PlainList;
}

/** An entry or an item whose value is still to come. */
interface Waiting {
  /** Whether the value stands on the same line, and then in this column, or on lines deeper than it. */
  readonly isInline: boolean;
  readonly column: number;
  /** Whether a sequence may stand in the very column: below a key it may, below a dash not. */
  readonly takesLevelList: boolean;
  readonly take: (node: YamlNode) => void;
}

/** A block scalar whose header was read. */
interface Block {
  /** Where its header begins. */
  readonly start: number;
  /** The column that its lines stand behind. */
  readonly column: number;
  readonly take: (node: YamlNode) => void;
}

/** Lines that are read at most: each takes 3 to 5 µs and 200 bytes. A document of 20 MB as people write them has fewer. */
const maxLines = 1_000_000;

/** Block scalars that are read at most: each takes the library 50 µs once somebody asks for its text. */
const maxBlocks = 20_000;

/** A key that needs no quotes. */
const keyPattern = /[A-Za-z0-9_][A-Za-z0-9_./-]*:(?=[ \r\n]|$)/y;

/**
 * Reads one YAML document.
 * @returns its root; undefined if the document is not of the plain form, or is empty.
 */
export function readPlainYaml(text: string): YamlNode | undefined {
  const reader = new PlainReader(text);
  // A marker alone on the first line; directives, and content behind the marker, are for the library.
  let at = /^---(?:[ ]*|[ ]+#.*)(?:\r?\n|$)/.exec(text)?.[0].length ?? 0;
  for (let lines = 0; at < text.length; lines += 1) {
    if (lines > maxLines) return undefined;
    const lineEnd = endOfLine(text, at);
    let start = at;
    while (text.charCodeAt(start) === space) start += 1;
    const line = contentOf(text, start, lineEnd);
    if (line === undefined) return undefined;
    if (line.end > line.start && !reader.take(line, start - at)) return undefined;
    const block = reader.block;
    at = block === undefined ? lineEnd + 1 : reader.takeBlock(block, lineEnd + 1);
    if (at < 0) return undefined;
  }
  return reader.root();
}

class PlainReader {
  readonly #text: string;
  readonly #open: Open[] = [];
  #root: YamlNode | undefined;
  #waiting: Waiting | undefined;
  #block: Block | undefined;
  #blocks = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The block scalar whose lines are to come: what was taken last ends with its header. */
  get block(): Block | undefined {
    return this.#block;
  }

  /**
   * Takes the lines of a block scalar.
   * @param from where the line behind the header begins
   * @returns where the line behind the scalar begins; -1 if the scalar is not of the plain form
   */
  takeBlock({ start, column, take }: Block, from: number): number {
    this.#block = undefined;
    this.#blocks += 1;
    const end = this.#blocks > maxBlocks ? -1 : blockEnd(this.#text, from, column);
    if (end >= 0) take(new BlockScalar(this.#text, { start, end }));
    return end;
  }

  /** What was read; undefined while a value is missing. */
  root(): YamlNode | undefined {
    return this.#waiting === undefined && this.#block === undefined ? this.#root : undefined;
  }

  /** Takes a line's content that begins in a column. @returns whether it is of the plain form */
  take(line: Span, column: number): boolean {
    const text = this.#text;
    if (text.charCodeAt(line.start) === hyphen && isSpaceOrEnd(text, line.start + 1, line.end)) {
      return this.#takeItem(line, column);
    }
    keyPattern.lastIndex = line.start;
    const key = keyPattern.exec(text)?.[0];
    if (key !== undefined && line.start + key.length <= line.end) {
      return this.#takeEntry(line, column, line.start + key.length - 1);
    }
    // Only behind a dash a scalar stands alone; elsewhere it would go on with the line before.
    const waiting = this.#waiting;
    if (waiting?.isInline !== true) return false;
    this.#waiting = undefined;
    return this.#takeValue(line, waiting.take);
  }

  /** Takes a value that ends with its line, or the header of a block scalar. */
  #takeValue(line: Span, take: (node: YamlNode) => void): boolean {
    const text = this.#text;
    if (isBlockHeader(text, line)) {
      this.#block = { start: line.start, column: this.#open.at(-1)?.column ?? 0, take };
      return true;
    }
    const node = emptyCollection(text, line) ?? readScalar(text, line);
    if (node !== undefined) take(node);
    return node !== undefined;
  }

  #takeItem(line: Span, column: number): boolean {
    const list = this.#collection(column, PlainList, line.start);
    if (!(list instanceof PlainList)) return false;
    const start = behindSpaces(this.#text, line.start + 1, line.end);
    const isInline = start < line.end;
    const inner = isInline ? column + start - line.start : column;
    this.#waiting = {
      ...{ isInline, column: inner, takesLevelList: false },
      take: (node) => {
        list.add(node);
      },
    };
    return !isInline || this.take({ start, end: line.end }, inner);
  }

  #takeEntry(line: Span, column: number, colon: number): boolean {
    const map = this.#collection(column, PlainMap, line.start);
    if (!(map instanceof PlainMap)) return false;
    const start = behindSpaces(this.#text, colon + 1, line.end);
    const take = (value: YamlNode): void => {
      map.add({ start: line.start, end: colon, value });
    };
    if (start < line.end) return this.#takeValue({ start, end: line.end }, take);
    this.#waiting = { isInline: false, column, takesLevelList: true, take };
    return true;
  }

  /** The collection that goes on in a column, or a new one where one begins; undefined where none may. */
  #collection(
    column: number,
    kind: typeof PlainMap | typeof PlainList,
    start: number,
  ): PlainMap | PlainList | undefined {
    this.#close(column, kind);
    const waiting = this.#waiting;
    const top = this.#open.at(-1);
    if (waiting === undefined && (top !== undefined || this.#root !== undefined)) {
      return top?.column === column ? top.node : undefined;
    }
    const created = new kind(this.#text, start);
    if (waiting === undefined) {
      this.#root = created;
    } else {
      const isLevelList = waiting.takesLevelList && kind === PlainList && column === waiting.column;
      const fits = waiting.isInline ? column === waiting.column : column > waiting.column;
      if (!fits && !isLevelList) return undefined;
      this.#waiting = undefined;
      waiting.take(created);
    }
    this.#open.push({ column, node: created });
    // A dash behind a dash is read by a call inside a call.
    return this.#open.length > maxNesting ? undefined : created;
  }

  /** Closes what is deeper than a column; a sequence also ends where a key stands in its own column. */
  #close(column: number, next: typeof PlainMap | typeof PlainList): void {
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      const isLevelKey = next === PlainMap && top.node instanceof PlainList;
      if (top.column < column || (top.column === column && !isLevelKey)) return;
      this.#open.pop();
    }
  }
}
