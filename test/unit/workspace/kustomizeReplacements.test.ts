// What `replacements` of kustomizations write into, wherever they stand.

import assert from "node:assert/strict";
import { fatesOf, webService, type Files } from "../../support/workspaceFiles.ts";

const resources = (name: string): string => `resources:\n  - ${name}\n`;

describe("what replacements write into", () => {
  const source = "  source: {kind: ConfigMap, name: m, fieldPath: data.web}\n";
  const replacement = (select: string, ...paths: readonly string[]): string =>
    `-${source.slice(1)}  targets:\n    - select: ${select}\n      fieldPaths:\n${paths.map((path) => `        - "${path}"\n`).join("")}`;
  const list = "spec.template.spec.containers";
  const two = `${webService("app:v1")}          name: user\n        - name: side\n          image: side:v1\n`;
  const by = (index: number): string =>
    `s.yaml containers[${index}].image: by ConfigMap/m data.web (kustomization.yaml:1)`;
  const rows: readonly [
    name: string,
    select: string,
    paths: readonly string[],
    replaced: readonly number[],
  ][] = [
    ["a container by its number", "{kind: Service}", [`${list}.0.image`], [0]],
    ["another by its number", "{kind: Service}", [`${list}.1.image`], [1]],
    ["every container", "{kind: Service}", [`${list}.*.image`], [0, 1]],
    ["a container by its name", "{kind: Service}", [`${list}.[name=side].image`], [1]],
    ["no container of another name", "{kind: Service}", [`${list}.[name=x].image`], []],
    [
      "several, each by a path of its own",
      "{name: web}",
      [`${list}.0.image`, `${list}.[name=side].image`],
      [0, 1],
    ],
    ["nothing of another resource", "{kind: Service, name: other}", [`${list}.*.image`], []],
    ["nothing of another group", "{kind: Service, group: apps}", [`${list}.*.image`], []],
    ["another field", "{kind: Service}", [`${list}.0.name`], []],
    ["a field that is deeper", "{kind: Service}", [`${list}.0.image.x`], []],
    ["a field that is not so deep", "{kind: Service}", [list], []],
    [
      "a step that a backslash holds together",
      "{kind: Service}",
      ["spec.template\\\\.spec.containers.0.image"],
      [],
    ],
  ];
  const named = (text: string): Files => ({
    "s.yaml": two,
    "kustomization.yaml": `replacements:\n  - path: r.yaml\n${resources("s.yaml")}`,
    "r.yaml": text,
  });
  const places: Readonly<Record<string, (text: string) => Files>> = {
    "the kustomization": (text) => ({
      "s.yaml": two,
      "kustomization.yaml": `replacements:\n${text}${resources("s.yaml")}`,
    }),
    "a file with a list": named,
    "a file with one": (text) => named(text.replace(/^- /, "  ").replace(/^ {2}/gm, "")),
  };
  for (const [name, select, paths, replaced] of rows) {
    for (const [place, filesOf] of Object.entries(places)) {
      it(`is ${name}, as ${place} says`, () => {
        const found = fatesOf(filesOf(replacement(select, ...paths)));
        assert.deepEqual(found, replaced.map(by));
      });
    }
  }
  it("is nobody knows what where their file cannot be seen", () => {
    const files = {
      "s.yaml": webService("app"),
      "kustomization.yaml": `replacements:\n  - path: gone.yaml\n${resources("s.yaml")}`,
      "top/kustomization.yaml": `${resources("..")}images:\n  - name: other\n    newTag: v2\n`,
    };
    assert.deepEqual(fatesOf(files), ["top/kustomization.yaml images[0]: unknown"]);
  });
});
