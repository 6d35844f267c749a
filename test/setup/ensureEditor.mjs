// A real VS Code that needs no download from its maker: code-server's build of it, from npm, with the Node it wants.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { root, runOrFail, timed } from "./processes.mjs";

const codeServer = "4.139.1";
const nodeMajor = "24";

const folder = join(root, ".cache/vscode");
const marker = join(folder, "complete.json");
const editor = join(folder, "node_modules/code-server/lib/vscode");

/** The pieces: the editor's server and the Node that runs it (Node 20 is too old for it). */
const pieces = {
  server: join(editor, "out/server-main.js"),
  node: join(folder, `node_modules/node-${process.platform}-${process.arch}/bin/node`),
};

/**
 * Makes the browser-hosted VS Code ready in .cache/vscode. Does nothing if it is; what an interrupted
 * run has left is thrown away.
 * @returns {Promise<{ server: string, node: string }>} full paths
 * @throws {Error} if npm has no such build for this machine
 */
export async function ensureEditor() {
  if (isComplete()) return pieces;
  await withLock(join(root, ".cache/vscode.lock"), async () => {
    if (!isComplete()) await timed("Installing the browser-hosted VS Code", install);
  });
  return pieces;
}

function wanted() {
  return `${JSON.stringify({ codeServer, nodeMajor, platform: process.platform, arch: process.arch })}\n`;
}

function isComplete() {
  return (
    existsSync(marker) &&
    readFileSync(marker, "utf8") === wanted() &&
    existsSync(pieces.server) &&
    existsSync(pieces.node)
  );
}

async function install() {
  if (!["linux", "darwin"].includes(process.platform)) {
    throw new Error(
      `There is no browser-hosted VS Code for ${process.platform}: install the desktop one.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // A package of its own: code-server refuses other Nodes than its own, which as a
  // dependency of the project would stop everybody's npm ci.
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const npm = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const node = `node-${process.platform}-${process.arch}@${nodeMajor}`;
  await runOrFail("Installing Node for the editor", "npm", [...npm, node], { cwd: folder });
  const args = [...npm, "--engine-strict=false", `code-server@${codeServer}`];
  await runOrFail("Installing code-server", "npm", args, { cwd: folder });
  // Its lock file is incomplete, so npm ci fails here; native modules stay unbuilt and are not missed.
  await runOrFail("Installing the editor's packages", "npm", [...npm, "--omit=dev"], {
    cwd: editor,
  });
  writeFileSync(marker, wanted());
}
