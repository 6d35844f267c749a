// The guide's recipes for pipelines, each run as it is written there, on manifests that are fine and on others.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { usePipeline, type PipelineResult } from "../../support/pipeline.ts";
import { projectPath } from "../../support/projectRoot.ts";
import { service } from "../../support/reading.ts";
import { requireProgram } from "../../support/registry/programs.ts";

const guide = readFileSync(projectPath("docs/ci-and-gitops.md"), "utf8");
const commandLine = readFileSync(projectPath("docs/command-line.md"), "utf8");

/** The fenced blocks that begin with a comment that names their file. */
function recipes(): ReadonlyMap<string, string> {
  const blocks = [...guide.matchAll(/^```(?:yaml|make)\n# (\S+)\n([^]*?)^```$/gm)];
  return new Map(blocks.map(([, name = "", body = ""]) => [name, body]));
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

interface GitLabFile {
  readonly [job: string]: { readonly script: readonly string[] };
}

interface HooksFile {
  readonly repos: readonly {
    readonly hooks: readonly { readonly entry: string; readonly pass_filenames: boolean }[];
  }[];
}

/** The shell commands of a recipe, in the order in which the service runs them. */
function commandsOf(name: string): readonly string[] {
  const body = recipes().get(name) ?? assert.fail(`The guide has no ${name}`);
  if (name === "Makefile") return ["make images"];
  const content: unknown = parse(body);
  if (name.startsWith(".github/")) {
    const { jobs } = content as Workflow;
    return Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  }
  if (name === ".gitlab-ci.yml") {
    return Object.values(content as GitLabFile).flatMap(({ script }) => script);
  }
  const { repos } = content as HooksFile;
  return repos.flatMap(({ hooks }) =>
    hooks.map(({ entry, pass_filenames }) => {
      assert.equal(pass_filenames, false);
      return entry;
    }),
  );
}

describe("the recipes of the guide", function () {
  const { at, image, digest, program, run, write } = usePipeline();

  // What npm would install is there: the built program itself.
  beforeEach(() => program("npm", 'test "$*" = "install --global knative-digest"'));

  /** Runs the commands one after the other until one fails, as all of those services do. */
  async function runAll(name: string): Promise<PipelineResult> {
    const body = recipes().get(name) ?? "";
    await mkdir(path.dirname(at("project", name)), { recursive: true });
    await writeFile(at("project", name), body);
    let output = "";
    for (const command of commandsOf(name)) {
      const result = await run(["sh", "-e", "-c", command], { CI: "true" });
      output += result.output;
      if (result.code !== 0) return { code: result.code, output };
    }
    return { code: 0, output };
  }

  it("are all tried here", () => {
    assert.deepEqual([...recipes().keys()].sort(), [
      ".github/workflows/code-scanning.yaml",
      ".github/workflows/images.yaml",
      ".github/workflows/update-pins.yaml",
      ".gitlab-ci.yml",
      ".pre-commit-config.yaml",
      "Makefile",
    ]);
  });

  const checks = [
    ".github/workflows/images.yaml",
    ".gitlab-ci.yml",
    ".pre-commit-config.yaml",
    "Makefile",
  ];
  for (const name of checks) {
    it(`${name} passes what is fine and stops what is not`, async () => {
      requireProgram("make");
      await write(service(image()));
      const fine = await runAll(name);
      assert.equal(fine.code, 0, fine.output);
      assert.match(fine.output, /1 image in 1 file: nothing to report/);
      await write(service("https://registry.example.com/app"));
      const other = await runAll(name);
      assert.notEqual(other.code, 0);
      assert.match(other.output, /doomed-reference/);
    });
  }

  it("code-scanning.yaml writes SARIF whatever is found, and fails where something was not read", async () => {
    const name = ".github/workflows/code-scanning.yaml";
    await write(service("https://registry.example.com/app"));
    const found = await runAll(name);
    assert.equal(found.code, 0, found.output);
    assert.match(
      await readFile(at("project/images.sarif"), "utf8"),
      /"ruleId": "doomed-reference"/,
    );
    await write("apiVersion: serving.knative.dev/v1\nkind: Service\nimage: [broken\n");
    assert.notEqual((await runAll(name)).code, 0);
  });

  it("update-pins.yaml moves pins to what is old enough", async () => {
    await write(service(`${image()}@sha256:${"0".repeat(64)}`));
    const { code, output } = await runAll(".github/workflows/update-pins.yaml");
    assert.equal(code, 0, output);
    assert.equal(await readFile(at("project/a.yaml"), "utf8"), service(`${image()}@${digest()}`));
  });
});

describe("the recipes for rendered manifests", () => {
  const { at, program, run } = usePipeline();
  /** As helm 4.1.4 prints it. */
  const rendered = `---\n# Source: web/templates/service.yaml\n${service('"localhost/web:2.1"')}`;
  const files: Readonly<Record<string, string>> = {
    "base/service.yaml": service("ghcr.io/acme/web:2.0"),
    "base/kustomization.yaml": "resources: [service.yaml]\n",
    "overlays/prod/kustomization.yaml":
      'resources: [../../base]\nimages:\n  - name: ghcr.io/acme/web\n    newName: localhost/web\n    newTag: "2.1"\n',
  };
  const block = /## Rendered manifests\n[^]*?```sh\n([^]*?)```/.exec(guide)?.[1] ?? "";
  const commands = block.split("\n").filter((line) => line !== "");

  // Debian has neither of the two; kubectl has the real kustomize built in.
  beforeEach(async () => {
    requireProgram("kubectl");
    await program("helm", `test "$*" = "template charts/web"\ncat <<'E'\n${rendered}E`);
    await program("kustomize", 'test "$1" = build\nexec kubectl kustomize "$2"');
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(at("project", name)), { recursive: true });
      await writeFile(at("project", name), content);
    }
  });

  it("are three", () => {
    const names = commands.map((command) => command.split(" ")[0]);
    assert.deepEqual(names, ["helm", "kustomize", "kubectl"]);
  });

  for (const command of commands) {
    it(`${command} checks what comes out`, async () => {
      const { code, output } = await run(["sh", "-c", command]);
      assert.equal(code, 1, output);
      assert.match(output, /doomed-reference/);
    });
  }
});

describe("the table of exit codes", () => {
  it("has the codes that the program's own help has", async () => {
    const help = await promisify(execFile)(projectPath("dist/cli.cjs"), ["--help"]);
    const told = [...help.stdout.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => code);
    const table = [...commandLine.matchAll(/^\| `(\d+)` +\|/gm)].map(([, code]) => code);
    assert.deepEqual(table, told);
    assert.deepEqual(table, ["0", "1", "2", "3", "130"]);
  });
});
