// The cluster's skip list in an editor: where the user wants it, and only where the workspace says nothing.

import assert from "node:assert/strict";
import { access, chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { withSession, type SessionOptions, type TestSession } from "../support/session.ts";
import { withSample } from "../support/sampleEnvironment.ts";

const text =
  "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ image: from-cluster.test/app:1 }] } } }\n";

const configMap = JSON.stringify({
  kind: "ConfigMap",
  data: { "registries-skipping-tag-resolving": "from-cluster.test" },
});

/** Runs `body` with a kubectl on PATH that leaves a file behind when it is run. */
async function withKubectl(
  options: Partial<SessionOptions>,
  body: (session: TestSession, wasRun: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  await withSample(async ({ scratch }) => {
    const bin = join(scratch, "bin");
    await mkdir(bin);
    const mark = join(scratch, "run");
    const file = join(bin, "kubectl");
    await writeFile(file, `#!/bin/sh\necho "$@" > "${mark}"\ncat <<'E'\n${configMap}\nE\n`);
    await chmod(file, 0o755);
    const wasRun = (): Promise<boolean> =>
      access(mark).then(
        () => true,
        () => false,
      );
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    const enabled = (): unknown => ({ cluster: { enabled: true } });
    await withSession(
      { capabilities: visualStudioCode, env, configuration: enabled, folder: false, ...options },
      (session) => body(session, wasRun),
    );
  });
}

describe("the cluster's skip list", () => {
  it("applies where the workspace says nothing", async () => {
    await withKubectl({}, async ({ client, open }, wasRun) => {
      const { uri } = await open("service.yaml", text);
      const found = await client.diagnostics(uri, (all) =>
        all.some(({ code }) => code === "registry-skipped"),
      );
      assert.match(JSON.stringify(found), /the cluster’s config-deployment/);
      assert.equal(await wasRun(), true);
    });
  });

  it("gives way to the workspace's own", async () => {
    await withKubectl({ folder: true }, async ({ client, open }) => {
      await open("cluster/config-deployment.yaml");
      await open("service.yaml", text);
      await open("shop.yaml");
      const { uri } = await open("service.yaml", text.replace("from-cluster", "elsewhere"));
      const found = await client.diagnostics(uri);
      assert.doesNotMatch(JSON.stringify(found), /registry-skipped/);
    });
  });

  it("is not asked for without trust, nor unless the user turned it on", async () => {
    for (const options of [
      { initializationOptions: { trusted: false } },
      { configuration: () => ({}) },
    ]) {
      await withKubectl(options, async ({ client, open }, wasRun) => {
        const { uri } = await open("service.yaml", text);
        await client.diagnostics(uri);
        await client.hover(uri, 3, 60);
        assert.equal(await wasRun(), false);
      });
    }
  });
});
