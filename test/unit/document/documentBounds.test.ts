// How much of one document is read: no more than so many of each, and where something is left out that is a problem.

import assert from "node:assert/strict";
import { readLimits } from "../../support/reading.ts";
import { analyzeNamed } from "../../support/workspaceFiles.ts";

const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join("");

const head =
  "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n";
const containers = (count: number): string => head + "        - image: a:1\n".repeat(count);
const list = (count: number): string =>
  `{"apiVersion":"v1","kind":"List","items":[${many(count, (at) => `${at === 0 ? "" : ","}{"apiVersion":"serving.knative.dev/v1","kind":"Service"}`)}]}`;
const holder = (rest: string): string =>
  `{"apiVersion":"example.com/v1","kind":"Template",${rest}}`;
const values = (count: number): string =>
  holder(`"a":"serving.knative.dev/v1","list":[0${",0".repeat(count)}]`);
const knative =
  '{"apiVersion":"serving.knative.dev/v1","kind":"Service","spec":{"template":{"spec":{"containers":[{"image":"a:1"}]}}}}';
const nested = (depth: number): string =>
  holder(`"x":${'{"x":'.repeat(depth - 1)}${knative}${"}".repeat(depth - 1)}`);
const merged = (depth: number): string =>
  `x0: &x0 {image: "a:1"}\n${many(depth, (at) => `x${at + 1}: &x${at + 1} {<<: *x${at}}\n`)}${head}        - image: a:2\n        - <<: *x${depth}\n`;
const patch = (count: number): string =>
  many(
    count,
    (at) => `- {op: replace, path: /spec/template/spec/containers/${at}/image, value: "a:1"}\n`,
  );

describe("of one document", () => {
  const inOne = "More than 5000 images in one resource";
  const rows: readonly (readonly [what: string, text: string, images: number, limit?: string])[] = [
    ["five thousand images of a resource", containers(5000), 5000],
    ["no more images of a resource", containers(5001), 5000, inOne],
    ["ten thousand resources", list(10_000), 0],
    [
      "no more than twenty thousand resources",
      list(20_002),
      0,
      "More than 20000 images and resources",
    ],
    ["nearly a hundred thousand values around a Service", values(99_990), 0],
    ["no more values around a Service", values(100_001), 0, inOne],
    ["a Service a hundred levels down", nested(100), 1],
    ["no Service further down", nested(101), 0, inOne],
    ["a chain of fifty merge keys", merged(50), 2],
    ["no chain of more than a hundred", merged(150), 1],
    ["two thousand operations of a JSON patch", patch(2000), 2000],
    ["no more operations", patch(2001), 2000],
  ];
  for (const [what, text, images, limit] of rows) {
    it(`are read: ${what}`, () => {
      assert.deepEqual(readLimits(text), { images, limits: limit === undefined ? [] : [limit] });
    });
  }

  it("are read: five thousand entries of each list of a kustomization", () => {
    const text = `resources:\n${many(5001, (at) => `  - r${at}.yaml\n`)}images:\n${many(5001, (at) => `  - name: a${at}\n`)}`;
    const { kustomization } = analyzeNamed("kustomization.yaml", text).parts[0]?.document ?? {};
    assert.deepEqual([kustomization?.resources.length, kustomization?.images.length], [5000, 5000]);
  });
});
