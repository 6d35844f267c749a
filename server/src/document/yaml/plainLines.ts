// What a line of plain YAML holds: its content without a comment, a scalar, or the header of a block scalar.

import type { Span } from "../span.ts";
import { PlainList, PlainMap, PlainScalar } from "./plainNodes.ts";
import type { YamlNode } from "./yamlDocument.ts";

export const space = 32;
const tab = 9;
export const hyphen = 45;
const hash = 35;
const colon = 58;
const backslash = 92;
const doubleQuote = 34;
const singleQuote = 39;

export function behindSpaces(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === space) at += 1;
  return at;
}

export function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

export function isSpaceOrEnd(text: string, at: number, end: number): boolean {
  return at >= end || text.charCodeAt(at) === space;
}

/** A line's end before its CRLF; at the very end of a text a carriage return ends no line for the library. */
function withoutReturn(text: string, start: number, lineEnd: number): number {
  const isCrLf = lineEnd < text.length && lineEnd > start && text.charCodeAt(lineEnd - 1) === 13;
  return isCrLf ? lineEnd - 1 : lineEnd;
}

/** A line's content without its comment; undefined if the line holds what only the library reads. */
export function contentOf(text: string, start: number, lineEnd: number): Span | undefined {
  let end = withoutReturn(text, start, lineEnd);
  let quote = 0;
  // Inside a plain scalar a quote is a letter like others.
  let begins = true;
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (isOdd(unit)) return undefined;
    if (quote !== 0) {
      if (unit === quote) quote = 0;
      else if (unit === backslash && quote === doubleQuote) at += 1;
    } else if (begins && (unit === doubleQuote || unit === singleQuote)) {
      quote = unit;
      begins = false;
    } else if (unit === hash && (at === start || text.charCodeAt(at - 1) === space)) {
      end = at;
    } else if (unit !== space) {
      const isMark: boolean = unit === colon || (begins && unit === hyphen);
      begins = isMark && isSpaceOrEnd(text, at + 1, end);
    }
  }
  if (quote !== 0) return undefined;
  while (end > start && text.charCodeAt(end - 1) === space) end -= 1;
  return { start, end };
}

/** Characters that the library refuses, or takes for a line's end. */
function isOdd(unit: number): boolean {
  return unit < space || unit === 127 || unit === 0xfeff || unit === 0x2028;
}

/** `|` or `>`, with or without what to do with the last line's end; a width of indentation is for the library. */
export function isBlockHeader(text: string, { start, end }: Span): boolean {
  return end - start <= 2 && /^[|>][-+]?$/.test(text.slice(start, end));
}

/**
 * Where the lines of a block scalar end (YAML 1.2.2 §8.1): before the first one that is indented less than its first.
 * @param column of the collection that the scalar belongs to: the lines are indented deeper
 * @returns -1 if the library must read it
 */
export function blockEnd(text: string, from: number, column: number): number {
  let indentation = -1;
  let blank = 0;
  let at = from;
  for (; at < text.length; at = endOfLine(text, at) + 1) {
    const end = withoutReturn(text, at, endOfLine(text, at));
    const start = behindSpaces(text, at, end);
    if (start === end) {
      if (indentation < 0) blank = Math.max(blank, start - at);
      continue;
    }
    if (indentation < 0) {
      indentation = start - at;
      if (indentation <= column || indentation < blank) return -1;
    }
    if (start - at < indentation) break;
    for (let inside = start; inside < end; inside += 1) {
      const unit = text.charCodeAt(inside);
      if (isOdd(unit) && (unit !== tab || inside === start)) return -1;
    }
  }
  return indentation < 0 ? -1 : Math.min(at, text.length);
}

/** The empty collections `{}` and `[]`. */
export function emptyCollection(text: string, { start, end }: Span): YamlNode | undefined {
  if (end - start !== 2) return undefined;
  if (text.startsWith("{}", start)) return new PlainMap(text, start).closeAt(end);
  return text.startsWith("[]", start) ? new PlainList(text, start).closeAt(end) : undefined;
}

/** What a plain scalar may begin with: not with an indicator, which would make it something else. */
const plainStart = /[A-Za-z0-9_./+~$()<=^;\\-]|[^ -\u007f]/;

/** A scalar of one line; undefined if the library must read it. */
export function readScalar(text: string, line: Span): YamlNode | undefined {
  const { start, end } = line;
  const first = text[start] ?? "";
  if (first === '"' || first === "'") return readQuoted(text, line);
  if (!plainStart.test(first)) return undefined;
  if (first === "-" && isSpaceOrEnd(text, start + 1, end)) return undefined;
  const value = text.slice(start, end);
  if (value.includes(": ") || value.endsWith(":")) return undefined;
  // A line of dots or dashes may be a marker.
  if (value === "---" || value === "...") return undefined;
  return new PlainScalar(text, line, "plain");
}

/** A scalar in quotes, which stands alone on its line. */
function readQuoted(text: string, line: Span): YamlNode | undefined {
  const style = text[line.start] === '"' ? "double-quoted" : "single-quoted";
  return quotedEnd(text, line.start) === line.end ? new PlainScalar(text, line, style) : undefined;
}

/** What may follow a backslash here: the escapes that JSON has, too. */
const escape = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/**
 * Where a scalar in quotes ends that begins at an offset and stands on one line.
 * @returns the offset behind the closing quote; -1 if there is none, or if the library must read the scalar
 */
export function quotedEnd(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (isOdd(unit)) return -1;
    if (unit === backslash && quote === doubleQuote) {
      escape.lastIndex = at + 1;
      if (!escape.test(text)) return -1;
      at = escape.lastIndex - 1;
    } else if (unit === quote) {
      // In single quotes two of them are one.
      if (quote === doubleQuote || text.charCodeAt(at + 1) !== quote) return at + 1;
      at += 1;
    }
  }
  return -1;
}
