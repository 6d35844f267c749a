// Running kubectl: found on PATH alone, run without a shell, ended in time, two at once.

import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ProgramAnswer, ProgramFailure } from "../../../server/src/environment.ts";
import { createKubectlRunner } from "../../../server/src/node/programs/kubectl.ts";

interface Ran {
  readonly answers: readonly (ProgramAnswer | ProgramFailure)[];
  /** The arguments, a line each. */
  readonly said: string;
}

/** Puts a kubectl of the given text into a folder, and runs it some times at once. */
async function runScript(
  script: string,
  options: {
    readonly args?: readonly string[];
    readonly times?: number;
    readonly inWorkspace?: boolean;
    readonly path?: (bin: string) => string;
    readonly timeoutMs?: number;
  } = {},
): Promise<Ran> {
  const folder = await mkdtemp(path.join(tmpdir(), "knative-digest-kubectl-"));
  try {
    const bin = path.join(folder, "bin");
    await mkdir(bin);
    const file = path.join(bin, "kubectl");
    const lines = `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/arguments"\ncd "${folder}"\n${script}\n`;
    await writeFile(file, lines);
    await chmod(file, 0o755);
    const run = createKubectlRunner(
      {
        variables: { PATH: options.path?.(bin) ?? `${bin}:${process.env["PATH"] ?? ""}` },
        home: folder,
        platform: process.platform,
        workspaceFolders: () => (options.inWorkspace === true ? [folder] : []),
      },
      options.timeoutMs,
    );
    const { signal } = new AbortController();
    const answers = await Promise.all(
      Array.from({ length: options.times ?? 1 }, () => run(options.args ?? ["get"], signal)),
    );
    const said = await readFile(path.join(folder, "arguments"), "utf8").catch(() => "");
    return { answers, said };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe("running kubectl", function () {
  before(function () {
    if (process.platform === "win32") this.skip();
  });

  it("hands its arguments over one by one, whatever they hold", async () => {
    const { said } = await runScript("exit 0", { args: ["get", "--context=-x; touch /tmp/evil"] });
    assert.equal(said, "get\n--context=-x; touch /tmp/evil\n");
  });

  it("does not run a kubectl of the workspace, nor one in a relative folder", async () => {
    const alone = (bin: string): string => bin;
    assert.equal((await runScript("exit 0", { path: alone })).said, "get\n");
    const notFound: Ran = { answers: ["not-found"], said: "" };
    assert.deepEqual(await runScript("exit 0", { path: alone, inWorkspace: true }), notFound);
    const relative = (bin: string): string => `${path.relative(process.cwd(), bin)}::.`;
    assert.deepEqual(await runScript("exit 0", { path: relative }), notFound);
  });

  it("ends one that says too much, and one that says nothing", async () => {
    const { answers } = await runScript("exec cat /dev/zero");
    assert.deepEqual(answers, ["too-much-output"]);
    const silent = await runScript("exec sleep 600", { timeoutMs: 50 });
    assert.deepEqual(silent.answers, ["timeout"]);
  });

  it("runs two at once and no more, and goes on after one that failed", async () => {
    // Each leaves a mark while it runs, and fails if it sees more than one other.
    const script = 'mkdir "run-$$"; sleep 0.3; set -- run-*; n=$#; rmdir "run-$$"; [ $n -le 2 ]';
    const { answers } = await runScript(script, {
      times: 5,
      path: (bin) => `${bin}:/usr/bin:/bin`,
    });
    assert.deepEqual(
      answers.map((answer) => (typeof answer === "string" ? answer : answer.exitCode)),
      Array.from({ length: 5 }, () => 0),
    );
  });
});
