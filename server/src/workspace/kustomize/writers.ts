// The image uses of a file as what writes images.

import type { FileAnalysis, ImageUse } from "../../document/analysis.ts";
import { fileOffset, inFile, type FileOffset } from "../../document/span.ts";
import { spanOf } from "../../document/writtenImage.ts";
import { fateKey } from "./fate.ts";
import type { Writer } from "./layers.ts";

/** An image use and what it is as a writer. */
export interface Write {
  readonly use: ImageUse;
  readonly writer: Writer;
}

/** The image uses of a file as writers. */
export function writesOf(uri: string, { parts, text }: FileAnalysis): Write[] {
  return parts.flatMap(({ document, start }) =>
    document.images.map((use) => ({ use, writer: writerOf(use, { uri, text, start }) })),
  );
}

function writerOf(
  use: ImageUse,
  { uri, text, start }: { readonly uri: string; readonly text: string; readonly start: FileOffset },
): Writer {
  return { uri, key: fateKey(use), start: inFile(spanOf(use).start, start), text };
}

/** An entry without a version is not an image use; it is recognized by its kustomization. */
export function ruleWriter(uri: string, { parts, text }: FileAnalysis): Writer {
  const part = parts.find(({ document }) => document.kustomization !== undefined);
  return { uri, key: undefined, start: part?.start ?? fileOffset(0), text };
}
