// Cuts a file into its YAML documents, so that a change costs a document and not a file.

import type { Span } from "../span.ts";

/**
 * Documents that are cut apart: each is kept with 100 bytes and more. The rest is one, whatever markers stand in it. In a
 * file of 20 MB with more of them, none has the 100 characters that the shortest resource has.
 */
const maxDocuments = 200_000;

/**
 * The YAML documents of a text, in UTF-16 units: together they are the whole text.
 * A line that begins with `---` starts a document even inside a block scalar
 * (YAML 1.2.2 §9.1.2 c-forbidden), so the cut needs no parser. Directives stay with their document.
 */
export function documentSpans(text: string): Span[] {
  const starts = [0];
  for (
    let at = markerAt(text, 0);
    at >= 0 && starts.length < maxDocuments;
    at = markerAt(text, at + 3)
  ) {
    const start = beforeDirectives(text, at);
    if (start > (starts.at(-1) ?? 0)) starts.push(start);
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

/** Whether a document begins at a place of a text where one began before what stands in front was changed. */
export function isDocumentStart(text: string, at: number): boolean {
  const marker = markerAt(text, at);
  return marker >= 0 && beforeDirectives(text, marker) === at;
}

/**
 * The next `---` at the start of a line and followed by white space or the end; -1 if there is none. A byte order mark
 * may stand before it (YAML 1.2.2 §9.1.1 l-document-prefix): files that are joined keep theirs.
 */
function markerAt(text: string, from: number): number {
  for (let at = text.indexOf("---", from); at >= 0; at = text.indexOf("---", at + 1)) {
    const line = text[at - 1] === "\uFEFF" ? at - 1 : at;
    const before = line === 0 ? "\n" : text[line - 1];
    const after = text[at + 3] ?? "\n";
    if (before === "\n" && " \t\r\n".includes(after)) return at;
  }
  return -1;
}

/** A mark of the byte order, `%` lines and the comments between them that follow a `...` line belong to the document they precede. */
function beforeDirectives(text: string, marker: number): number {
  const own = text[marker - 1] === "\uFEFF" ? marker - 1 : marker;
  let start = own;
  let directives = false;
  while (start > 0) {
    const lineStart = start < 2 ? 0 : text.lastIndexOf("\n", start - 2) + 1;
    const line = text.slice(lineStart, start);
    if (/^\.\.\.(\s|$)/.test(line)) return directives ? start : own;
    if (!/^\uFEFF?(%|\s*#|\s*$)/.test(line)) return own;
    directives ||= /^\uFEFF?%/.test(line);
    start = lineStart;
  }
  return directives ? 0 : own;
}

/**
 * A copy that shares no memory with the file's text. V8 keeps the whole text alive for a slice of
 * it, so that each old version of a large file would live as long as one image read from it.
 */
export function ownCopy(text: string): string {
  return ` ${text}`.slice(1);
}
