// The rules of `.gitignore` files, as git reads and applies them (gitignore(5), git's dir.c and wildmatch.c).

import { matchesName, matchesPath, parseSegments, type Effort, type Segment } from "./wildcards.ts";

/** One line of an ignore file. */
interface IgnoreRule {
  /** Takes back what earlier rules ignore. */
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  /** Compared with the whole path from the file's folder; otherwise with the last name. */
  readonly isPath: boolean;
  readonly segments: readonly Segment[];
}

/** The rules of one ignore file. */
export interface IgnoreFile {
  /** How many names stand in a path before those that the rules count from. */
  readonly depth: number;
  readonly rules: readonly IgnoreRule[];
}

/** Reads an ignore file's text; lines that match nothing are left out. */
export function parseIgnoreFile(text: string, depth: number): IgnoreFile {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  return { depth, rules: lines.flatMap((line) => parseRule(line) ?? []) };
}

function parseRule(line: string): IgnoreRule | undefined {
  if (line.startsWith("#")) return undefined;
  let pattern = withoutTrailingSpaces(line.replace(/\r$/, ""));
  const negated = pattern.startsWith("!");
  if (negated) pattern = pattern.slice(1);
  const foldersOnly = pattern.endsWith("/");
  if (foldersOnly) pattern = pattern.slice(0, -1);
  if (pattern === "") return undefined;
  const isPath = pattern.includes("/");
  const segments = parseSegments(pattern.replace(/^\//, ""));
  return segments === undefined ? undefined : { negated, foldersOnly, isPath, segments };
}

/** A space at the end counts only behind a backslash. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (line[end - 1] === " ") end--;
  let backslashes = 0;
  while (line[end - 1 - backslashes] === "\\") backslashes++;
  return line.slice(0, backslashes % 2 === 1 && end < line.length ? end + 1 : end);
}

/**
 * Whether a file or folder is ignored; the folders above it must have been checked before.
 * @param files the ignore files that apply, the weakest first
 * @param names the path's names, counted from where the depths count
 */
export function isIgnored(
  files: readonly IgnoreFile[],
  names: readonly string[],
  { isFolder, effort }: { readonly isFolder: boolean; readonly effort: Effort },
): boolean {
  for (let file = files.length - 1; file >= 0; file--) {
    const { depth, rules } = files[file] ?? { depth: 0, rules: [] };
    const below = names.slice(depth);
    for (let at = rules.length - 1; at >= 0; at--) {
      const rule = rules[at];
      if (rule === undefined || (rule.foldersOnly && !isFolder)) continue;
      if (applies(rule, below, effort)) return !rule.negated;
    }
  }
  return false;
}

function applies({ isPath, segments }: IgnoreRule, names: readonly string[], effort: Effort) {
  if (isPath) return matchesPath(segments, names, { effort, hidesDots: false });
  const [segment] = segments;
  return segment === "**" || matchesName(segment ?? [], names.at(-1) ?? "", effort);
}
