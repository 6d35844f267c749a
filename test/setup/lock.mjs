// One at a time across processes: a file that names the process that may go on.

import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { root, say } from "./processes.mjs";

const pollMs = 250;

/**
 * Runs `work` while nothing else builds into dist/ and out/ or reads them: tests, benchmarks, fuzzing.
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @template T
 */
export function withBuildOutput(work) {
  return withLock(join(root, ".cache/test.lock"), work);
}

/**
 * Runs `work` while no other process holds the same lock; a lock whose holder has died is taken over.
 * @param {string} file exists while the lock is held
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @template T
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !acquire(file); told = true) {
    if (!told) say(`Waiting for another run that holds ${file} …`);
    await wait(pollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Linking a file that is already written makes the lock and its holder's number appear at once. */
function acquire(file) {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    removeIfDead(file);
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function removeIfDead(file) {
  const holder = readHolder(file);
  if (holder === undefined || isAlive(holder)) return;
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
    // Another run may have taken the lock over between our look and our rename: give it back.
    if (readHolder(aside) !== holder) linkSync(aside, file);
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readHolder(file) {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
