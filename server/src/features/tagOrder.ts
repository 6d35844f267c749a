// The order in which tags are offered: versions, newest first, then the rest.

/**
 * Makes a comparison of tags for one sorting: `latest` first, versions by their numbers and the highest first, a plain
 * version before the same with a suffix, then dates and build numbers, then everything else as people sort it.
 */
export function versionOrder(): (a: string, b: string) => number {
  // One language, so that the order is the same on every machine; made late, because it takes milliseconds.
  const naturally = new Intl.Collator("en", { numeric: true });
  return (a, b) =>
    rank(a) - rank(b) ||
    compareNumbers(a, b) ||
    compareSuffixes(a, b, naturally) ||
    Number(a > b) - Number(a < b);
}

/** Numbers joined by dots; a commit's hexadecimal digits are none, and no date is read out of them. */
const version = /^v?(\d+(?:\.\d+)*)(?![0-9a-f]{6})/i;

function rank(tag: string): number {
  if (tag === "latest") return 0;
  const first = version.exec(tag)?.[1];
  if (first === undefined) return 3;
  return /^\d{6,}/.test(first) ? 2 : 1;
}

function compareNumbers(a: string, b: string): number {
  const [x, y] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(x.length, y.length); index += 1) {
    const difference = (y[index] ?? -1) - (x[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Short words before long ones; of the same words the higher number first: `-rc10`, `-rc9`, `-alpine3.20`. */
function compareSuffixes(a: string, b: string, naturally: Intl.Collator): number {
  const [x, y] = [a.replace(version, ""), b.replace(version, "")];
  const [wordsX, wordsY] = [x.replace(/\d+/g, ""), y.replace(/\d+/g, "")];
  const isVersion = version.test(a) && version.test(b);
  const lengths = isVersion ? wordsX.length - wordsY.length : 0;
  return lengths || naturally.compare(wordsX, wordsY) || naturally.compare(y, x);
}

function numbers(tag: string): number[] {
  return (version.exec(tag)?.[1] ?? "").split(".").filter(Boolean).map(Number);
}
