// Files that people or other programs name: asked first what they are, and read up to a bound.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";

/** Without waiting for whoever writes into a FIFO. */
const flags = constants.O_RDONLY | ("O_NONBLOCK" in constants ? constants.O_NONBLOCK : 0);

/** Why a file is not read; the message is for people. */
class NotReadable extends Error {}

/**
 * The text of a regular file of at most `maxBytes`. Throws `NotReadable` for a folder, a device, a FIFO and for a
 * larger file, and what the system says where it cannot be opened.
 */
export async function readRegularFile(file: string, maxBytes: number): Promise<string> {
  const handle = await open(file, flags);
  try {
    const status = await handle.stat();
    check(status, maxBytes);
    const buffer = Buffer.alloc(Math.min(status.size, maxBytes) + 1);
    let length = 0;
    // A file that grows meanwhile is read as far as it was announced.
    for (let read = 1; read > 0 && length < buffer.length; length += read) {
      ({ bytesRead: read } = await handle.read(buffer, length, buffer.length - length, length));
    }
    return buffer.subarray(0, length).toString("utf8");
  } finally {
    await handle.close();
  }
}

/** The same at once, for what is read before the first connection to a host. */
export function readRegularFileSync(file: string, maxBytes: number): string {
  const handle = openSync(file, flags);
  try {
    const status = fstatSync(handle);
    check(status, maxBytes);
    const buffer = Buffer.alloc(Math.min(status.size, maxBytes) + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read) {
      read = readSync(handle, buffer, length, buffer.length - length, length);
    }
    return buffer.subarray(0, length).toString("utf8");
  } finally {
    closeSync(handle);
  }
}

function check(status: { isFile(): boolean; readonly size: number }, maxBytes: number): void {
  if (!status.isFile()) throw new NotReadable("not a regular file");
  if (status.size > maxBytes) throw new NotReadable(`larger than ${maxBytes} bytes`);
}
