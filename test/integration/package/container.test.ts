// The container image, instruction by instruction, where no docker is: what it copies is there, its steps exist, and what
// it starts runs from what it holds and nothing else.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, cp, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { projectPath } from "../../support/projectRoot.ts";
import { service } from "../../support/reading.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

interface Instruction {
  readonly name: string;
  readonly text: string;
}

const read = (file: string): string => readFileSync(projectPath(file), "utf8");

/** The instructions of each stage. */
function stagesOf(dockerfile: string): readonly (readonly Instruction[])[] {
  const lines = dockerfile.replace(/\\\n/g, " ").split("\n");
  const instructions = lines.flatMap((line): Instruction[] => {
    const [, name, text = ""] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, text }];
  });
  const stages: Instruction[][] = [];
  for (const each of instructions) {
    if (each.name === "FROM") stages.push([]);
    stages.at(-1)?.push(each);
  }
  return stages;
}

const [building = [], final = []] = stagesOf(read(".ci/Dockerfile"));
const textsOf = (stage: readonly Instruction[], name: string): readonly string[] =>
  stage.filter((each) => each.name === name).map(({ text }) => text);

/** The words of a COPY: its sources and where they go. */
function copied(text: string): { readonly sources: readonly string[]; readonly target: string } {
  const words = text.split(/ +/).filter((word) => !word.startsWith("--"));
  return { sources: words.slice(0, -1), target: words.at(-1) ?? "" };
}

describe("the container image", () => {
  it("is built from files of the repository, and from nothing that was made of them", () => {
    for (const text of textsOf(building, "COPY")) {
      for (const source of copied(text).sources) assert.ok(existsSync(projectPath(source)), source);
    }
    const plain = (pattern: string): string => pattern.replace(/\/$/, "");
    const left = new Set(read(".ci/Dockerfile.dockerignore").split("\n").map(plain));
    const made = read(".gitignore").trim().split("\n").map(plain);
    assert.deepEqual(
      made.filter((pattern) => !left.has(pattern)),
      [],
    );
    assert.ok(left.has(".git"));
  });

  it("is built by steps that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const steps = textsOf(building, "RUN").flatMap((text) => text.split(" && "));
    assert.deepEqual(
      steps.filter((step) => step.startsWith("npm ci")),
      ["npm ci --ignore-scripts"],
    );
    for (const step of steps) {
      const [program = "", first = "", second = ""] = step.split(" ");
      if (program === "node") assert.ok(existsSync(projectPath(first)), step);
      else if (first === "run") assert.ok(second in scripts, step);
      else assert.equal(`${program} ${first}`, "npm ci", step);
    }
  });

  it("runs from what was copied into it, without the rights of root and without writing", async () => {
    const folder = await temporaryFolder();
    const inside = (file: string): string => path.join(folder.path, "image", file);
    try {
      for (const text of textsOf(final, "COPY")) {
        const { sources, target } = copied(text);
        await mkdir(inside(target), { recursive: true });
        for (const source of sources) {
          const made = projectPath(path.posix.relative("/src", source));
          await cp(made, path.join(inside(target), path.basename(made)));
        }
      }
      for (const text of textsOf(final, "RUN")) {
        const [, target = "", link = ""] = /^ln -s (\S+) (\S+)$/.exec(text) ?? [];
        await mkdir(path.dirname(inside(link)), { recursive: true });
        await symlink(inside(target), inside(link));
      }
      assert.deepEqual(textsOf(final, "USER"), ["node"]);
      const [entry = ""] = JSON.parse(textsOf(final, "ENTRYPOINT")[0] ?? "[]") as string[];
      const usual = JSON.parse(textsOf(final, "CMD")[0] ?? "[]") as string[];
      const work = path.join(folder.path, "work");
      await mkdir(work);
      await writeFile(path.join(work, "a.yaml"), service("https://ghcr.io/acme/app"));
      await chmod(folder.path, 0o755);
      const run = (args: readonly string[]): Promise<{ code: number; output: string }> =>
        started(inside(`usr/local/bin/${entry}`), args, work);
      const help = await run(usual);
      assert.equal(help.code, 0, help.output);
      assert.match(help.output, /^Usage: knative-digest/);
      const found = await run(["check", "--offline"]);
      assert.equal(found.code, 1, found.output);
      assert.match(found.output, /doomed-reference/);
      // The first request loads what lies beside the program.
      const silent = await run(["resolve", "127.0.0.1:1/app:v1"]);
      assert.equal(silent.code, 3, silent.output);
    } finally {
      await folder.remove();
    }
  });
});

/** Runs a program as a user without rights, where the test has those of root. */
function started(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; output: string }> {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const env = { PATH: process.env["PATH"], HOME: "/nonexistent" };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, ...nobody }, (error, out, errors) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
      resolve({ code, output: out + errors });
    });
  });
}
