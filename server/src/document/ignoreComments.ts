// Finds `# knative-digest: ignore <reason>`: what a person decided to leave as it is.

import type { IgnoreComment } from "./analysis.ts";
import { touchedBy, type Span } from "./span.ts";
import { scalarSpans } from "./yaml/yamlDocument.ts";

const pattern = /(^|[ \t])#[ \t]*knative-digest:[ \t]*ignore\b[ \t]*([^\r\n]*)/gm;

/** Ignore comments in one document at most: what is said of each takes 4 KB. */
export const maxIgnores = 20_000;

/** The ignore comments of a YAML document; more than `maxIgnores` if there are too many. A `#` inside a scalar is none. */
export function findIgnoreComments(text: string): IgnoreComment[] {
  if (!text.includes("knative-digest:")) return [];
  const matches: RegExpExecArray[] = [];
  for (const match of text.matchAll(pattern)) {
    matches.push(match);
    if (matches.length > maxIgnores) break;
  }
  const isInScalar = touchedBy(scalarSpans(text));
  const found: IgnoreComment[] = [];
  let below: Covered | undefined;
  // From the last to the first, so that a run of comments is walked through once and not once for each.
  for (const match of matches.reverse()) {
    const start = match.index + (match[1]?.length ?? 0);
    const span = { start, end: match.index + match[0].length };
    if (isInScalar({ start: start + 1, end: start + 1 })) continue;
    below = coveredLine(text, start, below);
    const reason = reasonOf(match[2] ?? "");
    found.push({ span, reason, covers: below.covers, removal: removalOf(text, span) });
  }
  return found.reverse();
}

function reasonOf(text: string): string {
  return text.replace(/^[-\u2013\u2014:]+\s*/, "").trim();
}

function removalOf(text: string, { start, end }: Span): Span {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const kept = text.slice(lineStart, start).trimEnd().length;
  const lineEnd = text.indexOf("\n", end);
  if (kept > 0) return { start: lineStart + kept, end };
  return { start: lineStart, end: lineEnd < 0 ? text.length : lineEnd + 1 };
}

/** What a comment speaks of. */
interface Covered {
  /** Where the comment's own line begins. */
  readonly line: number;
  /** Whether it stands alone on it. */
  readonly alone: boolean;
  readonly covers: Span;
}

/**
 * A comment after a value applies to its own line; one on a line of its own, to the next line that is not a comment.
 * @param below the same for the next comment: one that stands alone leads to the same line.
 */
function coveredLine(text: string, start: number, below: Covered | undefined): Covered {
  const own = text.lastIndexOf("\n", start - 1) + 1;
  const alone = text.slice(own, start).trim() === "";
  let lineStart = own;
  let line = lineAt(text, lineStart);
  while (alone && /^\s*(#|$)/.test(line) && lineStart < text.length) {
    lineStart += line.length + 1;
    if (below?.alone === true && below.line === lineStart) {
      return { line: own, alone, covers: below.covers };
    }
    line = lineAt(text, lineStart);
  }
  return { line: own, alone, covers: { start: lineStart, end: lineStart + line.length } };
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end);
}
