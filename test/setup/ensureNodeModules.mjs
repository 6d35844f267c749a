// The npm packages of the project: installs them when they are not those of the lock file.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { root, runOrFail, timed } from "./processes.mjs";

/**
 * Makes node_modules what package-lock.json says. Does nothing if it already is.
 * @throws {Error} if Node is too old or npm fails
 */
export async function ensureNodeModules() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 18)) {
    throw new Error(`Node 20.18 or newer is needed; this is ${process.versions.node}.`);
  }
  if (isCurrent()) return;
  await withLock(join(root, ".cache/node_modules.lock"), async () => {
    if (isCurrent()) return;
    await timed("Installing the npm packages", () =>
      runOrFail("Installing the npm packages", "npm", ["ci", "--no-audit", "--no-fund"]),
    );
  });
}

/**
 * Compares what npm says it installed with the lock file. npm writes its list last, so an
 * interrupted installation has none. Times are of no use: git sets them anew at each checkout.
 */
function isCurrent() {
  try {
    const wanted = packages("package-lock.json");
    const installed = packages("node_modules/.package-lock.json");
    return Object.entries(wanted).every(
      ([path, { version, optional }]) =>
        path === "" ||
        (optional === true && !(path in installed)) ||
        installed[path]?.version === version,
    );
  } catch {
    return false;
  }
}

function packages(lockFile) {
  return JSON.parse(readFileSync(join(root, lockFile), "utf8")).packages;
}
