// Programs that tests start: found on the PATH or missed with a clear message, and ended by their own process id.

import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** The Debian package of each program. */
const packages: Readonly<Record<string, string>> = {
  "docker-registry": "docker-registry",
  skopeo: "skopeo",
  nginx: "nginx-light",
  openssl: "openssl",
  kubectl: "kubernetes-client",
};

/** The program's path; throws a sentence that says how to get it. */
export function requireProgram(name: string): string {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/bin", "/usr/sbin"];
  for (const folder of folders) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  const name_ = packages[name] ?? name;
  throw new Error(`This test needs ${name}: on Debian and Ubuntu, apt-get install ${name_}.`);
}

/** Runs a program to its end and gives its standard output; throws with its standard error if it fails. */
export function runProgram(name: string, args: readonly string[], input?: string): string {
  const result = spawnSync(requireProgram(name), args, {
    encoding: "utf8",
    input,
    timeout: 60_000,
  });
  if (result.status === 0) return result.stdout;
  throw new Error(`${name} ${args.join(" ")} failed: ${result.stderr}`);
}

/** The same without blocking, for programs that talk to this process. */
export function runProgramBeside(name: string, args: readonly string[]): Promise<string> {
  const program = requireProgram(name);
  return new Promise((resolve, reject) => {
    execFile(program, args, { encoding: "utf8", timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${name} ${args.join(" ")} failed: ${stderr}`));
    });
  });
}

/** A port on loopback that is free now. */
export function freePort(host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** A folder of its own for one test, and how to remove it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "knative-digest-"));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface StartedProgram {
  /** What it wrote so far. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts a program and waits until it listens on the port; throws what it wrote if it ends before. */
export async function startProgram(
  name: string,
  args: readonly string[],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedProgram> {
  const child = spawn(requireProgram(name), args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  // A test process that ends early must not leave its servers behind.
  const killAtExit = (): void => void child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const stop = async (): Promise<void> => {
    process.off("exit", killAtExit);
    await end(child);
  };
  try {
    await listening(port, () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${output}`);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { output: () => output, stop };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
  await ended;
  clearTimeout(timer);
}

/** Waits until something accepts connections on the port, two minutes at most. */
async function listening(port: number, check: () => void): Promise<void> {
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    check();
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing listens on port ${port}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const answer = (value: boolean) => (): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once("connect", answer(true));
    socket.once("error", answer(false));
  });
}
