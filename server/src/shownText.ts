// Knows how text that others wrote is shown to people: whole where it is short and plain, cut and escaped where not.

/** No image reference is longer: a host (253), a port, a repository (255), a digest. In characters. */
const maxWord = 600;
/** What fits into a message that somebody reads. In characters. */
const maxText = 1_200;
/** More than this at either end cannot be left after the cuts, so that the rest is not even looked at. */
const nearEnd = 2 * maxText;

/**
 * Control characters, line breaks, what turns the direction of writing, and what is not seen at all: zero-width
 * characters, tags, variation selectors, fillers (Unicode's property Default_Ignorable_Code_Point), lone surrogates.
 */
const unshowable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text from a file, a registry, a program or an operand (or a sentence that holds such text) as it may stand in a
 * diagnostic, a hover, a tree, a log: what nobody sees is escaped, and what is too long is cut in its middle, since
 * our own words stand at the ends.
 */
export function shownText(text: string): string {
  const near =
    text.length <= 2 * nearEnd ? text : `${text.slice(0, nearEnd)}…${text.slice(-nearEnd)}`;
  const words = escaped(near).split(" ");
  return cutMiddle(words.map((word) => cutMiddle(word, maxWord)).join(" "), maxText);
}

/** The same for what may be missing. */
export function shownOrNull(text: string | null): string | null {
  return text === null ? null : shownText(text);
}

/**
 * The text with everything that nobody sees written as escapes, and not cut: for what has a bound of its own, such as
 * the name of a file, and for data that a program reads.
 */
export function escaped(text: string): string {
  return text.replace(unshowable, escapedCharacter);
}

/** `\u{1b}`, as a person can read it. */
export function escapedCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** By characters, so that none is cut in two; the beginning keeps two thirds. */
function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = Array.from(text);
  if (characters.length <= max) return text;
  const kept = Math.floor((max * 2) / 3);
  const end = characters.slice(characters.length - (max - kept - 1));
  return `${characters.slice(0, kept).join("")}…${end.join("")}`;
}
