// Reading the cluster's configuration with kubectl: found on PATH alone, run without a shell, ended in time.

import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ClusterConfig } from "../../../server/src/environment.ts";
import { createClusterReader } from "../../../server/src/node/clusterConfig.ts";

/** Puts a kubectl of the given text into a folder, and asks it. */
async function ask(
  script: string,
  options: {
    readonly context?: string;
    readonly inWorkspace?: boolean;
    readonly path?: (bin: string) => string;
  } = {},
): Promise<{ answer: ClusterConfig; said: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), "knative-digest-kubectl-"));
  try {
    const bin = path.join(folder, "bin");
    await mkdir(bin);
    const file = path.join(bin, "kubectl");
    await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/arguments"\n${script}\n`);
    await chmod(file, 0o755);
    const read = createClusterReader({
      variables: { PATH: options.path?.(bin) ?? `${bin}:${process.env["PATH"] ?? ""}` },
      home: folder,
      platform: process.platform,
      workspaceFolders: () => (options.inWorkspace === true ? [folder] : []),
    });
    const answer = await read(options.context ?? "", new AbortController().signal);
    const said = await readFile(path.join(folder, "arguments"), "utf8").catch(() => "");
    return { answer, said };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const configMap = JSON.stringify({
  kind: "ConfigMap",
  data: { "registries-skipping-tag-resolving": "staging.test", number: 1 },
});

describe("reading config-deployment from the cluster", function () {
  before(function () {
    if (process.platform === "win32") this.skip();
  });

  it("answers with the texts under its data", async () => {
    const { answer, said } = await ask(`cat <<'E'\n${configMap}\nE`);
    assert.ok(answer.kind === "config");
    assert.deepEqual([...answer.settings], [["registries-skipping-tag-resolving", "staging.test"]]);
    assert.deepEqual(said.trim().split("\n"), [
      "get",
      "configmap",
      "config-deployment",
      "--namespace=knative-serving",
      "--output=json",
      "--request-timeout=8s",
    ]);
  });

  it("hands the context over as one argument, whatever it holds", async () => {
    const { said } = await ask("exit 0", { context: "-x; touch /tmp/evil" });
    assert.ok(said.includes("--context=-x; touch /tmp/evil\n"));
  });

  it("does not run a kubectl of the workspace, nor one in a relative folder", async () => {
    const notFound: ClusterConfig = { kind: "failed", reason: "not-found" };
    const alone = (bin: string): string => bin;
    assert.equal((await ask("exit 0", { path: alone })).said.startsWith("get\n"), true);
    const inside = await ask("exit 0", { path: alone, inWorkspace: true });
    assert.deepEqual(inside, { answer: notFound, said: "" });
    const relative = (bin: string): string => `${path.relative(process.cwd(), bin)}::.`;
    assert.deepEqual(await ask("exit 0", { path: relative }), { answer: notFound, said: "" });
  });

  it("says that the cluster refused, or answered with something else", async () => {
    assert.deepEqual((await ask("exit 1")).answer, { kind: "failed", reason: "refused" });
    for (const said of ["", "{}", "[]", "not json", '{"kind":"ConfigMap","data":[]']) {
      const { answer } = await ask(`cat <<'E'\n${said}\nE`);
      assert.deepEqual(answer, { kind: "failed", reason: "unreadable" }, said);
    }
  });

  it("ends one that says too much", async () => {
    const { answer } = await ask(
      "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done",
    );
    assert.deepEqual(answer, { kind: "failed", reason: "too-much-output" });
  });
});
