// Runs the built command line as a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown } from "node:fs/promises";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { projectPath } from "./projectRoot.ts";

export interface BuiltOptions {
  /** The current folder. */
  readonly cwd: string;
  readonly stdin?: string | Uint8Array;
  /** Whether more could come behind that. */
  readonly keepsStdinOpen?: boolean;
  /** All of the environment; what a shell has by itself is added. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Runs it without the rights of root, where the test has them. */
  readonly unprivileged?: boolean;
}

/** The user without rights, since root may read and write everything. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** Gives files to the user that unprivileged runs have; nothing is to be done where the test is that user. */
export async function giveAway(...files: readonly string[]): Promise<void> {
  if (isRoot) for (const file of files) await chown(file, nobody, nobody);
}

export interface BuiltResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltProcess {
  /** When all of standard input stands in the pipe. */
  readonly written: Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<BuiltResult>;
}

/** Starts `knative-digest` as `npm run build` made it. */
export function startBuilt(args: readonly string[], options: BuiltOptions): BuiltProcess {
  const { cwd, stdin = "", variables = {}, unprivileged = false } = options;
  const child = spawn(process.execPath, [projectPath("dist/cli.cjs"), ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...variables },
    ...(unprivileged && isRoot ? { uid: nobody, gid: nobody } : {}),
  });
  // A program that ends before it has read everything breaks the pipe.
  child.stdin.on("error", () => undefined);
  const written = new Promise<void>((resolve) => {
    if (options.keepsStdinOpen === true) child.stdin.write(stdin, () => resolve());
    else child.stdin.end(stdin, resolve);
  });
  const ended = Promise.all([readText(child.stdout), readText(child.stderr), once(child, "close")]);
  return {
    written,
    kill: (signal) => void child.kill(signal),
    ended: ended.then(([stdout, stderr]) => ({ code: child.exitCode, stdout, stderr })),
  };
}

/** All text, with the byte order mark that decoders like to leave out. */
async function readText(stream: Readable): Promise<string> {
  return (await buffer(stream)).toString("utf8");
}

/** The same, to its end. */
export function runBuilt(args: readonly string[], options: BuiltOptions): Promise<BuiltResult> {
  return startBuilt(args, options).ended;
}
