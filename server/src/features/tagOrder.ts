// The order in which tags are offered: versions, newest first, then the rest.

/**
 * Compares two tags for sorting: `latest` first, versions by their numbers and the highest first,
 * a plain version before the same with a suffix, then everything else by its letters.
 */
export function byVersion(a: string, b: string): number {
  return rank(a) - rank(b) || compareVersions(a, b) || (a < b ? -1 : Number(a > b));
}

function rank(tag: string): number {
  if (tag === "latest") return 0;
  return /^v?\d+(\.\d+)*([-+_.].*)?$/.test(tag) ? 1 : 2;
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(x.length, y.length); index += 1) {
    const difference = (y[index] ?? -1) - (x[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return suffix(a).length - suffix(b).length;
}

function numbers(tag: string): number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1] ?? "").split(".").filter(Boolean).map(Number);
}

function suffix(tag: string): string {
  return tag.replace(/^v?\d+(\.\d+)*/, "");
}
