// Finds words in bytes: all of them in one pass, which looks at few of the bytes.

/** A word that stands in bytes, and where it begins. */
export interface FoundWord<Word extends string> {
  readonly word: Word;
  readonly start: number;
}

/** Finds the first of the words that lies in `[from, end)`, of two that begin there the one named first; undefined if there is none. */
export type FindWord<Word extends string> = (
  bytes: Uint8Array,
  from: number,
  end: number,
) => FoundWord<Word> | undefined;

/** A pair of bytes is known by so many bits. */
const pairs = 1 << 13;

/**
 * Makes a search for words of printable ASCII (Wu and Manber, TR-94-17): two bytes at a time, which mostly say that no
 * word ends for as many bytes as the shortest word has. The time grows with the bytes, whatever they are.
 */
export function createWordSearch<Word extends string>(words: readonly Word[]): FindWord<Word> {
  const length = Math.min(...words.map((word) => word.length));
  const skips = new Uint8Array(pairs).fill(length - 1);
  const ends = new Map<number, { readonly word: Word; readonly bytes: Uint8Array }[]>();
  for (const word of words) {
    const bytes = new TextEncoder().encode(word);
    for (let last = 1; last < length; last += 1) {
      const pair = pairAt(bytes, last);
      skips[pair] = Math.min(skips[pair] ?? 0, length - 1 - last);
    }
    const pair = pairAt(bytes, length - 1);
    ends.set(pair, [...(ends.get(pair) ?? []), { word, bytes }]);
  }
  return (bytes, from, end) => {
    for (let last = from + length - 1; last < end;) {
      const pair = pairAt(bytes, last);
      const skip = skips[pair] ?? 0;
      if (skip > 0) {
        last += skip;
        continue;
      }
      const start = last - length + 1;
      const found = ends
        .get(pair)
        ?.find((one) => start + one.bytes.length <= end && standsAt(bytes, start, one.bytes));
      if (found !== undefined) return { word: found.word, start };
      last += 1;
    }
    return undefined;
  };
}

function pairAt(bytes: Uint8Array, last: number): number {
  return (((bytes[last - 1] ?? 0) << 5) ^ (bytes[last] ?? 0)) & (pairs - 1);
}

function standsAt(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[start + index] !== word[index]) return false;
  }
  return true;
}
