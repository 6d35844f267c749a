// A config-deployment with six mistakes in a real VS Code: each squiggled, each fixed by its quick fix, and the
// Service beside it changing its outcome as the list changes, unsaved.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shows } from "./editorDriver.ts";
import { withEditor } from "./withEditor.ts";

const configuration = `apiVersion: v1
kind: ConfigMap
metadata:
  name: config-deployment
  namespace: knative-serving
data:
  queue-sidecar-image: registry.example/queue@sha256:${"a".repeat(64)}
  registries-skipping-tag-resolution: staging.example
  progress-deadline: "10"
  queueSidecarCPURequest: 25m
  pod-is-always-schedulable: "yes"
  default-affinity-type: nobody
  digest-resolution-timeout: 5
`;

const service = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: app
spec:
  template:
    spec:
      containers:
        - image: staging.example/app:v1
`;

describe("a config-deployment on the screen", () => {
  it("shows six mistakes, fixes each, and the Service follows while nothing is saved", async () => {
    const workspace = await mkdtemp(join(tmpdir(), "knative-digest-config-"));
    try {
      const file = join(workspace, "config-deployment.yaml");
      await writeFile(file, configuration);
      await writeFile(join(workspace, "service.yaml"), service);
      const settings = { "knativeDigest.resolve": "off" };
      await withEditor({ workspace, openFile: file, settings }, async (editor) => {
        const codes = [
          ...["unknown-config-key", "legacy-config-key"],
          ...["invalid-config-value", "10", "yes", "nobody"],
        ];
        await editor.problems((rows) => codes.every((code) => rows.join("\n").includes(code)));
        await editor.page.locator(".squiggly-warning").first().waitFor();
        await editor.page.locator(".squiggly-error").first().waitFor();
        await editor.screenshot("configuration-before");
        await editor.applyQuickFix(
          "registries-skipping-tag-resolution",
          /^Rename “/,
          shows("registries-skipping-tag-resolving: staging.example"),
        );
        await editor.applyQuickFix(
          "queueSidecarCPURequest",
          /^Rename “/,
          shows("queue-sidecar-cpu-request: 25m"),
        );
        await editor.applyQuickFix('"10"', /^Change/, shows('progress-deadline: "10s"'));
        await editor.applyQuickFix('"yes"', /^Change/, shows('pod-is-always-schedulable: "true"'));
        await editor.applyQuickFix(
          "nobody",
          /^Change/,
          shows("default-affinity-type:", (line) => !line.includes("nobody")),
        );
        await editor.applyQuickFix(
          "timeout: 5",
          /^Put 5 in quotes/,
          shows('digest-resolution-timeout: "5"'),
        );
        // Quoted it is a string without a unit, which is the next mistake.
        await editor.applyQuickFix('"5"', /^Change/, shows('digest-resolution-timeout: "5s"'));
        await editor.screenshot("configuration-after");
        await editor.openFile("service.yaml");
        await editor.problems((rows) => rows.join("\n").includes("registry-skipped"));
        await editor.screenshot("configuration-service");
        assert.equal(await readFile(file, "utf8"), configuration, "nothing was saved");
      });
    } finally {
      await rm(workspace, { recursive: true, force: true });
    }
  });
});
