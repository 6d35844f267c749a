// Runs programs of this machine: by absolute path, without a shell, never from inside the workspace, with a deadline.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import type { ProgramAnswer, ProgramFailure } from "../../environment.ts";
import { isReallyWithin } from "../files/insideFolder.ts";
import { programPlaces } from "./programPlaces.ts";

export interface ProgramPlaces {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly workspaceFolders: () => readonly string[];
}

/** Only its first line is shown. */
const maxErrors = 8 * 1024;
/** How long the reason of a failure is waited for once the program has ended. */
const errorsMs = 200;

export interface RunOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Most bytes of the answer; a program that says more is ended. */
  readonly maxOutput: number;
  readonly places: ProgramPlaces;
}

/** A program's absolute path; one inside the workspace is passed over. */
export async function findProgram(
  name: string,
  places: ProgramPlaces,
): Promise<string | undefined> {
  const { platform, workspaceFolders } = places;
  const right = platform === "win32" ? constants.F_OK : constants.X_OK;
  for (const file of programPlaces(name, places)) {
    const usable = await access(file, right).then(
      () => true,
      () => false,
    );
    if (usable && !(await isReallyWithin(workspaceFolders(), file))) return file;
  }
  return undefined;
}

/** Runs a program with `input` on its standard input; of standard error only the beginning is kept. */
export function runProgram(
  program: string,
  args: readonly string[],
  input: string,
  options: RunOptions,
): Promise<ProgramAnswer | ProgramFailure> {
  const { signal, timeoutMs, maxOutput } = options;
  if (signal.aborted) return Promise.resolve("failed");
  const { child, kill } = start(program, args, options.places);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const errors: Buffer[] = [];
    let length = 0;
    let errorLength = 0;
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
    child.stdout?.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxOutput) stop("too-much-output");
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      // What is not kept is read nevertheless: the program would wait otherwise.
      if (errorLength < maxErrors) errors.push(chunk);
      errorLength += chunk.length;
    });
    const finish = (exitCode: number): void => {
      child.stderr?.destroy();
      end({
        exitCode,
        stdout: Buffer.concat(chunks).toString("utf8"),
        stderr: Buffer.concat(errors).subarray(0, maxErrors).toString("utf8"),
      });
    };
    child.on("close", (code) => finish(code ?? 1));
    // What it started and left behind, an agent perhaps, may hold standard error open: the answer is there before.
    const hasEnded = new Promise<number>((done) => child.once("exit", (code) => done(code ?? 1)));
    const hasSaid = new Promise((done) => child.stdout?.once("close", done));
    void Promise.all([hasEnded, hasSaid]).then(([exitCode]) => {
      if (exitCode === 0) finish(exitCode);
      else setTimeout(() => finish(exitCode), errorsMs).unref();
    });
    // A program that ends without reading closes the pipe, which is not an error.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function start(
  program: string,
  args: readonly string[],
  { variables, home, platform }: ProgramPlaces,
): { child: ChildProcess; kill: () => void } {
  const windows = platform === "win32";
  const child = spawn(program, args, {
    // Never the folder of the editor, which may be the workspace.
    cwd: existsSync(home) ? home : path.parse(program).root,
    // Editors set these for their own processes; a program written in Node would be confused by them.
    env: { ...variables, NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: undefined },
    shell: false,
    // A group of its own, so that what it started ends with it.
    detached: !windows,
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined && !windows) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  return { child, kill };
}
