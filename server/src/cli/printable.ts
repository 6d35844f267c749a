// Text from files and registries, made fit for a terminal.

import { escapedCharacter } from "./safeOutput.ts";

/**
 * The text with control, format and surrogate characters written as escapes: neither escape sequences nor
 * bidirectional marks of a file's author reach the terminal.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escapedCharacter);
}

/**
 * A value as JSON that is as fit for a terminal: what JSON itself leaves as it is of those characters is written
 * as `\uXXXX`, and so is what a pipeline would take for a command; that means the same to whoever parses it.
 */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]|#(?=#(?:vso|teamcity)?\[)/giu,
    (text) =>
      Array.from({ length: text.length }, (_, at) => {
        const unit = text.charCodeAt(at).toString(16);
        return `\\u${unit.padStart(4, "0")}`;
      }).join(""),
  );
}
