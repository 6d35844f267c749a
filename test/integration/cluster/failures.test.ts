// A cluster that gives no answer: each reason has its sentence and exit code 3.

import assert from "node:assert/strict";
import { createKubectlRunner } from "../../../server/src/node/programs/kubectl.ts";
import { timeoutMs } from "../../support/deadline.ts";
import { runCommand } from "../../support/commandLine.ts";
import type { ClusterContents, Fault } from "../../support/kubernetes/apiServer.ts";
import { ask, codes, image, manifest, oneRevision } from "../../support/kubernetes/comparing.ts";
import { configDeployment, resource } from "../../support/kubernetes/knativeResources.ts";
import { withCluster } from "../../support/kubernetes/withCluster.ts";
import { digestA } from "../../support/reading.ts";

describe("a cluster that does not answer", function () {
  const text = manifest([{ image }]);
  const rows: readonly [string, Partial<ClusterContents>, RegExp][] = [
    ["an expired login", fault(401), /Sign in to the cluster again/],
    ["no permission", fault(403), /may not read/],
    ["a slow answer", fault("slow"), /did not answer in time/],
    ["a huge answer", fault("huge"), /larger than 8 MB/],
    ["an answer that is cut off", fault("cut-off"), /was cut off/],
    ["no Knative", { serving: null }, /is not installed/],
    ["an old Knative", { serving: "v1beta1" }, /too old/],
  ];
  function fault(kind: Fault): Partial<ClusterContents> {
    return { faults: { services: kind } };
  }
  for (const [name, contents, words] of rows) {
    it(`exits with 3 for ${name}, and says so once`, async () => {
      const resources = contents.serving === "v1beta1" ? old() : oneRevision(digestA);
      const asked = await ask({ resources, ...contents }, text);
      assert.equal(asked.code, 3, asked.stderr);
      assert.match(asked.stderr, words);
      assert.equal(asked.stderr.trim().split("\n").length, 1);
      assert.deepEqual(codes(asked), []);
      assert.equal(asked.json.images[0]?.cluster, null);
    });
  }
  function old(): ClusterContents["resources"] {
    const all = oneRevision(digestA);
    const aged = (all["services"] ?? []).map((each) => ({
      ...each,
      apiVersion: "serving.knative.dev/v1beta1",
    }));
    return { ...all, services: aged };
  }

  it("exits with 3 where a long list changes while it is read", async () => {
    const containers = [{ image }];
    const services = Array.from({ length: 600 }, (_, index) =>
      resource({ name: `s-${index}`, containers, latestCreated: "r" }),
    );
    const { code, stderr } = await ask(
      { resources: { configmaps: [configDeployment({})], services }, ...fault(410) },
      text,
    );
    assert.equal(code, 3, stderr);
    assert.match(stderr, /Compare again/);
  });

  it("exits with 3 without kubectl, and for a context that there is not", async () => {
    const without = await runCommand("check --cluster --offline", { files: { "a.yaml": text } });
    assert.deepEqual([without.code, /Install kubectl/.test(without.stderr)], [3, true]);
    const asked = await ask({ resources: oneRevision(digestA) }, text, {
      args: "check --cluster --context nowhere",
    });
    assert.deepEqual([asked.code, /Choose another context/.test(asked.stderr)], [3, true]);
  });

  it("exits with 3 where kubectl has no cluster, and where it cannot be reached", async () => {
    await withCluster({ resources: {} }, async ({ run, stop, variables, folder }) => {
      await stop();
      const gone = await runCommand("check --cluster --offline", {
        files: { "a.yaml": text },
        runKubectl: run,
      });
      assert.deepEqual([gone.code, /cannot be reached/.test(gone.stderr)], [3, true], gone.stderr);
      const places = {
        variables: { ...variables, KUBECONFIG: `${folder}/none` },
        ...{ home: folder, platform: process.platform, workspaceFolders: () => [] },
      };
      const nowhere = createKubectlRunner(places, timeoutMs);
      const none = await runCommand("check --cluster --offline", {
        files: { "a.yaml": text },
        runKubectl: nowhere,
      });
      assert.deepEqual(
        [none.code, /kubectl config use-context/.test(none.stderr)],
        [3, true],
        none.stderr,
      );
    });
  });

  it("goes on without Knative's configuration where only that may not be read", async () => {
    const contents = { resources: oneRevision(digestA), faults: { configmaps: 403 } as const };
    const asked = await ask(contents, text);
    assert.deepEqual([asked.code, /may not read/.test(asked.stderr)], [0, true], asked.stderr);
  });

  it("takes --context for a slip without --cluster", async () => {
    const { code } = await runCommand("check --context prod", { files: { "a.yaml": text } });
    assert.equal(code, 2);
  });
});
