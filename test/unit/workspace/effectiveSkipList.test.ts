// Which skip list applies to a manifest: first found wins, nearest first.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { chartFile } from "../../../server/src/document/helm/chartParts.ts";
import {
  candidates,
  effectiveSkipList,
  type SkipList,
} from "../../../server/src/workspace/effectiveSkipList.ts";
import type { FileAnalysis } from "../../../server/src/document/analysis.ts";
import { fileFacts, mergeFacts } from "../../../server/src/workspace/workspaceFacts.ts";
import { createWorkspaceIndex } from "../../../server/src/workspace/workspaceIndex.ts";

const configMap = (list: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-deployment}\ndata:\n  registries-skipping-tag-resolving: "${list}"\n`;
const serving = (list: string): string =>
  `apiVersion: operator.knative.dev/v1beta1\nkind: KnativeServing\nspec:\n  config:\n    deployment:\n      registries-skipping-tag-resolving: "${list}"\n`;

function factsOf(files: Readonly<Record<string, string>>) {
  return mergeFacts(
    Object.entries(files).map(([uri, text]) => {
      const options = { ...defaultAnalysisOptions, chartFile: chartFile(uri) };
      return fileFacts({ uri, analysis: analyzeFile(text, options) });
    }),
  );
}

function listFor(
  uri: string,
  files: Readonly<Record<string, string>>,
  others: { setting?: readonly string[]; cluster?: readonly string[] } = {},
): string {
  const list = effectiveSkipList({
    uri,
    facts: factsOf(files),
    setting: others.setting ?? null,
    cluster: others.cluster,
  });
  return `${list.origin}: ${[...list.registries].join(" ")}`;
}

describe("the skip list of a manifest", () => {
  const app = "file:///w/apps/app.yaml";
  it("is Knative's default where nothing else is said", () =>
    assert.equal(listFor(app, {}), "default: kind.local ko.local dev.local"));
  it("is the setting's before all, also when it is empty", () => {
    const files = { "file:///w/apps/c.yaml": configMap("a.io") };
    assert.equal(listFor(app, files, { setting: [] }), "setting: ");
  });
  for (const value of ["${SKIP}", '{{ join "," .Values.skip }}', "$(SKIP)"]) {
    it(`is the next source's where a template fills in the nearest: ${value}`, () => {
      const files = {
        "file:///w/apps/c.yaml": configMap(value),
        "file:///w/c.yaml": configMap("a.io"),
      };
      assert.equal(listFor(app, files), "config-map: a.io");
      const alone = { "file:///w/apps/c.yaml": configMap(value) };
      assert.equal(listFor(app, alone, { cluster: ["b.io"] }), "cluster: b.io");
      const question = { uri: app, facts: factsOf(alone), setting: null, cluster: undefined };
      const list = effectiveSkipList(question);
      assert.equal(list.origin, "default");
      assert.equal(list.unknown?.uri, "file:///w/apps/c.yaml");
    });
  }
  it("is what is certain of a list that a template fills in partly", () =>
    assert.equal(
      listFor(app, { "file:///w/c.yaml": configMap("a.io,${MORE}") }),
      "config-map: a.io",
    ));
  it("is never that of a ConfigMap in another namespace, unless Knative runs there", () => {
    const elsewhere = configMap("a.io").replace(
      "config-deployment}",
      "config-deployment, namespace: x}",
    );
    const files = { "file:///w/c.yaml": elsewhere };
    assert.equal(listFor(app, files), "default: kind.local ko.local dev.local");
    const operator = serving("b.io").replace("spec:", "metadata: {name: a, namespace: x}\nspec:");
    const both = { "file:///w/apps/c.yaml": elsewhere, "file:///w/ks.yaml": operator };
    assert.equal(listFor(app, both), "config-map: a.io");
  });
  it("is the workspace's before the cluster's, and the cluster's before the default", () => {
    const files = { "file:///w/c.yaml": configMap("a.io") };
    assert.equal(listFor(app, files, { cluster: ["b.io"] }), "config-map: a.io");
    assert.equal(listFor(app, {}, { cluster: ["b.io"] }), "cluster: b.io");
  });
  it("is that of the nearest configuration", () => {
    const files = {
      "file:///w/base/c.yaml": configMap("base.io"),
      "file:///w/overlays/prod/c.yaml": configMap("prod.io"),
      "file:///w/overlays/dev/c.yaml": configMap("dev.io"),
    };
    assert.equal(listFor("file:///w/overlays/dev/app.yaml", files), "config-map: dev.io");
    assert.equal(listFor("file:///w/overlays/prod/apps/app.yaml", files), "config-map: prod.io");
    assert.equal(listFor("file:///w/base/app.yaml", files), "config-map: base.io");
  });
  it("is that of the same file before a neighbour's", () => {
    const files = { [app]: configMap("own.io"), "file:///w/apps/c.yaml": configMap("other.io") };
    assert.equal(listFor(app, files), "config-map: own.io");
  });
  it("is the operator's where both stand in one folder, since it writes over the ConfigMap", () => {
    const files = {
      "file:///w/a.yaml": configMap("map.io"),
      "file:///w/b.yaml": serving("operator.io"),
    };
    assert.equal(listFor("file:///w/app.yaml", files), "knative-serving: operator.io");
  });
  it("is not taken from a configuration that does not set it", () => {
    const other = configMap("x").replace(/ {2}reg.*\n/, "  progress-deadline: 1s\n");
    assert.equal(
      listFor(app, { "file:///w/apps/c.yaml": other, "file:///w/c.yaml": configMap("a.io") }),
      "config-map: a.io",
    );
  });
  it("is the kebab-case key's where both are set, and may be empty", () => {
    const both = `${configMap("")}  registriesSkippingTagResolving: legacy.io\n`;
    assert.equal(listFor(app, { "file:///w/c.yaml": both }), "config-map: ");
  });
  it("comes with the others that were farther away", () => {
    const files = {
      "file:///w/apps/c.yaml": configMap("near.io"),
      "file:///w/c.yaml": configMap("far.io"),
    };
    const found = candidates(app, factsOf(files)).map(({ list }) => list.location.uri);
    assert.deepEqual(found, ["file:///w/apps/c.yaml", "file:///w/c.yaml"]);
  });
});

describe("the workspace's facts", () => {
  const analyze = (text: string) => analyzeFile(text, defaultAnalysisOptions);
  const image = (name: string): string =>
    `apiVersion: serving.knative.dev/v1\nkind: Revision\nmetadata: {name: ${name}}\nspec: {containers: [{image: a.io/x1}]}\n`;
  it("are the same object while nothing changes that others depend on", () => {
    const index = createWorkspaceIndex();
    index.set("file:///a.yaml", analyze(image("one")));
    const before = index.facts();
    index.set("file:///a.yaml", analyze(image("two")));
    assert.equal(index.facts(), before);
    index.set("file:///a.yaml", analyze(image("two").replace("a.io", "b.io")));
    assert.deepEqual(index.facts().registries, ["b.io"]);
  });
  it("follow every change of a file with many documents, as if it were read for the first time", () => {
    const [one, two] = [image("one"), image("two").replace("a.io", "b.io")];
    const config = configMap("c.io");
    const texts = [
      [one, two],
      [one, two.replace("two", "three")],
      [one, two.replace("b.io", "d.io")],
      [one],
      [one, config],
      [one.replace("one", "another"), config],
      [config, one],
      [config.replace("c.io", "e.io"), one],
      [two, one],
      [],
    ];
    const index = createWorkspaceIndex();
    let before: FileAnalysis | undefined;
    for (const documents of texts) {
      const text = documents.join("---\n");
      before = analyzeFile(text, defaultAnalysisOptions, before);
      index.set("file:///a.yaml", before);
      const fresh = createWorkspaceIndex();
      fresh.set("file:///a.yaml", analyze(text));
      assert.deepEqual(index.facts(), fresh.facts(), text);
      assert.equal(index.get("file:///a.yaml"), before);
    }
  });
  it("forget a file that is gone", () => {
    const index = createWorkspaceIndex();
    index.set("file:///c.yaml", analyze(configMap("a.io")));
    assert.equal(index.facts().configs.length, 1);
    index.set("file:///c.yaml", undefined);
    assert.equal(index.facts().configs.length, 0);
  });
});

describe("a skip list in the values of a chart", () => {
  const app = "file:///w/apps/app.yaml";
  const chart = "file:///w/chart";
  const rows: readonly [string, string, string, string][] = [
    ["a field", "{{ .Values.skip }}", "skip: a.io,b.io", "config-map: a.io b.io"],
    ["quote", "{{ .Values.knative.skip | quote }}", 'knative: {skip: "a.io"}', "config-map: a.io"],
    [
      "a default that is not used",
      '{{ .Values.skip | default "x.io" }}',
      "skip: a.io",
      "config-map: a.io",
    ],
    ["a variable", "{{ $list }}", "skip: a.io", "config-map: a.io"],
    [
      "a default that is used",
      '{{ .Values.skip | default "x.io" }}',
      "other: a.io",
      "default: kind.local ko.local dev.local",
    ],
    ["more than a value", "kind.local,{{ .Values.skip }}", "skip: a.io", "config-map: kind.local"],
    [
      "a list",
      '{{ join "," .Values.skip }}',
      "skip: [a.io]",
      "default: kind.local ko.local dev.local",
    ],
  ];
  const files = (expression: string, values: string): Record<string, string> => ({
    [`${chart}/Chart.yaml`]: "name: knative\n",
    [`${chart}/values.yaml`]: `${values}\n`,
    [`${chart}/templates/cm.yaml`]: `{{- $list := .Values.skip }}\n${configMap("X").replace('"X"', expression)}`,
  });
  for (const [name, expression, values, expected] of rows) {
    it(`counts behind ${name}`, () => {
      assert.equal(listFor(app, files(expression, values)), expected);
    });
  }

  it("is shown where it stands, and nothing is called unknown", () => {
    const facts = factsOf(files("{{ .Values.skip }}", "skip: a.io"));
    // Also for who stands nearer to the template, which is filled in.
    const near = `${chart}/templates/app.yaml`;
    const [, { location, unknown }] = [app, near].map((uri) =>
      effectiveSkipList({ uri, facts, setting: null, cluster: undefined }),
    ) as [SkipList, SkipList];
    assert.equal(unknown, undefined);
    assert.equal(location?.uri, `${chart}/values.yaml`);
    assert.deepEqual([...location.entries], [["a.io", { start: 6, end: 10 }]]);
  });

  it("is the chart's own, unless the manifest's file says another", () => {
    const all = {
      ...files("{{ .Values.skip }}", "skip: a.io"),
      [`${chart}/values-prod.yaml`]: "skip: b.io\n",
    };
    assert.equal(listFor(app, all), "config-map: a.io");
    assert.equal(listFor(`${chart}/values-prod.yaml`, all), "config-map: b.io");
  });
});
