// Reads files that others may have made: checks their type first, and bounds their size.

import { constants } from "node:fs";
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
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- Windows has no such flag.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A small file takes milliseconds; a folder of a network that is gone takes for ever. */
const smallFileMs = 3000;

/**
 * Reads a regular file of at most so many bytes. Pipes, sockets and devices are not opened: they may have no end, and
 * opening them may block or have effects. Never rejects.
 * @param opening how it is opened; tests change the file there, between the two questions what it is
 */
export async function readRegularFile(
  file: string,
  maxBytes: number,
  opening: typeof open = open,
): Promise<FileBytes> {
  try {
    const status = await stat(file);
    if (status.isDirectory()) return problem("folder");
    if (!status.isFile()) return problem("not-a-file");
    if (status.size > maxBytes) return problem("too-large");
    // It may be another file by now: opened without blocking, and checked again.
    const handle = await opening(file, flags);
    try {
      const opened = await handle.stat();
      if (!opened.isFile()) return problem("not-a-file");
      if (opened.size > maxBytes) return problem("too-large");
      return await readAll(handle, opened.size, maxBytes);
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

/** A file of `/proc` has no size, and one that is written to may grow. */
async function readAll(handle: FileHandle, size: number, maxBytes: number): Promise<FileBytes> {
  const chunks: Buffer[] = [];
  for (let total = 0; ;) {
    const buffer = Buffer.allocUnsafe(total === 0 ? size + 1 : chunkBytes);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    total += bytesRead;
    if (total > maxBytes) return problem("too-large");
    chunks.push(buffer.subarray(0, bytesRead));
  }
  const [only] = chunks;
  return { kind: "bytes", bytes: chunks.length === 1 && only ? only : Buffer.concat(chunks) };
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
