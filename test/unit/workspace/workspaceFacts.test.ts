// What of a file the others must hear of: a changed fact is never taken for the same, and typing elsewhere changes none.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import type { FileAnalysis } from "../../../server/src/document/analysis.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { chartFile } from "../../../server/src/document/helm/chartParts.ts";
import { fileFacts, keepsFacts, sameFacts } from "../../../server/src/workspace/workspaceFacts.ts";
import { service } from "../../support/reading.ts";

const values = "file:///c/values.yaml";
const templates = "file:///c/templates/a.yaml";
const plain = "file:///w/a.yaml";

function analyzed(text: string, uri: string): FileAnalysis {
  return analyzeFile(text, { ...defaultAnalysisOptions, chartFile: chartFile(uri) });
}

const configMap = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata:\n${data}`;
const skipList = (list: string): string =>
  configMap("config-deployment", `  registries-skipping-tag-resolving: ${list}\n`);
const local = (host: string): string =>
  configMap(
    "local-registry-hosting",
    `  localRegistryHosting.v1: |\n    host: "${host}"\n`,
  ).replace("hosting }", "hosting, namespace: kube-public }");
const kserve = (mode: string): string =>
  configMap("inferenceservice-config", `  deploy: '{"defaultDeploymentMode": "${mode}"}'\n`);

describe("the facts of a file after a change", () => {
  /** Whether they are kept, and whether they are the same where they are drawn again. */
  const rows: readonly [string, string, string, boolean, boolean, string?][] = [
    ["nothing", service("a/app:1"), service("a/app:1"), true, true],
    ["a tag", service("a/app:1"), service("a/app:2"), true, true],
    [
      "a name",
      service("a/app:1"),
      service("a/app:1").replace("name: app", "name: bpp"),
      true,
      true,
    ],
    ["a registry", service("r.io/app:1"), service("s.io/app:1"), false, false],
    ["a reference to none", service("r.io/app:1"), service("B:1"), false, false],
    ["one more image", "a: 1\n", service("r.io/app:1"), false, false],
    ["one more document", "a: 1\n", "a: 1\n---\nb: 2\n", false, true],
    ["a configuration", skipList("a.io"), skipList("b.io"), false, false],
    ["a new configuration", "a: 1\n", skipList("a.io"), false, false],
    ["a local registry", local("localhost:5001"), local("localhost:5002"), false, false],
    ["no local registry any more", local("localhost:5001"), "a: 1\n", false, false],
    ["KServe's mode", kserve("RawDeployment"), kserve("Serverless"), false, false],
    ["a chart's value", "image: a\n", "image: b\n", false, false, values],
    [
      "a chart's template",
      service('"{{ .Values.a }}"'),
      service('"{{ .Values.b }}"'),
      false,
      false,
      templates,
    ],
  ];
  for (const [name, before, after, keeps, same, uri = plain] of rows) {
    it(`are ${keeps ? "" : "not "}kept for ${name}`, () => {
      const [one, other] = [analyzed(before, uri), analyzed(after, uri)];
      assert.equal(keepsFacts(one, other), keeps);
      const facts = [one, other].map((analysis) => fileFacts({ uri, analysis }));
      assert.ok(facts[0] && facts[1]);
      assert.equal(sameFacts(facts[0], facts[1]), same);
      assert.ok(sameFacts(facts[0], facts[0]));
    });
  }

  it("are others where a configuration or a chart's file has moved", () => {
    for (const [text, uri] of [
      [skipList("a.io"), plain],
      ["image: a\n", values],
    ] as const) {
      const analysis = analyzed(`x: 1\n---\n${text}`, uri);
      const moved = {
        ...analysis,
        parts: analysis.parts.map((part) => ({ ...part, start: (part.start + 1) as never })),
      };
      const [one, other] = [analysis, moved].map((each) => fileFacts({ uri, analysis: each }));
      assert.ok(one && other);
      assert.ok(!sameFacts(one, other), uri);
    }
  });

  it("are another file's where it has another address", () => {
    const analysis = analyzed(skipList("a.io"), plain);
    const other = fileFacts({ uri: "file:///w/b.yaml", analysis });
    assert.ok(!sameFacts(fileFacts({ uri: plain, analysis }), other));
  });
});
