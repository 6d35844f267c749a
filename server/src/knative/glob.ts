// Whether a text matches a glob. No regular expression: those need ages for many stars.

/** Any characters, or one character that is as it should be. */
export type GlobPart = "*" | ((character: string) => boolean);

/** Matches in the time of both lengths multiplied at most. */
export function matchesGlob(glob: readonly GlobPart[], text: string): boolean {
  const characters = Array.from(text);
  let [inGlob, inText] = [0, 0];
  let star: number | undefined;
  let behindStar = 0;
  for (let next = characters[0]; next !== undefined; next = characters[inText]) {
    const part = glob[inGlob];
    if (part === "*") {
      star = inGlob;
      behindStar = inText;
      inGlob += 1;
    } else if (part?.(next) === true) {
      inGlob += 1;
      inText += 1;
    } else if (star !== undefined) {
      // The last star takes one character more.
      behindStar += 1;
      inText = behindStar;
      inGlob = star + 1;
    } else return false;
  }
  return glob.slice(inGlob).every((part) => part === "*");
}

/** One character, as it is written. */
export function literally(written: string): GlobPart {
  return (character) => character === written;
}
