// A text whose stretches are masked: each character becomes one that means nothing to YAML, and can be given back.

import type { Span } from "../span.ts";

/**
 * A masked character is its code behind this one, in a private area of Unicode: YAML gives none of them a meaning. A
 * text that uses the area itself is not masked.
 */
const base = 0xe000;
const maskedCharacter = /[\ue000-\ue07f]/g;
/** `#` and one of these stand for the two characters that open an action on lines of its own. */
const openings = ["{{", "{%", "{#", "<%"] as const;
const openingBase = 0xe080;
const maskedOpening = /#([\ue080-\ue083])/g;
const anyMasked = /[\ue000-\ue083]/;

/** Whether a text uses the masks' characters itself, so that it cannot be masked. */
export function usesMasks(text: string): boolean {
  return anyMasked.test(text);
}

/** What was written where a text was masked. */
export function unmasked(text: string): string {
  if (!anyMasked.test(text)) return text;
  return text
    .replace(maskedOpening, (_, mark: string) => openings[mark.charCodeAt(0) - openingBase] ?? "")
    .replace(maskedCharacter, (mark) => String.fromCharCode(mark.charCodeAt(0) - base));
}

/** Puts a masked text together, from its beginning to its end. */
export class Mask {
  readonly text: string;
  readonly #changes: { readonly start: number; readonly text: string }[] = [];
  constructor(text: string) {
    this.text = text;
  }
  /** Makes a stretch read as letters: it becomes (part of) one scalar, its line breaks too. */
  asText({ start, end }: Span): void {
    this.#changes.push({ start, text: masked(this.text.slice(start, end)) });
  }
  /** Makes a stretch read as a comment on each of its lines. @param column how deep it begins in each. */
  asComment({ start, end }: Span, column = 0): void {
    let at = start;
    for (const piece of this.text.slice(start, end).split("\n")) {
      this.#changes.push({ start: at, text: commentOf(piece, column) });
      at += piece.length + 1;
    }
  }
  result(): string {
    let result = "";
    let at = 0;
    for (const { start, text } of this.#changes.sort((a, b) => a.start - b.start)) {
      if (start < at) continue;
      result += this.text.slice(at, start) + text;
      at = start + text.length;
    }
    return result + this.text.slice(at);
  }
}

function masked(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x80 ? String.fromCharCode(base + code) : character;
  });
}

function commentOf(line: string, column: number): string {
  const isCrLf = line.endsWith("\r");
  const content = isCrLf ? line.slice(0, -1) : line;
  const ending = isCrLf ? "\r" : "";
  if (content.length <= column) return " ".repeat(content.length) + ending;
  const opening = openings.indexOf(content.slice(column, column + 2) as (typeof openings)[number]);
  const rest =
    opening < 0
      ? masked(content.slice(column + 1))
      : String.fromCharCode(openingBase + opening) + masked(content.slice(column + 2));
  return `${" ".repeat(column)}#${rest}${ending}`;
}
