// The comment that ignores the findings of a line, as a change of the text.

import { scalarSpans } from "../document/yaml/yamlDocument.ts";
import type { Change } from "../edits/change.ts";

/**
 * A comment on a line of its own above the one at `offset`, indented as that line is: behind the line there may be no
 * room for one. Undefined where that line begins inside a scalar, of which the comment would become a part.
 */
export function ignoreComment(text: string, offset: number): Change | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", start);
  const lineBreak = end > 0 && text[end - 1] === "\r" ? "\r\n" : "\n";
  // A file may begin with a byte order mark, which stays at its front.
  const at = text.startsWith("\ufeff") && start === 0 ? 1 : start;
  if (scalarSpans(text).some((scalar) => scalar.start < at && at < scalar.end)) return undefined;
  const indent = /^[ \t]*/.exec(text.slice(at, end < 0 ? text.length : end))?.[0] ?? "";
  return { start: at, end: at, text: `${indent}# knative-digest: ignore${lineBreak}` };
}
