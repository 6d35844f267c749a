// Text from files and registries, made fit for a terminal.

/**
 * The text with control, format and surrogate characters written as escapes: neither escape sequences nor
 * bidirectional marks of a file's author reach the terminal.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
