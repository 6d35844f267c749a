// The file of the disk cache: private, replaced as a whole, shared by sessions that write in turn.

import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { CacheFile, Log } from "../../environment.ts";
import { readSmallFile } from "./regularFile.ts";
import { renameOver } from "./renameOver.ts";

/** What `mergeCache` writes at most; parsing it takes 30 ms. */
const maxSize = 4 * 1024 * 1024;
/** A lock this old belongs to a session that died; so does one of the future, as a clock that was set back leaves it. */
const lockLifeMs = 5000;
/** A temporary file that was never renamed is removed after this time. */
const leftOverMs = 60_000;
const lockTries = 20;
const lockPauseMs = 25;

/** The cache in `folder`, which is made when something is written; empty keeps nothing. */
export function createCacheFile(folder: string | Promise<string>, log: Log): CacheFile {
  const read = async (file: string): Promise<string | undefined> => {
    const found = await readSmallFile(file, maxSize);
    return found.kind === "bytes" ? found.bytes.toString("utf8") : undefined;
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
        await removeLeftOvers(file);
      }),
    remove: () => inFile((file) => rm(file, { force: true })),
  };
}

/** Writes a temporary file and renames it, so that a reader sees the old text or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    await handle.writeFile(text, "utf8").finally(() => handle.close());
    await renameOver(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes what sessions left that were killed while they wrote. */
async function removeLeftOvers(file: string): Promise<void> {
  const [folder, own] = [path.dirname(file), `${path.basename(file)}.`];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(own) || !/^[0-9a-f]{12}$/.test(name.slice(own.length))) continue;
    const leftOver = path.join(folder, name);
    const { mtimeMs } = await stat(leftOver);
    if (Math.abs(Date.now() - mtimeMs) > leftOverMs) await rm(leftOver, { force: true });
  }
}

/** Sessions that end together must not lose each other's answers: one reads and writes at a time. */
async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  let taken = await take(lock);
  for (let tries = 0; taken === "held" && tries < lockTries; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, lockPauseMs));
    taken = await take(lock);
  }
  // Without the lock another session's newest answers may be lost, which is better than losing all of this one's.
  await work().finally(() => (taken === "mine" ? rm(lock, { force: true }) : undefined));
}

/** Takes the lock, or tells whether another session holds it: where none can be made, waiting is of no use. */
async function take(lock: string): Promise<"mine" | "held" | "impossible"> {
  try {
    await (await open(lock, "wx", 0o600)).close();
    return "mine";
  } catch (error) {
    if (!isTaken(error)) return "impossible";
    const age = await stat(lock).then(
      ({ mtimeMs }) => Math.abs(Date.now() - mtimeMs),
      () => 0,
    );
    if (age <= lockLifeMs) return "held";
    // A lock that is not a file cannot be removed, and then none is held.
    return rm(lock, { force: true }).then(
      () => "held",
      () => "impossible",
    );
  }
}

/** Windows says that access is denied while a lock is being removed. */
function isTaken(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  return code === "EEXIST" || (process.platform === "win32" && code === "EPERM");
}
