// A file's text in pieces: a large one that is edited shares all but one of them with its earlier text.

/** A text, and the pieces that make it up. */
export interface PiecedText {
  /** The whole. Made of its pieces when its characters are first looked at, which a key must not do: it is copied then. */
  readonly text: string;
  readonly pieces: readonly string[];
}

/** A text that stands by itself. */
export function piecedText(text: string): PiecedText {
  return { text, pieces: [text] };
}

/** A text made of pieces. Adding strings copies none of them; `join` would. */
export function joined(pieces: readonly string[]): PiecedText {
  return { text: pieces.reduce((all, piece) => all + piece, ""), pieces };
}

/** A stretch of a text, without making the whole. */
export function sliceOf({ text, pieces }: PiecedText, start: number, end: number): string {
  if (start <= 0 && end >= text.length) return text;
  let found = "";
  let at = 0;
  for (const piece of pieces) {
    if (at >= end) break;
    if (at + piece.length > start) found += piece.slice(Math.max(0, start - at), end - at);
    at += piece.length;
  }
  return found;
}

/** Whether two texts are equal. */
export function isSameText(a: PiecedText, b: PiecedText): boolean {
  return a.text.length === b.text.length && commonPrefix(a, b) === a.text.length;
}

/** How many characters two texts begin with alike. A piece that both share costs nothing. */
export function commonPrefix(a: PiecedText, b: PiecedText): number {
  return equalLength(a.pieces, b.pieces, {
    next: (index) => index,
    part: (piece, from, to) => piece.slice(from, to),
  });
}

/** How many characters two texts end with alike. */
export function commonSuffix(a: PiecedText, b: PiecedText): number {
  return equalLength(a.pieces, b.pieces, {
    next: (index, length) => length - 1 - index,
    part: (piece, from, to) => piece.slice(piece.length - to, piece.length - from),
  });
}

/** From which end pieces, and the characters of a piece, are counted. */
interface Direction {
  next(index: number, length: number): number;
  part(piece: string, from: number, to: number): string;
}

function equalLength(
  a: readonly string[],
  b: readonly string[],
  { next, part }: Direction,
): number {
  let same = 0;
  // The piece of each text that is compared, and how many of its characters were.
  let [left, right, inLeft, inRight] = [0, 0, 0, 0];
  while (left < a.length && right < b.length) {
    const one = a[next(left, a.length)] ?? "";
    const other = b[next(right, b.length)] ?? "";
    const length = Math.min(one.length - inLeft, other.length - inRight);
    const isSame = (from: number, to: number): boolean =>
      part(one, inLeft + from, inLeft + to) === part(other, inRight + from, inRight + to);
    if (!isSame(0, length)) return same + longest(length, isSame);
    same += length;
    inLeft += length;
    inRight += length;
    if (inLeft === one.length) [left, inLeft] = [left + 1, 0];
    if (inRight === other.length) [right, inRight] = [right + 1, 0];
  }
  return same;
}

/** By halves: equality of long slices compares memory, and is many times faster than that of characters. */
function longest(limit: number, isSame: (from: number, to: number) => boolean): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isSame(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
