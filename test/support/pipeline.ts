// A machine as pipelines have it: a project, the built command on the PATH, programs that stand in for others, and a
// registry with one image.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { startDemoRegistry, type DemoRegistry } from "../demo/demoRegistry.ts";
import { singleImage } from "../demo/sampleImages.ts";
import { loopbackIsFine } from "./loopbackIsFine.ts";
import { projectPath } from "./projectRoot.ts";
import { temporaryFolder } from "./registry/programs.ts";

/** What ended a command, and all that it printed. */
export interface PipelineResult {
  readonly code: number | null;
  readonly output: string;
}

export interface Pipeline {
  /** A path of this machine: `bin`, `project`, or beside them. */
  readonly at: (...parts: readonly string[]) => string;
  readonly registry: () => DemoRegistry;
  /** `HOST/team/app:1`, which is in the registry. */
  readonly image: () => string;
  readonly digest: () => string;
  /** Puts a program onto the PATH, before all others; `body` is a shell script. */
  readonly program: (name: string, body: string) => Promise<void>;
  /** Writes `project/a.yaml`. */
  readonly write: (content: string) => Promise<void>;
  /** Runs a program in the project. The registry answers in this process, so nothing blocks it. */
  readonly run: (
    command: readonly [program: string, ...args: readonly string[]],
    variables?: Readonly<Record<string, string>>,
  ) => Promise<PipelineResult>;
}

/** Gives each test of a `describe` such a machine of its own; one registry serves them all. */
export function usePipeline(): Pipeline {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let registry: DemoRegistry;
  let digest: string;
  const at = (...parts: readonly string[]): string => path.join(folder.path, ...parts);
  const program: Pipeline["program"] = async (name, body) => {
    await rm(at("bin", name), { force: true });
    await writeFile(at("bin", name), `#!/bin/sh\nset -e\n${body}\n`);
    await chmod(at("bin", name), 0o755);
  };
  before(async () => {
    registry = await startDemoRegistry("private/");
    digest = registry.push("team/app", "1", singleImage("one"));
  });
  after(() => registry.stop());
  beforeEach(async () => {
    folder = await temporaryFolder();
    await mkdir(at("bin"));
    await symlink(projectPath("dist/cli.cjs"), at("bin/knative-digest"));
    await mkdir(at("project"));
    // The registry of these tests is on loopback, which is not what they are about.
    await writeFile(at("project/.knative-digest.yaml"), JSON.stringify(loopbackIsFine));
  });
  afterEach(() => folder.remove());
  return {
    at,
    program,
    registry: () => registry,
    image: () => `${registry.host}/team/app:1`,
    digest: () => digest,
    write: (content) => writeFile(at("project/a.yaml"), content),
    async run([name, ...args], variables = {}) {
      const child = spawn(name, args, {
        cwd: at("project"),
        env: {
          PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`,
          HOME: folder.path,
          ...variables,
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const [out, errors] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      return { code: child.exitCode, output: out + errors };
    },
  };
}
