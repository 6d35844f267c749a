// Kustomizations made to multiply: small files, whose graph is counted before it is followed.

import assert from "node:assert/strict";
import { cpuTimed } from "../../support/cpuTime.ts";
import { kustomizeIndexOf, webService, type Files } from "../../support/workspaceFiles.ts";

const resources = (...names: string[]): string =>
  `resources:\n${names.map((name) => `  - ${name}\n`).join("")}`;
const entry = (name: string): string => `images:\n  - name: ${name}\n    newTag: v2\n`;

describe("kustomizations that multiply", () => {
  const many = (count: number, text: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => text(at)).join("");
  const services = many(
    2000,
    (at) => `${webService(`app${at}`).replace("name: web", `name: web${at}`)}---\n`,
  );
  const multiplied: Readonly<Record<string, Files>> = {
    "a file of resources, thousands of times": {
      "s.yaml": services,
      "kustomization.yaml": resources(...Array<string>(5000).fill("s.yaml")),
    },
    "a component, thousands of times": {
      "c/kustomization.yaml": `kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n${resources(...Array<string>(4000).fill("gone.yaml"))}`,
      "kustomization.yaml": `components:\n${many(4000, () => "  - c\n")}`,
    },
    "two components, at each of many levels": {
      ...Object.fromEntries(
        Array.from({ length: 24 }, (_, at) => [
          `c${at}/kustomization.yaml`,
          `kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncomponents: [../c${at + 1}, ../c${at + 1}]\n`,
        ]),
      ),
      "c24/kustomization.yaml":
        "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nimages: []\n",
      "kustomization.yaml": "components: [c0]\n",
    },
    "a file of replacements, thousands of times": {
      "r.yaml": `x: ${"a".repeat(200)}\n`.repeat(1000),
      "kustomization.yaml": `${resources("s.yaml")}replacements:\n${many(5000, () => "  - path: r.yaml\n")}`,
      "s.yaml": services,
    },
    "a patch file, thousands of times": {
      "s.yaml": services,
      "kustomization.yaml": `${resources("s.yaml")}patches:\n${many(5000, () => "  - path: s.yaml\n")}`,
    },
    "names of many resources, at each of many levels": {
      "0/s.yaml": services,
      "0/kustomization.yaml": `namePrefix: a\n${resources("s.yaml")}`,
      ...Object.fromEntries(
        Array.from({ length: 490 }, (_, at) => [
          `${at + 1}/kustomization.yaml`,
          `namePrefix: a\n${resources(`../${at}`)}`,
        ]),
      ),
    },
  };
  for (const [name, files] of Object.entries(multiplied)) {
    it(`that name ${name} are counted before they are followed`, () => {
      const index = kustomizeIndexOf(files);
      const { milliseconds } = cpuTimed(() => index.fates());
      assert.ok(milliseconds < 3000, `took ${Math.round(milliseconds)} ms`);
    });
  }
  it("whose components are nested by the thousand end", () => {
    const component = (at: number): string =>
      `kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncomponents: [../c${at + 1}]\n`;
    const components = Array.from({ length: 5000 }, (_, at) => [
      `c${at}/kustomization.yaml`,
      component(at),
    ]);
    const top = `${resources("s.yaml")}components: [c0]\n${entry("app")}`;
    const files = { ...Object.fromEntries(components), "s.yaml": webService("app") } as Files;
    const fates = kustomizeIndexOf({ ...files, "kustomization.yaml": top }).fates();
    assert.ok(fates.has("s.yaml"));
  });
  it("of which not all is followed say so", () => {
    const levels = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `${at + 1}/kustomization.yaml`,
        resources(`../${at}`, `../${at}`),
      ]),
    );
    const files = {
      "0/s.yaml": webService("app"),
      "0/kustomization.yaml": resources("s.yaml"),
      ...levels,
      "end/kustomization.yaml": resources("../60") + entry("other"),
    };
    const [fate] = kustomizeIndexOf(files).fates().get("end/kustomization.yaml")?.values() ?? [];
    assert.deepEqual(fate, { kind: "reaches", reach: { kind: "unknown" } });
  });
});
