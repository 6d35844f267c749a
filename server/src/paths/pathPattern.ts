// Patterns of paths as users write them: `vendor/**`, `*.gen.yaml`, `{a,b}/**/*.yml`.

import {
  matchesPath,
  mayMatchBelow,
  parseSegments,
  type Effort,
  type PathRules,
  type Segment,
} from "./wildcards.ts";

export interface PathPattern {
  /** The alternatives of `{a,b}`, written out. */
  readonly alternatives: readonly (readonly Segment[])[];
}

/** Longer patterns, and those with more alternatives, are refused. */
const maxLength = 1_000;
const maxAlternatives = 200;

/**
 * Reads a pattern. `*`, `?` and `[…]` match inside a name, `**` any number of folders, `{a,b}` either; a backslash
 * takes the meaning from the character behind it.
 * @returns undefined if it cannot be understood: it is empty or too long, a bracket or a brace is not closed, or it
 *   begins with `!`
 */
export function parsePathPattern(text: string): PathPattern | undefined {
  if (text === "" || text.length > maxLength || text.startsWith("!") || text.includes("\0")) {
    return undefined;
  }
  const written = expandBraces(text);
  if (written === undefined) return undefined;
  const alternatives = written.map(parseSegments);
  return alternatives.every((segments) => segments !== undefined) ? { alternatives } : undefined;
}

/** Whether the pattern names a path, given by its names from the folder that the pattern counts from. */
export function matchesPattern(
  { alternatives }: PathPattern,
  names: readonly string[],
  rules: PathRules,
): boolean {
  return alternatives.some((segments) => matchesPath(segments, names, rules));
}

/** Whether the pattern can name anything below a folder. */
export function mayMatchIn(
  { alternatives }: PathPattern,
  names: readonly string[],
  rules: PathRules,
): boolean {
  return alternatives.some((segments) => mayMatchBelow(segments, names, rules));
}

/**
 * Reads a pattern of what is to be left out: it names files and folders with all that is in them, and without a slash
 * it does so in every folder, as in `.gitignore`.
 */
export function parseExclusion(text: string): PathPattern | undefined {
  const trimmed = text.replace(/^\.?\//, "").replace(/(\/\*\*)?\/?$/, "");
  const isPath = /\/./.test(text);
  if (trimmed === "" || text.startsWith("!")) return undefined;
  return parsePathPattern(isPath ? trimmed : `**/${trimmed}`);
}

/** Whether an exclusion names a path or a folder above it. */
export function isExcluded(
  exclusions: readonly PathPattern[],
  names: readonly string[],
  effort: Effort,
): boolean {
  const rules = { effort, hidesDots: false };
  return exclusions.some((exclusion) =>
    names.some((_, at) => matchesPattern(exclusion, names.slice(0, at + 1), rules)),
  );
}

/** The alternatives of a text with braces, outer ones first; a brace without a comma is meant literally. */
function expandBraces(text: string): readonly string[] | undefined {
  const open = [text];
  const done: string[] = [];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const group = firstGroup(next);
    if (group === "unclosed") return undefined;
    if (group === undefined) done.push(next);
    else {
      const { start, end, parts } = group;
      const [before, after] = [next.slice(0, start), next.slice(end + 1)];
      for (const each of parts.map((part) => `${before}${part}${after}`)) open.push(each);
    }
    if (open.length + done.length > maxAlternatives) return undefined;
  }
  return done;
}

interface Group {
  readonly start: number;
  readonly end: number;
  readonly parts: readonly string[];
}

function firstGroup(text: string): Group | "unclosed" | undefined {
  let depth = 0;
  let [start, part] = [0, 0];
  const parts: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") at++;
    else if (character === "{") {
      if (depth++ === 0) [start, part] = [at, at + 1];
    } else if (depth === 1 && (character === "," || character === "}")) {
      parts.push(text.slice(part, at));
      part = at + 1;
      if (character === "}") return { start, end: at, parts };
    } else if (character === "}" && depth > 0) depth--;
  }
  return depth > 0 ? "unclosed" : undefined;
}
