// What stands under the cursor that "Go to Definition" can lead somewhere from: a value in a template, a model's runtime.

import type { FileOffset } from "../document/span.ts";

/** A longer line names no runtime. */
const maxLine = 500;

/** `image.tag` of `.Values.image.tag` at an offset; undefined if none stands there. */
export function namedValueAt(text: string, offset: FileOffset): string | undefined {
  const { line, column } = lineAt(text, offset);
  for (const { index, 0: whole, 1: path } of line.matchAll(/\.Values((?:\.\w+)+)/g)) {
    if (index <= column && column <= index + whole.length) return path?.slice(1);
  }
  return undefined;
}

/** The name of the ServingRuntime on a line `runtime: name` at an offset; undefined if it says none. */
export function namedRuntimeAt(text: string, offset: FileOffset): string | undefined {
  const { line } = lineAt(text, offset);
  if (line.length > maxLine) return undefined;
  return /^\s*runtime:\s*["']?([\w.-]+)["']?\s*(?:#.*)?$/.exec(line)?.[1];
}

/** The line at an offset, and where in it that is. */
function lineAt(
  text: string,
  offset: FileOffset,
): { readonly line: string; readonly column: number } {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return { line: text.slice(start, end < 0 ? undefined : end), column: offset - start };
}
