// A change of a file as a patch.

import { FILE_HEADERS_ONLY, formatPatch, structuredPatch, type StructuredPatchHunk } from "diff";
import { spanInDocument, type FileOffset } from "../../document/span.ts";
import { applyChanges, type FileChange } from "../../edits/change.ts";
import { createPlaces } from "./places.ts";

/** Lines that are shown before and behind each change, as git shows them. */
const context = 3;

/**
 * The patch of some changes of a file, for `git apply` and `patch -p1` in a folder.
 * @param name the file's path from that folder
 * @param text the file's text before
 */
export function renderPatch(name: string, text: string, changes: readonly FileChange[]): string {
  const hunks: StructuredPatchHunk[] = [];
  let added = 0;
  // The time of a comparison grows with the square of what differs, so only the places of the changes are compared.
  for (const { start, end, line, inside } of windows(text, changes)) {
    const before = text.slice(start, end);
    const after = applyChanges(
      before,
      inside.map((change) => ({ ...spanInDocument(change, start), text: change.text })),
    );
    const found = structuredPatch("", "", before, after, "", "", { context }).hunks;
    for (const hunk of found) {
      const { oldStart, newStart, oldLines, newLines } = hunk;
      hunks.push({ ...hunk, oldStart: oldStart + line, newStart: newStart + line + added });
      added += newLines - oldLines;
    }
  }
  const files = { oldFileName: `a/${name}`, newFileName: `b/${name}` };
  // Without a `diff --git` line git takes the names as seen from the folder it is applied in, as they are here.
  return formatPatch(
    { ...files, oldHeader: undefined, newHeader: undefined, hunks },
    FILE_HEADERS_ONLY,
  );
}

/** Whole lines of a text, with the changes in them. */
interface Window {
  readonly start: FileOffset;
  readonly end: FileOffset;
  /** How many lines stand before it. */
  readonly line: number;
  readonly inside: readonly FileChange[];
}

/** The surroundings of the changes; what lies so close that it would be one hunk is one window. */
function windows(text: string, changes: readonly FileChange[]): readonly Window[] {
  const places = createPlaces(text);
  const found: { first: number; last: number; inside: FileChange[] }[] = [];
  for (const change of [...changes].sort((a, b) => a.start - b.start)) {
    const first = places.at(change.start).line - 1;
    const last = places.at(change.end).line - 1;
    const before = found.at(-1);
    if (before !== undefined && first - before.last <= 2 * context) {
      before.last = Math.max(before.last, last);
      before.inside.push(change);
    } else {
      found.push({ first, last, inside: [change] });
    }
  }
  return found.map(({ first, last, inside }) => {
    const line = Math.max(0, first - context);
    const [start, end] = [places.ofLine(line + 1), places.ofLine(last + context + 2)];
    return { start, end, line, inside };
  });
}
