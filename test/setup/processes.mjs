// Starting programs from the setup scripts: with inherited or captured output, and found on the PATH.

import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The folder of the project: npm runs its scripts there. */
export const root = join(import.meta.dirname, "../..");

/** Prints one line of progress to standard error, so that standard output keeps only results. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Finds a program on the PATH, and where Debian puts those for the administrator.
 * @param {readonly string[]} names tried in this order
 * @returns {string | undefined} the full path
 */
export function findProgram(names) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  const endings = process.platform === "win32" ? [".cmd", ".exe", ""] : [""];
  for (const name of names) {
    for (const folder of folders.filter((each) => each !== "")) {
      const found = endings.map((ending) => join(folder, name + ending)).find(isProgram);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options] `quiet` keeps the
 *   output back and shows it only if the program fails.
 * @returns {Promise<{ code: number, output: string }>} never rejects: a program that cannot be
 *   started ends with code 127.
 */
export function run(command, args, options = {}) {
  const { cwd = root, env = process.env, quiet = false } = options;
  return new Promise((resolve) => {
    const stdio = quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"];
    // npm and its programs are scripts on Windows, and only a shell starts those.
    const shell = process.platform === "win32" && !command.endsWith(".exe");
    const child = spawn(command, args, { cwd, env, stdio, shell });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs a program that has to succeed.
 * @param {string} what what is being done, for the message if it fails
 * @throws {Error} with the end of the program's output
 */
export async function runOrFail(what, command, args, options = {}) {
  const { code, output } = await run(command, args, { quiet: true, ...options });
  if (code === 0) return;
  const end = output.trimEnd().split("\n").slice(-25).join("\n");
  throw new Error(`${what} failed (${command} ${args.join(" ")}: exit code ${code}).\n${end}`);
}

/** Runs a step and prints how long it took. */
export async function timed(what, step) {
  const start = performance.now();
  say(`${what} …`);
  const result = await step();
  say(`${what}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}
