// The file of the disk cache: private, replaced as a whole, shared by sessions that write in turn.

import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { CacheFile, Log } from "../environment.ts";

const maxSize = 4 * 1024 * 1024;
/** A lock this old belongs to a session that died. */
const lockLifeMs = 5000;
const lockTries = 20;
const lockPauseMs = 25;

/** The cache in `folder`, which is made when something is written; empty keeps nothing. */
export function createCacheFile(folder: string | Promise<string>, log: Log): CacheFile {
  const read = async (file: string): Promise<string | undefined> => {
    try {
      if ((await stat(file)).size > maxSize) return undefined;
      return await readFile(file, "utf8");
    } catch {
      return undefined;
    }
  };
  const inFile = async <Value>(
    work: (file: string) => Promise<Value>,
  ): Promise<Value | undefined> => {
    const known = await folder;
    if (!path.isAbsolute(known)) return undefined;
    try {
      return await work(path.join(known, "digests.json"));
    } catch (error) {
      log("warning", `the cache in ${known} failed: ${String(error)}`);
      return undefined;
    }
  };
  return {
    read: () => inFile(read),
    update: (merge) =>
      inFile(async (file) => {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await withLock(`${file}.lock`, async () => replace(file, merge(await read(file))));
      }),
    remove: () => inFile((file) => rm(file, { force: true })),
  };
}

/** Writes a temporary file and renames it, so that a reader sees the old text or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(beside, "wx", 0o600);
    await handle.writeFile(text, "utf8").finally(() => handle.close());
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Sessions that end together must not lose each other's answers: one reads and writes at a time. */
async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  let mine = await take(lock);
  for (let tries = 0; !mine && tries < lockTries; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, lockPauseMs));
    mine = await take(lock);
  }
  // Without the lock another session's newest answers may be lost, which is better than all of ours.
  await work().finally(() => (mine ? rm(lock, { force: true }) : undefined));
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, "wx", 0o600)).close();
    return true;
  } catch {
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > lockLifeMs) await rm(lock, { force: true });
    return false;
  }
}
