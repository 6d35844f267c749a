// Reads manifests, and says what stands at a path.

import { stat } from "node:fs/promises";
import { parseExclusion, parsePathPattern } from "../paths/pathPattern.ts";
import { findFiles, isFindable, type FindOptions, type FoundFiles } from "./findFiles.ts";
import { problemOf, readRegularFile, type FileProblem } from "./regularFile.ts";

/**
 * Files larger than this are generated bundles or data. Reading one of this size takes about ten times its length in
 * memory, and a second. In bytes.
 */
const maxFileBytes = 20_000_000;

/** A file's text as it is: a byte order mark and line ends are kept. */
export type FileText =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "problem";
      readonly problem: FileProblem;
      /** What can be made of bytes that are not UTF-8, to see whether they would matter. */
      readonly guess?: string;
    };

/** Finds the files that kubectl would read in a folder. */
export function findManifests(
  folder: string,
  options: Omit<FindOptions, "pattern"> = {},
): Promise<FoundFiles> {
  return findFiles(folder, options);
}

/**
 * Finds the manifests of a workspace's folder, as absolute paths.
 * @param exclude patterns as settings have them; one that cannot be understood was refused with the settings
 */
export async function findWorkspaceFiles(
  folder: string,
  exclude: readonly string[],
): Promise<readonly string[]> {
  const patterns = exclude.flatMap((text) => parseExclusion(text) ?? []);
  return (await findFiles(folder, { exclude: [{ folder, patterns }] })).files;
}

/** Whether a file is one that {@link findWorkspaceFiles} finds, whatever the settings leave out. */
export function isWorkspaceFile(folder: string, file: string): Promise<boolean> {
  return isFindable(folder, file);
}

/** Finds the files that a pattern names, counted from a folder; undefined if it cannot be understood. */
export async function matchFiles(
  pattern: string,
  folder: string,
  options: Omit<FindOptions, "pattern"> = {},
): Promise<FoundFiles | undefined> {
  const parsed = parsePathPattern(pattern);
  return parsed === undefined ? undefined : findFiles(folder, { ...options, pattern: parsed });
}

/** What stands at a path, links followed. */
export async function kindOfPath(at: string): Promise<"file" | "folder" | "missing" | "denied"> {
  try {
    return (await stat(at)).isDirectory() ? "folder" : "file";
  } catch (error) {
    return problemOf(error) === "denied" ? "denied" : "missing";
  }
}

/** Reads a file's text, or says why it is not text that could be a manifest. */
export async function readManifest(file: string): Promise<FileText> {
  const read = await readRegularFile(file, maxFileBytes);
  return read.kind === "bytes" ? decode(read.bytes) : read;
}

/** Reads a stream to its end, as a file is read. @throws what the stream throws */
export async function readStream(stream: AsyncIterable<Buffer | string>): Promise<FileText> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > maxFileBytes) return { kind: "problem", problem: "too-large" };
    chunks.push(Buffer.from(chunk));
  }
  return decode(Buffer.concat(chunks));
}

/**
 * The bytes as text; nothing is replaced, so that the text gives the same bytes again.
 * @internal Exported for its tests.
 */
export function decode(bytes: Uint8Array): FileText {
  const utf16 = utf16Text(bytes);
  if (utf16 !== undefined) return { kind: "problem", problem: "utf-16", guess: utf16 };
  if (bytes.includes(0)) return { kind: "problem", problem: "binary" };
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { kind: "text", text: decoder.decode(bytes) };
  } catch {
    const guess = new TextDecoder("latin1").decode(bytes);
    return { kind: "problem", problem: "not-utf-8", guess };
  }
}

/** The text of bytes that begin with UTF-16's byte order mark, as PowerShell writes it. */
function utf16Text(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return undefined;
}

/** Reads a file's text; undefined if it cannot be read, is too large, or holds bytes that no text has. */
export async function readTextFile(file: string): Promise<string | undefined> {
  const read = await readManifest(file);
  return read.kind === "text" ? read.text : undefined;
}
