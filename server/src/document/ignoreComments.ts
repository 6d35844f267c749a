// Finds `# knative-digest: ignore <reason>`: what a person decided to leave as it is.

import type { IgnoreComment } from "./analysis.ts";
import { touches, type Span } from "./span.ts";
import { scalarSpans } from "./yamlDocument.ts";

const pattern = /(^|[ \t])#[ \t]*knative-digest:[ \t]*ignore\b[ \t]*([^\r\n]*)/gm;

/** The ignore comments of a YAML document. A `#` inside a scalar is none. */
export function findIgnoreComments(text: string): IgnoreComment[] {
  if (!text.includes("knative-digest:")) return [];
  const scalars = scalarSpans(text);
  return [...text.matchAll(pattern)].flatMap((match) => {
    const start = match.index + (match[1]?.length ?? 0);
    const span = { start, end: match.index + match[0].length };
    if (scalars.some((scalar) => touches(scalar, { start: start + 1, end: start + 1 }))) return [];
    const reason = reasonOf(match[2] ?? "");
    return [{ span, reason, covers: coveredLine(text, start), removal: removalOf(text, span) }];
  });
}

function reasonOf(text: string): string {
  return text.replace(/^[-–—:]+\s*/, "").trim();
}

function removalOf(text: string, { start, end }: Span): Span {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const kept = text.slice(lineStart, start).trimEnd().length;
  const lineEnd = text.indexOf("\n", end);
  if (kept > 0) return { start: lineStart + kept, end };
  return { start: lineStart, end: lineEnd < 0 ? text.length : lineEnd + 1 };
}

/** A comment behind something speaks of its own line, one that stands alone of the next line that is no comment. */
function coveredLine(text: string, start: number): { start: number; end: number } {
  let lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const alone = text.slice(lineStart, start).trim() === "";
  let line = lineAt(text, lineStart);
  while (alone && /^\s*(#|$)/.test(line) && lineStart < text.length) {
    lineStart += line.length + 1;
    line = lineAt(text, lineStart);
  }
  return { start: lineStart, end: lineStart + line.length };
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end);
}
