// As what the images of files are applied: the names and the namespace that kustomizations make.

import assert from "node:assert/strict";
import { kustomizeIndexOf, webService, type Files } from "../../support/workspaceFiles.ts";

/** As what the images of a file are applied, `namespace/name` each. */
function appliedIn(uri: string, files: Files): string[] {
  return [...(kustomizeIndexOf(files).fates().get(uri)?.values() ?? [])].map((fate) => {
    const as = fate.kind === "included" || fate.kind === "reaches" ? fate.as : undefined;
    return typeof as === "object" ? `${as.namespace ?? ""}/${as.name ?? ""}` : String(as);
  });
}

const resources = (name: string): string => `resources:\n  - ${name}\n`;

describe("as what a kustomization applies a resource", () => {
  const base = {
    "base/s.yaml": webService("app:v1"),
    "base/kustomization.yaml": resources("s.yaml"),
  };
  const overlay = (name: string, rest: string): Files => ({
    [`${name}/kustomization.yaml`]: resources("../base") + rest,
  });
  const rows: readonly [name: string, files: Files, uri: string, expected: readonly string[]][] = [
    ["the file's own name, without an overlay", base, "base/s.yaml", ["/web"]],
    [
      "the overlay's namespace and names",
      { ...base, ...overlay("prod", "namespace: shop\nnamePrefix: a-\nnameSuffix: -z\n") },
      "base/s.yaml",
      ["shop/a-web-z"],
    ],
    [
      "the outer of two namespaces",
      {
        ...base,
        "base/kustomization.yaml": resources("s.yaml") + "namespace: inner\n",
        ...overlay("prod", "namespace: outer\n"),
      },
      "base/s.yaml",
      ["outer/web"],
    ],
    [
      "several, with two overlays",
      { ...base, ...overlay("one", "namespace: a\n"), ...overlay("two", "namespace: b\n") },
      "base/s.yaml",
      ["several"],
    ],
    [
      "several, with three overlays of which two agree",
      {
        ...{ ...base, ...overlay("one", "namespace: a\n"), ...overlay("two", "namespace: b\n") },
        ...overlay("three", "namespace: a\n"),
      },
      "base/s.yaml",
      ["several"],
    ],
    [
      "one, with two overlays that agree",
      { ...base, ...overlay("one", "namespace: a\n"), ...overlay("two", "namespace: a\n") },
      "base/s.yaml",
      ["a/web"],
    ],
    [
      "a patch's resource like the one that it is laid over",
      {
        ...base,
        ...overlay("prod", "namespace: shop\npatches: [{ path: p.yaml }]\n"),
        "prod/p.yaml": webService("app:v2"),
      },
      "prod/p.yaml",
      ["shop/web"],
    ],
  ];
  for (const [name, files, uri, expected] of rows) {
    it(`finds ${name}`, () => {
      assert.deepEqual(appliedIn(uri, files), expected);
    });
  }
});
