// JSON as Go's encoding/json reads it: its words for what is wrong, and where each key stands.

import { quote } from "./goText.ts";

/** A value of JSON. Objects keep every member in order, repeated keys too. */
export type JsonNode =
  | { readonly kind: "object"; readonly members: readonly JsonMember[] }
  | { readonly kind: "array" }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number" }
  | { readonly kind: "bool" }
  | { readonly kind: "null" };

export interface JsonMember {
  readonly key: string;
  /** Where the key's characters begin in the text, behind its quote (UTF-16 units). */
  readonly keyStart: number;
  /** Where they end, before its quote. */
  readonly keyEnd: number;
  readonly value: JsonNode;
}

export type JsonResult =
  | { readonly kind: "value"; readonly value: JsonNode }
  /** Go's words (`json.SyntaxError`), which name one character of the text at most, and where it stands. */
  | { readonly kind: "error"; readonly message: string; readonly at: number };

/** Go allows 10,000; JavaScript's stack is smaller, and no real secret is nested that deep. */
const deepest = 1_000;

/** Thrown and caught inside this file only: reading yields a value. */
class Refusal extends Error {}

/** Reads a text as `json.Unmarshal` does, values of numbers and arrays aside. */
export function parseGoJson(text: string): JsonResult {
  return reading(text, (reader) => {
    const value = readValue(reader);
    skipSpace(reader);
    if (reader.position < text.length) refuse(reader, "after top-level value");
    return value;
  });
}

/** Reads the first value of a text as `json.Decoder` does: what stands behind it is not looked at. */
export function decodeGoJson(text: string): JsonResult {
  return reading(text, readValue);
}

/** Go matches the names of fields without regard to case, and folds `ſ` and the sign for Kelvin, too. */
export function isGoField(key: string, name: string): boolean {
  return new RegExp(`^${name}$`, "iu").test(key);
}

function reading(text: string, read: (reader: Reader) => JsonNode): JsonResult {
  const reader: Reader = { text, position: 0, depth: 0 };
  try {
    return { kind: "value", value: read(reader) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "error", message: error.message, at: reader.position };
  }
}

/** The text and how far it has been read: lives as long as one call of `parseGoJson`. */
interface Reader {
  readonly text: string;
  position: number;
  depth: number;
}

/** Where a space would be wrong, too: at the end of the text Go's scanner tries one. */
const noSpace = /^(?:in literal|in numeric|after decimal|in exponent|in \\u|in string escape)/;

/** The error of the scanner at the present character (encoding/json scanner.go). */
function refuse(reader: Reader, context: string): never {
  const atEnd = reader.position >= reader.text.length;
  if (atEnd && !noSpace.test(context)) throw new Refusal("unexpected end of JSON input");
  const character = String.fromCodePoint(reader.text.codePointAt(reader.position) ?? 0x20);
  // Go looks at bytes: of a character outside ASCII it names the first byte, read as Latin-1.
  const byte = String.fromCharCode(new TextEncoder().encode(character)[0] ?? 0);
  const shown = byte === "'" ? "\\'" : byte === '"' ? '"' : quote(byte).slice(1, -1);
  throw new Refusal(`invalid character '${shown}' ${context}`);
}

function skipSpace(reader: Reader): void {
  while (/^[ \t\r\n]$/.test(next(reader))) reader.position += 1;
}

/** The present character, empty at the end. */
function next(reader: Reader): string {
  return reader.text.charAt(reader.position);
}

/** Consumes the next character if it is the expected one. */
function take(reader: Reader, character: string): boolean {
  if (next(reader) !== character) return false;
  reader.position += 1;
  return true;
}

function readValue(reader: Reader): JsonNode {
  skipSpace(reader);
  switch (next(reader)) {
    case "{":
      return nested(reader, readObject);
    case "[":
      return nested(reader, readArray);
    case '"':
      return { kind: "string", value: readString(reader) };
    case "t":
      return readLiteral(reader, "true", { kind: "bool" });
    case "f":
      return readLiteral(reader, "false", { kind: "bool" });
    case "n":
      return readLiteral(reader, "null", { kind: "null" });
    default:
      return readNumber(reader);
  }
}

function nested(reader: Reader, read: (reader: Reader) => JsonNode): JsonNode {
  reader.position += 1;
  reader.depth += 1;
  if (reader.depth > deepest) throw new Refusal("exceeded max depth");
  const node = read(reader);
  reader.depth -= 1;
  return node;
}

function readObject(reader: Reader): JsonNode {
  const members: JsonMember[] = [];
  skipSpace(reader);
  if (take(reader, "}")) return { kind: "object", members };
  do {
    skipSpace(reader);
    if (next(reader) !== '"') refuse(reader, "looking for beginning of object key string");
    const keyStart = reader.position + 1;
    const key = readString(reader);
    const keyEnd = reader.position - 1;
    skipSpace(reader);
    if (!take(reader, ":")) refuse(reader, "after object key");
    members.push({ key, keyStart, keyEnd, value: readValue(reader) });
    skipSpace(reader);
  } while (take(reader, ","));
  if (!take(reader, "}")) refuse(reader, "after object key:value pair");
  return { kind: "object", members };
}

function readArray(reader: Reader): JsonNode {
  skipSpace(reader);
  if (take(reader, "]")) return { kind: "array" };
  do {
    readValue(reader);
    skipSpace(reader);
  } while (take(reader, ","));
  if (!take(reader, "]")) refuse(reader, "after array element");
  return { kind: "array" };
}

function readString(reader: Reader): string {
  const start = reader.position;
  reader.position += 1;
  while (!take(reader, '"')) {
    const character = next(reader);
    if (character === "" || character < " ") refuse(reader, "in string literal");
    reader.position += 1;
    if (character === "\\") readEscape(reader);
  }
  return String(JSON.parse(reader.text.slice(start, reader.position)));
}

function readEscape(reader: Reader): void {
  if (!/^["\\/bfnrtu]$/.test(next(reader))) refuse(reader, "in string escape code");
  const unicode = take(reader, "u");
  if (!unicode) reader.position += 1;
  for (let digits = unicode ? 4 : 0; digits > 0; digits -= 1) {
    if (!/^[0-9a-fA-F]$/.test(next(reader))) {
      refuse(reader, "in \\u hexadecimal character escape");
    }
    reader.position += 1;
  }
}

function readLiteral(reader: Reader, literal: string, node: JsonNode): JsonNode {
  for (const expected of literal) {
    if (!take(reader, expected)) {
      refuse(reader, `in literal ${literal} (expecting '${expected}')`);
    }
  }
  return node;
}

function readNumber(reader: Reader): JsonNode {
  const negative = take(reader, "-");
  if (!take(reader, "0")) {
    readDigits(reader, negative ? "in numeric literal" : "looking for beginning of value");
  }
  if (take(reader, ".")) readDigits(reader, "after decimal point in numeric literal");
  if (take(reader, "e") || take(reader, "E")) {
    if (!take(reader, "+")) take(reader, "-");
    readDigits(reader, "in exponent of numeric literal");
  }
  return { kind: "number" };
}

function readDigits(reader: Reader, context: string): void {
  if (!/^\d$/.test(next(reader))) refuse(reader, context);
  while (/^\d$/.test(next(reader))) reader.position += 1;
}
