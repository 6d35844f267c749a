// The GitHub Action: its steps, run one after the other as the runner would, with the built command line.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { parse } from "yaml";
import { usePipeline } from "../../support/pipeline.ts";
import { projectPath } from "../../support/projectRoot.ts";
import { service } from "../../support/reading.ts";

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = parse(readFileSync(projectPath("action.yml"), "utf8")) as Action;

/** Values by the name that expressions have for them: `inputs.paths`, `steps.check.outputs.exit-code`. */
type Values = Map<string, string>;

/** An expression of the few forms that the action has: names, strings, `==`, `!=`, `&&`, `||`. */
function evaluate(expression: string, values: Values): string {
  const operand = (text: string): string =>
    /^'(.*)'$/.exec(text.trim())?.[1] ?? values.get(text.trim()) ?? "";
  const comparison = (text: string): string => {
    const [, left = "", operator, right = ""] = /^(.+?)(==|!=)(.+)$/.exec(text) ?? [];
    if (operator === undefined) return operand(text);
    const isEqual = operand(left) === operand(right);
    return isEqual === (operator === "==") ? "true" : "";
  };
  const all = (text: string): string =>
    text.split("&&").every(comparison) ? comparison(text.split("&&").at(-1) ?? "") : "";
  return (
    expression
      .split("||")
      .map(all)
      .find((value) => value !== "") ?? ""
  );
}

function substitute(text: string, values: Values): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => evaluate(expression, values));
}

describe("the action", function () {
  const { at, image, digest, program, run, write } = usePipeline();

  beforeEach(async () => {
    await rm(at("bin/knative-digest"));
    await program(
      "npm",
      `mkdir -p "$RUNNER_TEMP/knative-digest/node_modules/.bin"
echo "$*" >"${at("npm.txt")}"
ln -sf "${projectPath("dist/cli.cjs")}" "$RUNNER_TEMP/knative-digest/node_modules/.bin/knative-digest"`,
    );
    await program(
      "gh",
      `echo "$*" >>"${at("gh.txt")}"
case "$2" in list) ;; create) echo https://github.com/acme/app/pull/1 ;; esac`,
    );
    git("init", "--quiet", "--initial-branch", "main", ".");
    execFileSync("git", ["init", "--quiet", "--bare", at("origin.git")]);
    git("remote", "add", "origin", at("origin.git"));
  });

  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd: at("project"),
      encoding: "utf8",
    });

  async function commit(content: string): Promise<void> {
    await write(content);
    git("add", "--all");
    git("commit", "--quiet", "--message", "all");
  }

  /** Runs the steps as the runner does: outputs and the PATH go through files, a step that fails ends it. */
  async function runAction(
    inputs: Readonly<Record<string, string>>,
  ): Promise<{ code: number; output: string; outputs: Readonly<Record<string, string>> }> {
    const values: Values = new Map([["github.token", "a token"]]);
    for (const [name, { default: value }] of Object.entries(action.inputs)) {
      values.set(`inputs.${name}`, inputs[name] ?? substitute(value, values));
    }
    let output = "";
    let code = 0;
    const folders = [at("bin"), process.env["PATH"] ?? ""];
    for (const step of action.runs.steps) {
      assert.equal(step.shell, "bash");
      if (step.if !== undefined && evaluate(step.if, values) === "") continue;
      for (const file of ["output", "path"]) await writeFile(at(file), "");
      const env = Object.entries(step.env).map(([name, text]) => [name, substitute(text, values)]);
      const result = await run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
        {
          ...(Object.fromEntries(env) as Record<string, string>),
          ...{ PATH: folders.join(":"), RUNNER_TEMP: at("temp"), GITHUB_ACTIONS: "true" },
          ...{ GITHUB_OUTPUT: at("output"), GITHUB_PATH: at("path") },
        },
      );
      output += result.output;
      for (const line of (await readFile(at("output"), "utf8")).split("\n")) {
        const [, name, value] = /^([^=]+)=(.*)$/.exec(line) ?? [];
        if (name !== undefined) values.set(`steps.${step.id ?? ""}.outputs.${name}`, value ?? "");
      }
      folders.unshift((await readFile(at("path"), "utf8")).trim());
      code = result.code ?? -1;
      if (code !== 0) break;
    }
    const outputs = Object.entries(action.outputs).map(
      ([name, { value }]) => [name, substitute(value, values)] as const,
    );
    return { code, output, outputs: Object.fromEntries(outputs) };
  }

  it("installs the version that it belongs to, without running scripts", async () => {
    await commit(service(image()));
    await runAction({});
    const { version } = JSON.parse(readFileSync(projectPath("package.json"), "utf8")) as {
      version: string;
    };
    assert.match(
      await readFile(at("npm.txt"), "utf8"),
      new RegExp(`^install .*--ignore-scripts knative-digest@${version.replaceAll(".", "\\.")}\n$`),
    );
  });

  it("passes what is fine, and stops what is not with an annotation", async () => {
    await commit(service(image()));
    const fine = await runAction({ paths: "a.yaml\n\nmissing folder/*.yaml" });
    assert.notEqual(fine.code, 0, "A pattern that matches nothing is a mistake.");
    assert.equal((await runAction({})).code, 0);
    await commit(service("https://registry.example.com/app"));
    const other = await runAction({});
    assert.equal(other.code, 1);
    assert.deepEqual(other.outputs["exit-code"], "1");
    assert.match(other.output, /^::error .*file=a\.yaml.*doomed-reference/m);
  });

  it("writes SARIF where it is asked for", async () => {
    await commit(service("https://registry.example.com/app"));
    const { code } = await runAction({ sarif: "images.sarif", "fail-on": "never" });
    assert.equal(code, 0);
    assert.match(await readFile(at("project/images.sarif"), "utf8"), /doomed-reference/);
  });

  it("passes a silent registry only if that was chosen", async () => {
    await commit(service("127.0.0.1:1/app:v1"));
    assert.equal((await runAction({})).code, 3);
    assert.equal((await runAction({ unreachable: "pass" })).code, 0);
    assert.equal((await runAction({ offline: "true" })).code, 0);
  });

  it("updates pins and opens a pull request, and none where nothing moved", async () => {
    const update = { update: "true", "pull-request": "true" };
    await commit(service(`${image()}@${digest()}`));
    const still = await runAction(update);
    assert.deepEqual([still.code, still.outputs["changed"]], [0, "0"], still.output);
    await assert.rejects(readFile(at("gh.txt")));
    await commit(service(`${image()}@sha256:${"0".repeat(64)}`));
    const moved = await runAction(update);
    assert.equal(moved.code, 0, moved.output);
    assert.equal(moved.outputs["changed"], "1");
    assert.equal(moved.outputs["pull-request"], "https://github.com/acme/app/pull/1");
    const pushed = execFileSync("git", [
      ...["--git-dir", at("origin.git"), "show", "knative-digest/update-pins:a.yaml"],
    ]);
    assert.equal(pushed.toString(), service(`${image()}@${digest()}`));
  });
});
