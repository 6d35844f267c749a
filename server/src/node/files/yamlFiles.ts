// Reads manifests, and says what stands at a path.

import { isAscii, isUtf8 } from "node:buffer";
import { stat } from "node:fs/promises";
import { parseExclusion, parsePathPattern } from "../../paths/pathPattern.ts";
import { findFiles, isFindable, type FindOptions, type FoundFiles } from "./findFiles.ts";
import { findInRegularFile, problemOf, readRegularFile, type FileProblem } from "./regularFile.ts";
import { utf16Text } from "./utf16.ts";

/**
 * Files larger than this are generated bundles or data. Reading one of this size takes about ten times its length in
 * memory, and a second. In bytes.
 */
const maxFileBytes = 20_000_000;
/** So much of a larger file is searched for what would matter: a second's reading. */
const maxSearchedBytes = 1_000_000_000;
/** Memory that is kept for the next file. */
const maxKeptBytes = 4_000_000;
const firstKeptBytes = 250_000;

/** A file's text as it is: a byte order mark and line ends are kept. */
export type FileText = { readonly kind: "text"; readonly text: string } | FileProblemAnswer;

interface FileProblemAnswer {
  readonly kind: "problem";
  readonly problem: FileProblem;
  /** Whether what its bytes show would matter. */
  readonly matters?: boolean;
}

/** A text file that nothing needs. */
export interface UnwantedFile {
  readonly kind: "unwanted";
}

/** What is wanted of files. Asked with bytes that are others after the call. */
export interface Interest {
  /** Whether a file that is text is to be decoded. */
  readonly isWanted: (bytes: Buffer) => boolean;
  /** Whether it matters that bytes cannot be read: they are not UTF-8, or a part of too many. */
  readonly matters: (bytes: Buffer) => boolean;
  /** Is waited for between reading a file and looking through it: several files may be read at the same time. */
  readonly turn?: () => Promise<void>;
}

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

/** Reads files' texts, or says why one is not text that could be a manifest. */
export interface ManifestReader {
  read(file: string): Promise<FileText>;
  /** The same, if the text is wanted: others are not even decoded. */
  readIf(file: string, interest: Interest): Promise<FileText | UnwantedFile>;
}

/**
 * Makes what reads many files: the bytes of one after the other are read into the same memory.
 * @param isAlone whether nothing else waits for this process while a disk answers, as on the command line
 */
export function createManifestReader({ isAlone = false } = {}): ManifestReader {
  const free: Buffer[] = [];
  /** @param use what becomes of the bytes: they are others after the call */
  async function withBytes<Result>(
    file: string,
    use: (bytes: Buffer) => Result,
    turn?: () => Promise<void>,
  ): Promise<Result | FileProblemAnswer> {
    const memory = free.pop() ?? Buffer.allocUnsafeSlow(firstKeptBytes);
    const read = await readRegularFile(file, maxFileBytes, { memory, isAlone });
    await turn?.();
    const needed = read.kind === "bytes" ? read.bytes.length + 1 : 0;
    const result = read.kind === "bytes" ? use(read.bytes) : read;
    const isOutgrown = needed > memory.length && needed <= maxKeptBytes;
    free.push(isOutgrown ? Buffer.allocUnsafeSlow(Math.min(maxKeptBytes, 2 * needed)) : memory);
    return result;
  }
  return {
    read: (file) => withBytes(file, decode),
    async readIf(file, interest) {
      const read = await withBytes(file, (bytes) => decodeIf(bytes, interest), interest.turn);
      const isTooLarge = read.kind === "problem" && read.problem === "too-large";
      return isTooLarge ? tooLarge(file, interest) : read;
    },
  };
}

/** A file that is too large to be read is still searched, so that nothing that matters is passed over silently. */
async function tooLarge(file: string, { matters }: Interest): Promise<FileText> {
  const found = await findInRegularFile(file, maxSearchedBytes, matters);
  return { kind: "problem", problem: "too-large", matters: found };
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
 * @internal Exported for the tests.
 */
export function decode(bytes: Buffer): FileText {
  const problem = problemIn(bytes, () => false);
  return problem ?? { kind: "text", text: bytes.toString(isAscii(bytes) ? "latin1" : "utf8") };
}

/**
 * The same, if the text is wanted.
 * @internal Exported for the tests.
 */
export function decodeIf(bytes: Buffer, { isWanted, matters }: Interest): FileText | UnwantedFile {
  return problemIn(bytes, matters) ?? (isWanted(bytes) ? decode(bytes) : { kind: "unwanted" });
}

/** Why bytes are no text; undefined if they are. */
function problemIn(bytes: Buffer, matters: Interest["matters"]): FileProblemAnswer | undefined {
  const utf16 = utf16Text(bytes);
  if (utf16 !== undefined) {
    return { kind: "problem", problem: "utf-16", matters: matters(Buffer.from(utf16, "latin1")) };
  }
  if (bytes.includes(0)) return { kind: "problem", problem: "binary" };
  if (!isUtf8(bytes)) return { kind: "problem", problem: "not-utf-8", matters: matters(bytes) };
  return undefined;
}
