// Go's text functions where they differ from JavaScript's: white space and quoting.

/** What Go's `unicode.IsSpace` calls white space: with U+0085, without U+FEFF, unlike JavaScript's `trim`. */
const whiteSpace = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Where the text lies that Go's `strings.TrimSpace` keeps; both are the end of the text if nothing stays. */
export function trimSpaceRange(text: string): { start: number; end: number } {
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.test(text.charAt(start))) start += 1;
  while (end > start && whiteSpace.test(text.charAt(end - 1))) end -= 1;
  return { start, end };
}

/** Go's `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  const { start, end } = trimSpaceRange(text);
  return text.slice(start, end);
}

/** Whether the text holds what Go takes for white space (`unicode.IsSpace`). */
export function hasSpace(text: string): boolean {
  return whiteSpace.test(text);
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
]);

/**
 * The text as Go prints it with `%q` (`strconv.Quote`): in double quotes, with Go's escapes for what cannot be printed.
 * A lone surrogate, which no Go string decoded from JSON can hold, prints as U+FFFD.
 */
export function quote(text: string): string {
  return `"${Array.from(text, quoteCharacter).join("")}"`;
}

function quoteCharacter(character: string): string {
  const escape = escapes.get(character);
  if (escape !== undefined) return escape;
  if (isPrintable(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols, and of the spaces only the ASCII one. */
function isPrintable(character: string): boolean {
  return character === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character);
}
