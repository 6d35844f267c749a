// Random numbers that a seed repeats, and texts changed by them: the same seed and index give the same input.

/** A stream of random numbers. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** One of the values, of which there must be one. */
  pick<Value>(values: readonly Value[]): Value;
  /** True once in `times`. */
  oneIn(times: number): boolean;
}

/** The random numbers of one input of a run (mulberry32, by Tommy Ettinger, in the public domain). */
export function createRandom(seed: number, index: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    below,
    pick: (values) => values[below(values.length)] as (typeof values)[number],
    oneIn: (times) => below(times) === 0,
  };
}

/** Characters that parsers treat specially, and some that look harmless. */
const characters = [
  ...Array.from("{}[]()<>:;,.?!&*#|-=+@%/\\\"'`~^$_ \t\n\r0a"),
  ...["\u0000", "\u00a0", "\u0085", "\u2028", "\u202e", "\ufeff", "\ud800", "😀", "\u007f", "é"],
];

type Mutation = (text: string, random: Random, dictionary: readonly string[]) => string;

const mutations: readonly Mutation[] = [
  (text, random) => splice(text, random, 0, random.pick(characters)),
  (text, random, dictionary) => splice(text, random, 0, random.pick(dictionary)),
  (text, random, dictionary) => splice(text, random, random.below(12), random.pick(dictionary)),
  (text, random) => splice(text, random, 1 + random.below(8), ""),
  (text, random) => splice(text, random, 1, random.pick(characters)),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  repeatPiece,
  swapLines,
  (text, random) => splice(text, random, 0, "\n".repeat(1 + random.below(3))),
  indentLine,
];

function splice(text: string, random: Random, length: number, inserted: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + inserted + text.slice(at + length);
}

function repeatPiece(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const piece = text.slice(at, at + 1 + random.below(60));
  const times = random.oneIn(20) ? 200 : 1 + random.below(4);
  return text.slice(0, at) + piece.repeat(times) + text.slice(at);
}

function swapLines(text: string, random: Random): string {
  const lines = text.split("\n");
  const [one, other] = [random.below(lines.length), random.below(lines.length)];
  [lines[one], lines[other]] = [lines[other] ?? "", lines[one] ?? ""];
  return lines.join("\n");
}

function indentLine(text: string, random: Random): string {
  const lines = text.split("\n");
  const at = random.below(lines.length);
  const line = lines[at] ?? "";
  lines[at] = random.oneIn(2) ? `${" ".repeat(1 + random.below(4))}${line}` : line.trimStart();
  return lines.join("\n");
}

/** One of the texts, changed up to eight times; now and then two of them are joined first. */
export function mutated(
  corpus: readonly string[],
  dictionary: readonly string[],
  random: Random,
): string {
  let text = random.pick(corpus);
  if (random.oneIn(6)) text = `${text}${random.pick(["\n---\n", "\n", ""])}${random.pick(corpus)}`;
  for (let left = random.below(9); left > 0; left -= 1) {
    text = random.pick(mutations)(text, random, dictionary);
    if (text.length > 40_000) text = text.slice(0, 40_000);
  }
  return text;
}
