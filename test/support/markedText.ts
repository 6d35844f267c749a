// Texts with marks: `<|>` is the cursor, `«…»` a range.

import { fileOffset, type FileOffset } from "../../server/src/document/span.ts";

export interface MarkedText {
  /** The text without its marks. */
  readonly text: string;
  /** Offset of the cursor; -1 if there is none. */
  readonly cursor: FileOffset;
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}

/** Takes the marks out of a text and says where they stood. */
export function readMarks(marked: string): MarkedText {
  const ranges: { start: number; end: number }[] = [];
  const starts: number[] = [];
  let text = "";
  let cursor = fileOffset(-1);
  for (const part of marked.split(/(<\|>|«|»)/)) {
    if (part === "<|>") cursor = fileOffset(text.length);
    else if (part === "«") starts.push(text.length);
    else if (part === "»") ranges.push({ start: starts.pop() ?? 0, end: text.length });
    else text += part;
  }
  return { text, cursor, ranges };
}
