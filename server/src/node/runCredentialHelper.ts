// Runs credential helpers: by absolute path, without a shell, never from inside the workspace, with a deadline.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import type { ProgramAnswer, ProgramFailure, RunCredentialHelper } from "../environment.ts";
import { isInside } from "./credentialFiles.ts";

export interface HelperPlaces {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly workspaceFolders: () => readonly string[];
}

const maxOutput = 64 * 1024;
const maxAtOnce = 2;

/** A runner that runs two helpers at a time: each may ask the person to unlock something. */
export function createHelperRunner(places: HelperPlaces): RunCredentialHelper {
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (running >= maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
  };
  return async (suffix, input, options) => {
    const program = await findHelper(suffix, places);
    if (program === undefined) return "not-found";
    await enter();
    try {
      return await run(program, input, { ...options, places });
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

/** The helper's absolute path: empty and relative PATH entries, and those in the workspace, are passed over. */
async function findHelper(suffix: string, places: HelperPlaces): Promise<string | undefined> {
  const { variables, platform, workspaceFolders } = places;
  const windows = platform === "win32";
  const name = `docker-credential-${suffix}${windows ? ".exe" : ""}`;
  const value = variables["PATH"] ?? variables["Path"] ?? "";
  for (const folder of value.split(windows ? ";" : ":")) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, name);
    const usable = await access(file, windows ? constants.F_OK : constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable && !(await isInside(file, workspaceFolders()))) return file;
  }
  return undefined;
}

interface RunOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly places: HelperPlaces;
}

function run(
  program: string,
  input: string,
  { timeoutMs, signal, places }: RunOptions,
): Promise<ProgramAnswer | ProgramFailure> {
  // Editors set these for their own processes; a helper written in Node would be confused by them.
  const env = { ...places.variables, NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: undefined };
  const child = spawn(program, ["get"], {
    // Never the folder of the editor, which may be the workspace.
    cwd: existsSync(places.home) ? places.home : path.parse(program).root,
    env,
    shell: false,
    // A group of its own, so that what it started ends with it.
    detached: places.platform !== "win32",
    windowsHide: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined && places.platform !== "win32")
        process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (answer: ProgramAnswer | ProgramFailure): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      resolve(answer);
    };
    const stop = (failure: ProgramFailure): void => {
      kill();
      end(failure);
    };
    const abort = (): void => stop("failed");
    const timer = setTimeout(() => stop("timeout"), timeoutMs);
    signal.addEventListener("abort", abort, { once: true });
    child.on("error", () => end("failed"));
    child.stdout.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxOutput) stop("too-much-output");
    });
    child.on("close", (code) =>
      end({ exitCode: code ?? 1, stdout: Buffer.concat(chunks).toString("utf8") }),
    );
    // A helper that ends without reading closes the pipe, which is no error of ours.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
