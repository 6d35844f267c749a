// What a file of a Helm chart says for the others of its chart.

import assert from "node:assert/strict";
import type { ChartParts } from "../../../server/src/document/helm/chartParts.ts";
import { analyzeNamed } from "../../support/workspaceFiles.ts";

function partsOf(path: string, text: string): ChartParts {
  const [part] = analyzeNamed(path, text).parts;
  return part?.document.chart?.parts ?? assert.fail(`${path} is no part of a chart`);
}

const configMap = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n${data}`;

describe("a file of a chart", () => {
  it("says its app's version and its parts", () => {
    const text = "name: a\nappVersion: v1\ndependencies:\n  - name: b\n    alias: c\n";
    const { appVersion, dependencies } = partsOf("a/Chart.yaml", text);
    assert.equal(appVersion, "v1");
    assert.equal(dependencies.length, 1);
  });

  it("says nothing while it is empty", () => {
    const { appVersion, dependencies } = partsOf("a/Chart.yaml", "# nothing\n");
    assert.deepEqual([appVersion, dependencies], [undefined, []]);
    assert.equal(partsOf("a/values.yaml", "# nothing\n").values, undefined);
  });

  it("says its values", () => {
    assert.equal(partsOf("a/values.yaml", "a: b\nc: { d: e }\n").values?.size, 2);
  });

  const rows: readonly [string, string, readonly string[]][] = [
    [
      "its own",
      '  registries-skipping-tag-resolving: "{{ .Values.skip }}"\n',
      ["{{ .Values.skip }}"],
    ],
    [
      "one under its old name",
      "  registriesSkippingTagResolving: {{ .Values.skip }}\n",
      ["{{ .Values.skip }}"],
    ],
    ["one that no value makes", "  registries-skipping-tag-resolving: a.io\n", []],
    ["one of several lines", "  registries-skipping-tag-resolving: |\n    {{ .Values.a }}\n", []],
    ["none", "  progress-deadline: '{{ .Values.a }}'\n", []],
  ];
  for (const [name, data, expected] of rows) {
    it(`says which skip list it makes of values: ${name}`, () => {
      const { skipLists } = partsOf("a/templates/config.yaml", configMap(data));
      assert.deepEqual(
        skipLists.map(({ text }) => text),
        expected,
      );
    });
  }
});

describe("an entry that renames an image", () => {
  it("has room for a digest only where no version stands", () => {
    const fieldOf = (more: string): unknown => {
      const text = `images:\n  - name: app\n    newName: r.io/app\n${more}`;
      const [part] = analyzeNamed("kustomization.yaml", text).parts;
      const [image] = part?.document.images ?? [];
      return (image ?? assert.fail("no image")).digestField?.key;
    };
    assert.equal(fieldOf(""), "digest");
    assert.equal(fieldOf('    newTag: ""\n'), undefined);
    assert.equal(fieldOf('    digest: ""\n'), undefined);
  });
});
