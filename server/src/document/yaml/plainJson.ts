// Reads a document that is JSON, as `kubectl get -o json` prints it, about four times as fast as the library, for which it
// is YAML like any other. `test/unit/document/plainJson.test.ts` holds both readings against each other.

import { quotedEnd } from "./plainLines.ts";
import { PlainList, PlainMap, PlainScalar } from "./plainNodes.ts";
import type { YamlNode } from "./yamlDocument.ts";

/** Collections inside collections at most; each is read by a call inside a call. */
const maxDepth = 200;
/** A key that is longer is none for YAML (YAML 1.2.2 §7.4.2); in UTF-16 units. */
const maxKey = 1000;

const word = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?=[ \r\n,\]}])/y;

/**
 * Reads one document.
 * @returns its root; undefined if it is not a JSON object, or one that YAML reads in another way
 */
export function readPlainJson(text: string): YamlNode | undefined {
  const reader = new JsonReader(text);
  const root = text.startsWith("{") ? reader.node(0) : undefined;
  return reader.isAtEnd() ? root : undefined;
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#skipBlanks();
    return this.#at === this.#text.length;
  }

  /** Reads a value; undefined if it is none. */
  node(depth: number): YamlNode | undefined {
    const start = this.#at;
    if (depth > maxDepth) return undefined;
    switch (this.#text[start]) {
      case "{":
        return this.#map(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#string() ? this.#scalar(start, "double-quoted") : undefined;
      default:
        return this.#word() ? this.#scalar(start, "plain") : undefined;
    }
  }

  #map(depth: number): PlainMap | undefined {
    const map = new PlainMap(this.#text, this.#at);
    const isWhole = this.#members("}", () => {
      const start = this.#at;
      if (!this.#string() || this.#at - start > maxKey) return false;
      const end = this.#at;
      // With blanks before it a colon may be the beginning of a scalar.
      if (this.#text[end] !== ":") return false;
      this.#at += 1;
      this.#skipBlanks();
      const value = this.node(depth + 1);
      if (value !== undefined) map.add({ start, end, value });
      return value !== undefined;
    });
    return isWhole ? map.closeAt(this.#at) : undefined;
  }

  #list(depth: number): PlainList | undefined {
    const list = new PlainList(this.#text, this.#at);
    const isWhole = this.#members("]", () => {
      const item = this.node(depth + 1);
      if (item !== undefined) list.add(item);
      return item !== undefined;
    });
    return isWhole ? list.closeAt(this.#at) : undefined;
  }

  /** Reads from an opening bracket to the closing one. @param read reads a member; false if there is none */
  #members(close: string, read: () => boolean): boolean {
    this.#at += 1;
    this.#skipBlanks();
    if (this.#takes(close)) return true;
    for (;;) {
      if (!read()) return false;
      this.#skipBlanks();
      if (this.#takes(close)) return true;
      if (!this.#takes(",")) return false;
      this.#skipBlanks();
    }
  }

  /** Goes behind blanks and line ends; a carriage return alone ends a line for YAML only. */
  #skipBlanks(): void {
    for (; ; this.#at += 1) {
      const unit = this.#text[this.#at];
      const isReturn = unit === "\r" && this.#text[this.#at + 1] === "\n";
      if (unit !== " " && unit !== "\n" && !isReturn) return;
    }
  }

  #takes(mark: string): boolean {
    const isThere = this.#text[this.#at] === mark;
    if (isThere) this.#at += 1;
    return isThere;
  }

  /** Goes behind a number, a boolean or null; whether there is one. */
  #word(): boolean {
    word.lastIndex = this.#at;
    const isThere = word.test(this.#text);
    if (isThere) this.#at = word.lastIndex;
    return isThere;
  }

  /** Goes behind a string; whether there is one. */
  #string(): boolean {
    if (this.#text[this.#at] !== '"') return false;
    const end = quotedEnd(this.#text, this.#at);
    if (end >= 0) this.#at = end;
    return end >= 0;
  }

  #scalar(start: number, style: "plain" | "double-quoted"): PlainScalar {
    return new PlainScalar(this.#text, { start, end: this.#at }, style);
  }
}
