// Reads files that others may have made: asked first what they are, and bounded.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
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

/**
 * Reads a regular file of at most so many bytes. Pipes, sockets and devices are not opened: they may have no end, and
 * opening them may wait for somebody or do something. Never rejects.
 * @param memory for the bytes of a file that is shorter: new memory for each of many files costs more than reading them
 */
export async function readRegularFile(
  file: string,
  maxBytes: number,
  memory?: Buffer,
): Promise<FileBytes> {
  try {
    const status = await stat(file);
    if (status.isDirectory()) return problem("folder");
    if (!status.isFile()) return problem("not-a-file");
    if (status.size > maxBytes) return problem("too-large");
    // It may be another file by now: without waiting, and asked again.
    const handle = await open(file, flags);
    try {
      if (!(await handle.stat()).isFile()) return problem("not-a-file");
      return await readAll(handle, { size: status.size, maxBytes, memory });
    } finally {
      await handle.close();
    }
  } catch (error) {
    return problem(problemOf(error));
  }
}

/** The same at once, for small files that are read before the first connection to a host. */
export function readRegularFileSync(file: string, maxBytes: number): FileBytes {
  try {
    const handle = openSync(file, flags);
    try {
      const status = fstatSync(handle);
      if (!status.isFile()) return problem(status.isDirectory() ? "folder" : "not-a-file");
      if (status.size > maxBytes) return problem("too-large");
      const buffer = Buffer.alloc(status.size);
      let length = 0;
      for (let read = 1; read > 0 && length < buffer.length; length += read) {
        read = readSync(handle, buffer, length, buffer.length - length, length);
      }
      return { kind: "bytes", bytes: buffer.subarray(0, length) };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return problem(problemOf(error));
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
  try {
    const handle = await open(file, flags);
    try {
      if (!(await handle.stat()).isFile()) return false;
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
    } finally {
      await handle.close();
    }
  } catch {
    // It is gone or may not be read: then nothing is known of it.
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
