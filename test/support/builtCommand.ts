// Runs the built command line as a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { projectPath } from "./projectRoot.ts";

export interface BuiltOptions {
  /** The current folder. */
  readonly cwd: string;
  readonly stdin?: string;
  /** All of the environment; what a shell has by itself is added. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The user and group to run as. */
  readonly id?: number;
}

export interface BuiltResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltProcess {
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<BuiltResult>;
}

/** Starts `knative-digest` as `npm run build` made it. */
export function startBuilt(args: readonly string[], options: BuiltOptions): BuiltProcess {
  const { cwd, stdin = "", variables = {}, id } = options;
  const child = spawn(process.execPath, [projectPath("dist/cli.cjs"), ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...variables },
    ...(id === undefined ? {} : { uid: id, gid: id }),
  });
  // A program that ends before it has read everything breaks the pipe.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return {
    kill: (signal) => void child.kill(signal),
    ended: ended.then(([stdout, stderr]) => ({ code: child.exitCode, stdout, stderr })),
  };
}

/** The same, to its end. */
export function runBuilt(args: readonly string[], options: BuiltOptions): Promise<BuiltResult> {
  return startBuilt(args, options).ended;
}
