// Reads the plain block form of YAML, which nearly all manifests have, five times as fast as the library.
//
// The library needs about 0.3 ms for a manifest of 26 lines (0.17 once it is warm, seven times what is
// needed here), so that a file of a thousand would be shown too late. Whatever is not of the form below goes to the library: anchors, aliases, tags, flow
// collections, block scalars, escapes, scalars of several lines, empty values, tabs.
// `test/unit/document/plainYaml.test.ts` holds both readings against each other.

import { PlainList, PlainMap, PlainScalar } from "./plainNodes.ts";
import type { Span } from "../span.ts";
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

/** Lines that are read at most: each takes 3 to 5 µs and 200 bytes. A document of 20 MB as people write them has fewer. */
const maxLines = 1_000_000;

/** A key that needs no quotes. */
const keyPattern = /[A-Za-z0-9_][A-Za-z0-9_./-]*:(?=[ \r\n]|$)/y;
/** What a plain scalar may begin with: not with an indicator, which would make it something else. */
const plainStart = /[A-Za-z0-9_./+~$()<=^;\\-]|[^ -\u007f]/;

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
    at = lineEnd + 1;
  }
  return reader.root();
}

class PlainReader {
  readonly #text: string;
  readonly #open: Open[] = [];
  #root: YamlNode | undefined;
  #waiting: Waiting | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** What was read; undefined while a value is missing. */
  root(): YamlNode | undefined {
    return this.#waiting === undefined ? this.#root : undefined;
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
    const scalar = waiting?.isInline === true ? readScalar(text, line) : undefined;
    if (waiting === undefined || scalar === undefined) return false;
    this.#waiting = undefined;
    waiting.take(scalar);
    return true;
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
    const name = this.#text.slice(line.start, colon);
    const start = behindSpaces(this.#text, colon + 1, line.end);
    if (start >= line.end) {
      this.#waiting = {
        ...{ isInline: false, column, takesLevelList: true },
        take: (value) => {
          map.add(name, { start: line.start, value });
        },
      };
      return true;
    }
    const value = readScalar(this.#text, { start, end: line.end });
    if (value !== undefined) map.add(name, { start: line.start, value });
    return value !== undefined;
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
    const created = kind === PlainMap ? new PlainMap(this.#text, start) : new PlainList(start);
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

const space = 32;
const hyphen = 45;
const hash = 35;

function behindSpaces(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === space) at += 1;
  return at;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function isSpaceOrEnd(text: string, at: number, end: number): boolean {
  return at >= end || text.charCodeAt(at) === space;
}

/** A line's end before its CRLF; at the very end of a text a carriage return ends no line for the library. */
function withoutReturn(text: string, start: number, lineEnd: number): number {
  const isCrLf = lineEnd < text.length && lineEnd > start && text.charCodeAt(lineEnd - 1) === 13;
  return isCrLf ? lineEnd - 1 : lineEnd;
}

/** A line's content without its comment; undefined if the line holds what only the library reads. */
function contentOf(text: string, start: number, lineEnd: number): Span | undefined {
  let end = withoutReturn(text, start, lineEnd);
  let quote = 0;
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < space || unit === 127 || unit === 0xfeff || unit === 0x2028) return undefined;
    if (quote !== 0) {
      if (unit === quote) quote = 0;
    } else if (unit === 34 || unit === 39) {
      // A quote inside a plain scalar is a letter like others.
      const before = text.charCodeAt(at - 1);
      if (at === start || before === space) quote = unit;
    } else if (unit === hash && (at === start || text.charCodeAt(at - 1) === space)) {
      end = at;
    }
  }
  if (quote !== 0) return undefined;
  while (end > start && text.charCodeAt(end - 1) === space) end -= 1;
  return { start, end };
}

/** A scalar of one line; undefined if the library must read it. */
function readScalar(text: string, line: Span): PlainScalar | undefined {
  const { start, end } = line;
  const first = text[start] ?? "";
  if (first === '"' || first === "'") {
    const close = text.indexOf(first, start + 1);
    const inside = text.slice(start + 1, close);
    if (close !== end - 1 || (first === '"' && inside.includes("\\"))) return undefined;
    return new PlainScalar(text, line, first === '"' ? "double-quoted" : "single-quoted");
  }
  if (!plainStart.test(first)) return undefined;
  if (first === "-" && isSpaceOrEnd(text, start + 1, end)) return undefined;
  const value = text.slice(start, end);
  if (value.includes(": ") || value.endsWith(":")) return undefined;
  // A line of dots or dashes may be a marker.
  if (value === "---" || value === "...") return undefined;
  return new PlainScalar(text, line, "plain");
}
