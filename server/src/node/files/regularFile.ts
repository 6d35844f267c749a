// Reads files that others may have made: checks their type first, and bounds their size.

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";

export type FileProblem =
  | "missing"
  | "denied"
  | "folder"
  | "not-a-file"
  | "too-large"
  | "binary"
  | "utf-16"
  | "not-utf-8"
  | "name-not-utf-8"
  | "too-many-links"
  | "ignore-too-costly"
  | "failed";

/** The bytes of a regular file, or why they were not read. */
export type FileBytes =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "problem"; readonly problem: FileProblem };

const chunkBytes = 1 << 20;
/** More than what stands around a word that is looked for. */
const overlapBytes = 1 << 10;
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- Windows has no such flag.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A small file takes milliseconds; a folder of a network that is gone never answers. */
const smallFileMs = 3000;

/**
 * Reads a regular file of at most so many bytes. Pipes, sockets and devices are not opened: they may have no end, and
 * opening them may block or have effects. Never rejects.
 * @param memory for the bytes of a shorter file: new memory for each of many files costs more than reading them
 * @param isAlone whether nothing else waits for this process: then it is not let go first while a disk answers
 * @param opening how it is opened; tests change the file there, between the two questions what it is
 */
export async function readRegularFile(
  file: string,
  maxBytes: number,
  {
    memory,
    isAlone = false,
    opening = open,
  }: {
    readonly memory?: Buffer;
    readonly isAlone?: boolean;
    readonly opening?: typeof open;
  } = {},
): Promise<FileBytes> {
  try {
    const status = isAlone ? statSync(file) : await stat(file);
    if (status.isDirectory()) return problem("folder");
    if (!status.isFile()) return problem("not-a-file");
    if (status.size > maxBytes) return problem("too-large");
    const small = memory === undefined ? undefined : readAtOnce(file, status.size, memory);
    if (small !== undefined) return { kind: "bytes", bytes: small };
    // It may be another file by now: opened without blocking, and checked again.
    const handle = await opening(file, flags);
    try {
      const opened = await handle.stat();
      if (!opened.isFile()) return problem("not-a-file");
      if (opened.size > maxBytes) return problem("too-large");
      return await readAll(handle, { size: opened.size, maxBytes, memory });
    } finally {
      await handle.close();
    }
  } catch (error) {
    return problem(problemOf(error));
  }
}

/**
 * The same for a small file that something waits for: given up after a few seconds.
 * @param reading how it is read, for tests
 */
export async function readSmallFile(
  file: string,
  maxBytes: number,
  reading: typeof readRegularFile = readRegularFile,
  timeoutMs = smallFileMs,
): Promise<FileBytes> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<FileBytes>((resolve) => {
    timer = setTimeout(() => resolve(problem("failed")), timeoutMs);
  });
  try {
    return await Promise.race([reading(file, maxBytes), tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

/** Up to this size, waiting for the steps of reading takes many times longer than reading. */
const atOnceBytes = 200_000;

/**
 * Reads a small file that answered what it is, without letting others go first between the steps: less than a
 * millisecond.
 * @returns undefined if it is not small, or is another file by now
 */
function readAtOnce(file: string, size: number, memory: Buffer): Buffer | undefined {
  if (size === 0 || size > atOnceBytes || size >= memory.length) return undefined;
  const handle = openSync(file, flags);
  try {
    const opened = fstatSync(handle);
    if (!opened.isFile() || opened.size !== size) return undefined;
    return readSync(handle, memory, 0, size + 1, 0) === size ? memory.subarray(0, size) : undefined;
  } finally {
    closeSync(handle);
  }
}

interface Reading {
  /** What the file's size was said to be: one of `/proc` has none, and one that is written to may grow. */
  readonly size: number;
  readonly maxBytes: number;
  readonly memory: Buffer | undefined;
}

async function readAll(
  handle: FileHandle,
  { size, maxBytes, memory }: Reading,
): Promise<FileBytes> {
  const chunks: Buffer[] = [];
  const first = memory !== undefined && memory.length > size ? memory : undefined;
  for (let total = 0; ;) {
    const buffer =
      total === 0
        ? (first?.subarray(0, size + 1) ?? Buffer.allocUnsafe(size + 1))
        : Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    total += bytesRead;
    if (total > maxBytes) return problem("too-large");
    chunks.push(buffer.subarray(0, bytesRead));
    // There was room for more.
    if (total === size) break;
  }
  const [only] = chunks;
  return { kind: "bytes", bytes: chunks.length === 1 && only ? only : Buffer.concat(chunks) };
}

/**
 * Gives a file's bytes to `see`, piece by piece and each with the end of the one before, until it says true.
 * @returns whether it did; false also if the file cannot be read, and behind `maxBytes`
 */
export async function findInRegularFile(
  file: string,
  maxBytes: number,
  see: (piece: Buffer) => boolean,
): Promise<boolean> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, flags);
    return (await handle.stat()).isFile() && (await findIn(handle, maxBytes, see));
  } catch {
    // It is gone or may not be read: then nothing is known of it.
    return false;
  } finally {
    await handle?.close();
  }
}

async function findIn(
  handle: FileHandle,
  maxBytes: number,
  see: (piece: Buffer) => boolean,
): Promise<boolean> {
  const memory = Buffer.allocUnsafe(chunkBytes + overlapBytes);
  let kept = 0;
  for (let total = 0; total < maxBytes;) {
    const { bytesRead } = await handle.read(memory, kept, chunkBytes);
    if (bytesRead === 0) return false;
    const length = kept + bytesRead;
    if (see(memory.subarray(0, length))) return true;
    kept = Math.min(overlapBytes, length);
    memory.copyWithin(0, length - kept, length);
    total += bytesRead;
  }
  return false;
}

function problem(kind: FileProblem): FileBytes {
  return { kind: "problem", problem: kind };
}

/** What an error of the file system means. */
export function problemOf(error: unknown): FileProblem {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "missing";
    case "EISDIR":
      return "folder";
    case "ENXIO":
      return "not-a-file";
    case "ELOOP":
      return "too-many-links";
    case "EACCES":
    case "EPERM":
      return "denied";
    default:
      return "failed";
  }
}
