// Kustomizations joined: what replaces what, what an entry reaches, and that nothing makes it hang.

import assert from "node:assert/strict";
import fc from "fast-check";
import { applyRule, splitImage } from "../../../server/src/workspace/kustomize/imageName.ts";
import { matchesWhole } from "../../../server/src/workspace/kustomize/wholeMatch.ts";
import { fatesOf, kustomizeIndexOf, setFile, type Files } from "../../support/workspaceFiles.ts";

const resource = (head: string, containers: string): string =>
  `${head}\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n${containers}`;
const knative = "apiVersion: serving.knative.dev/v1\nkind: Service";
const deployment = "apiVersion: apps/v1\nkind: Deployment";
const service = (image: string): string =>
  resource(knative, image === "" ? "        - name: app\n" : `        - image: ${image}\n`);
const workload = (image: string): string => resource(deployment, `        - image: ${image}\n`);
const resources = (...names: string[]): string =>
  `resources:\n${names.map((name) => `  - ${name}\n`).join("")}`;
const entry = (name: string, rest = "newTag: v2"): string =>
  `images:\n  - name: ${name}\n    ${rest}\n`;
const json = (path: string, value: string): string =>
  `- op: add\n  path: ${path}\n  value: ${value}\n`;
const containerPath = "/spec/template/spec/containers/0/image";

describe("what kustomizations make of images", () => {
  const rows: readonly [name: string, files: Files, expected: readonly string[]][] = [
    [
      "an entry that reaches a Service replaces its image",
      { "s.yaml": service("app:v1"), "kustomization.yaml": resources("s.yaml") + entry("app") },
      [
        "kustomization.yaml images[0]: knative",
        "s.yaml containers[0].image: by app:v2 (kustomization.yaml:5)",
      ],
    ],
    [
      "an entry that reaches a Deployment alone is a workload's",
      { "d.yaml": workload("app:v1"), "kustomization.yaml": resources("d.yaml") + entry("app") },
      [
        "d.yaml containers[0].image: by app:v2 (kustomization.yaml:5)",
        "kustomization.yaml images[0]: workloads",
      ],
    ],
    [
      "an entry that reaches both is Knative's",
      {
        "s.yaml": `${workload("app")}---\n${service("app")}`,
        "kustomization.yaml": resources("s.yaml") + entry("app"),
      },
      [
        "kustomization.yaml images[0]: knative",
        "s.yaml containers[0].image: by app:v2 (kustomization.yaml:5)",
        "s.yaml containers[0].image: by app:v2 (kustomization.yaml:5)",
      ],
    ],
    [
      "an image that many overlays replace is told with five of them",
      {
        "s.yaml": service("app:v1"),
        ...Object.fromEntries(
          Array.from({ length: 7 }, (_, at) => [
            `o${at}/kustomization.yaml`,
            resources("../s.yaml") + entry("app", `newTag: o${at}`),
          ]),
        ),
      },
      [
        ...Array.from({ length: 7 }, (_, at) => `o${at}/kustomization.yaml images[0]: knative`),
        `s.yaml containers[0].image: by ${Array.from({ length: 5 }, (_, at) => `app:o${at} (o${at}/kustomization.yaml:5)`).join(", ")}`,
      ],
    ],
    [
      "an entry for an image that is not there reaches nothing",
      { "s.yaml": service("app"), "kustomization.yaml": resources("s.yaml") + entry("other") },
      ["kustomization.yaml images[0]: nothing"],
    ],
    [
      "an entry for an image that is in none of several files reaches nothing",
      {
        "s.yaml": service("app"),
        "d.yaml": workload("app"),
        "kustomization.yaml": resources("s.yaml", "d.yaml") + entry("other"),
      },
      ["kustomization.yaml images[0]: nothing"],
    ],
    [
      "an entry beside a remote resource reaches nobody knows what",
      {
        "kustomization.yaml":
          resources("https://example.com/r.yaml", "github.com/acme/base?ref=v1") + entry("app"),
      },
      ["kustomization.yaml images[0]: unknown"],
    ],
    [
      "an entry beside a missing, a templated and a generated resource likewise",
      {
        "a/kustomization.yaml": resources("gone.yaml") + entry("app"),
        "b/kustomization.yaml": resources("${FILE}") + entry("app"),
        "c/kustomization.yaml": `helmCharts:\n  - name: x\n${resources("d.yaml")}${entry("app")}`,
        "c/d.yaml": workload("app"),
      },
      [
        "a/kustomization.yaml images[0]: unknown",
        "b/kustomization.yaml images[0]: unknown",
        "c/d.yaml containers[0].image: by app:v2 (c/kustomization.yaml:7)",
        "c/kustomization.yaml images[0]: unknown",
      ],
    ],
    [
      "an entry without resources reaches nobody knows what",
      { "kustomization.yaml": entry("app") },
      ["kustomization.yaml images[0]: unknown"],
    ],
    [
      "an overlay replaces what a base includes",
      {
        "base/s.yaml": service("app"),
        "base/kustomization.yaml": resources("s.yaml"),
        "prod/kustomization.yaml":
          resources("../base") + entry("app", "newName: r.io/app\n    newTag: v3"),
      },
      [
        "base/s.yaml containers[0].image: by r.io/app:v3 (prod/kustomization.yaml:6)",
        "prod/kustomization.yaml images[0]: knative",
      ],
    ],
    [
      "an image that one of two overlays leaves is judged as it stands",
      {
        "base/s.yaml": service("app:v1"),
        "base/kustomization.yaml": resources("s.yaml"),
        "dev/kustomization.yaml": resources("../base/"),
        "prod/kustomization.yaml": resources("../base") + entry("app"),
      },
      ["prod/kustomization.yaml images[0]: knative"],
    ],
    [
      "two overlays replace it by two",
      {
        "base/s.yaml": service("app"),
        "base/kustomization.yaml": resources("s.yaml"),
        "dev/kustomization.yaml": `bases:\n  - ../base\n${entry("app", "newTag: dev1")}`,
        "prod/kustomization.yml": resources("../base") + entry("app"),
      },
      [
        "base/s.yaml containers[0].image: by app:dev1 (dev/kustomization.yaml:5), app:v2 (prod/kustomization.yml:5)",
        "dev/kustomization.yaml images[0]: knative",
        "prod/kustomization.yml images[0]: knative",
      ],
    ],
    [
      "an entry of a base is replaced by that of its overlay",
      {
        "base/s.yaml": service("app"),
        "base/kustomization.yaml": resources("s.yaml") + entry("app"),
        "prod/kustomization.yaml": resources("../base") + entry("app", "newTag: v3"),
      },
      [
        "base/kustomization.yaml images[0]: by app:v3 (prod/kustomization.yaml:5)",
        "base/s.yaml containers[0].image: by app:v3 (prod/kustomization.yaml:5)",
        "prod/kustomization.yaml images[0]: knative",
      ],
    ],
    [
      "an entry matches what an earlier one has renamed",
      {
        "s.yaml": service("app"),
        "kustomization.yaml": `${resources("s.yaml")}images:\n  - name: app\n    newName: r.io/b\n  - name: r.io/b\n    newTag: v2\n`,
      },
      [
        "kustomization.yaml images[0]: by r.io/b:v2 (kustomization.yaml:7)",
        "kustomization.yaml images[1]: knative",
        "s.yaml containers[0].image: by r.io/b:v2 (kustomization.yaml:7)",
      ],
    ],
    [
      "a component changes what includes it",
      {
        "base/s.yaml": service("app"),
        "base/kustomization.yaml": resources("s.yaml"),
        "c/kustomization.yaml": `kind: Component\n${entry("app")}`,
        "prod/kustomization.yaml": `${resources("../base")}components:\n  - ../c\n`,
      },
      [
        "base/s.yaml containers[0].image: by app:v2 (c/kustomization.yaml:4)",
        "c/kustomization.yaml images[0]: knative",
      ],
    ],
    [
      "a component changes all that include it",
      {
        "base/s.yaml": service("app"),
        "c/kustomization.yaml": `kind: Component\n${entry("app")}`,
        "a/kustomization.yaml": `${resources("../base/s.yaml")}components:\n  - ../c\n`,
        "b/kustomization.yaml": `${resources("../base/s.yaml")}components:\n  - ../c\n`,
      },
      [
        "base/s.yaml containers[0].image: by app:v2 (c/kustomization.yaml:4)",
        "c/kustomization.yaml images[0]: knative",
      ],
    ],
    [
      "an entry finds nothing under a name that an earlier one has changed",
      {
        "s.yaml": service("app:v1"),
        "kustomization.yaml": `${resources("s.yaml")}images:\n  - name: app\n    newName: r.io/b\n    newTag: v2\n  - name: app\n    newTag: v3\n`,
      },
      [
        "kustomization.yaml images[0]: knative",
        "kustomization.yaml images[1]: nothing",
        "s.yaml containers[0].image: by r.io/b:v2 (kustomization.yaml:6)",
      ],
    ],
    [
      "a target of another group is for nothing here",
      {
        "s.yaml": service("app:v1"),
        "p.yaml": json(containerPath, "app:v2"),
        "kustomization.yaml": `${resources("s.yaml")}patches:\n  - path: p.yaml\n    target: {kind: Service, group: apps}\n`,
      },
      [`p.yaml ${containerPath}: nothing`],
    ],
    [
      "a component that nothing includes may change anything",
      { "kustomization.yaml": `kind: Component\n${entry("app")}` },
      ["kustomization.yaml images[0]: unknown"],
    ],
    [
      "a patch's image replaces the base's",
      {
        "s.yaml": service("app:v1"),
        "p.yaml": service("app:v2"),
        "kustomization.yaml": `${resources("s.yaml")}patches:\n  - path: p.yaml\n`,
      },
      ["p.yaml containers[0].image: knative", "s.yaml containers[0].image: by app:v2 (p.yaml:9)"],
    ],
    [
      "a base without an image gets a patch's",
      {
        "s.yaml": service(""),
        "p.yaml": service("app:v2"),
        "kustomization.yaml": `${resources("s.yaml")}patchesStrategicMerge:\n  - p.yaml\n`,
      },
      ["p.yaml containers[0].image: knative", "s.yaml containers[0].image: brought"],
    ],
    [
      "a patch without an image leaves the base's",
      {
        "s.yaml": service("app:v1"),
        "p.yaml": service(""),
        "kustomization.yaml": `${resources("s.yaml")}patches:\n  - path: p.yaml\n`,
      },
      ["p.yaml containers[0].image: brought"],
    ],
    [
      "a missing image is missing where no layer brings it",
      { "s.yaml": service(""), "kustomization.yaml": resources("s.yaml") },
      [],
    ],
    [
      "a missing image may come from what is not seen",
      { "s.yaml": service(""), "kustomization.yaml": resources("s.yaml", "https://x.io/y.yaml") },
      ["s.yaml containers[0].image: brought"],
    ],
    [
      "an inline patch is one, too",
      {
        "s.yaml": service("app:v1"),
        "kustomization.yaml": `${resources("s.yaml")}patches:\n  - patch: |-\n${service("app:v2").replace(/^/gm, "      ").trimEnd()}\n`,
      },
      [
        "kustomization.yaml containers[0].image: knative",
        "s.yaml containers[0].image: by app:v2 (kustomization.yaml:13)",
      ],
    ],
    [
      "a JSON patch with a target sets the image",
      {
        "s.yaml": service("app:v1"),
        "p.yaml": json(containerPath, "app:v2"),
        "kustomization.yaml": `${resources("s.yaml")}patches:\n  - path: p.yaml\n    target: {kind: Service, name: w.*}\n`,
      },
      [`p.yaml ${containerPath}: knative`, "s.yaml containers[0].image: by app:v2 (p.yaml:3)"],
    ],
    [
      "an inline JSON patch of another kind is for workloads",
      {
        "s.yaml": `${service("app:v1")}---\n${workload("app:v1")}`,
        "kustomization.yaml": `${resources("s.yaml")}patchesJson6902:\n  - target: {group: apps, kind: Deployment}\n    patch: |-\n      - op: replace\n        path: ${containerPath}\n        value: app:v2\n`,
      },
      [
        `kustomization.yaml patchesJson6902[0].patch ${containerPath}: workloads`,
        "s.yaml containers[0].image: by app:v2 (kustomization.yaml:8)",
      ],
    ],
    [
      "a target with labels may be for anything",
      {
        "d.yaml": workload("app:v1"),
        "p.yaml": json(containerPath, "app:v2"),
        "kustomization.yaml": `${resources("d.yaml")}patches:\n  - path: p.yaml\n    target: {labelSelector: a=b}\n`,
      },
      ["d.yaml containers[0].image: by app:v2 (p.yaml:3)", `p.yaml ${containerPath}: unknown`],
    ],
    [
      "a whole container that a JSON patch adds is an image of its own",
      {
        "s.yaml": service("app:v1"),
        "p.yaml": json("/spec/template/spec/containers/-", "{name: side, image: side:v1}"),
        "kustomization.yaml": `${resources("s.yaml")}patches:\n  - path: p.yaml\n    target: {kind: Service}\n${entry("side", "newTag: v2")}`,
      },
      [
        "kustomization.yaml images[0]: nothing",
        "p.yaml /spec/template/spec/containers/-/image: knative",
      ],
    ],
    [
      "a circle reaches nobody knows what, and ends",
      {
        "a/kustomization.yaml": resources("../b") + entry("app"),
        "b/kustomization.yaml": resources("../a") + entry("app"),
      },
      ["a/kustomization.yaml images[0]: unknown", "b/kustomization.yaml images[0]: unknown"],
    ],
  ];
  for (const [name, files, expected] of rows) {
    it(name, () => assert.deepEqual(fatesOf(files), [...expected].sort()));
  }
});

describe("an image that many overlays replace", () => {
  it("is shown with five of its replacements", () => {
    const overlays = Array.from({ length: 7 }, (_, at) => [
      `o${at}/kustomization.yaml`,
      resources("../base") + entry("app", `newTag: v${at}`),
    ]);
    const files = {
      "base/s.yaml": service("app"),
      "base/kustomization.yaml": resources("s.yaml"),
      ...(Object.fromEntries(overlays) as Files),
    };
    const [fate] = kustomizeIndexOf(files).fates().get("base/s.yaml")?.values() ?? [];
    assert.ok(fate?.kind === "replaced");
    assert.equal(fate.by.length, 5);
  });
});

describe("the index of kustomizations", () => {
  const base: Files = {
    "base/s.yaml": service("app"),
    "base/kustomization.yaml": resources("s.yaml"),
    "prod/kustomization.yaml": resources("../base") + entry("app"),
  };
  it("keeps the same fates while nothing changes that matters", () => {
    const index = kustomizeIndexOf(base);
    const before = index.fates();
    setFile(index, "base/s.yaml", `${service("app")}          env: []\n`);
    setFile(index, "prod/kustomization.yaml", `${base["prod/kustomization.yaml"] ?? ""}# more\n`);
    assert.equal(index.fates(), before);
  });
  it("validates the base again when an overlay changes", () => {
    const index = kustomizeIndexOf(base);
    assert.equal(fatesOf(base, index).length, 2);
    setFile(index, "prod/kustomization.yaml", resources("../base"));
    assert.deepEqual(fatesOf(base, index), []);
    setFile(index, "prod/kustomization.yaml", resources("../base") + entry("app"));
    assert.equal(fatesOf(base, index).length, 2);
    index.set("base/s.yaml", undefined);
    assert.deepEqual(fatesOf(base, index), ["prod/kustomization.yaml images[0]: unknown"]);
  });
  it("validates an entry again when what it reaches changes its image", () => {
    const index = kustomizeIndexOf(base);
    index.fates();
    setFile(index, "base/s.yaml", service("other"));
    assert.deepEqual(fatesOf(base, index), ["prod/kustomization.yaml images[0]: nothing"]);
  });
  it("wants what is named and not known, until it is known or missing", () => {
    const index = kustomizeIndexOf({
      "a/kustomization.yaml": resources("d.yaml", "../b", "https://x.io/y"),
    });
    const wanted = ["a/d.yaml", "b/kustomization.yaml", "b/kustomization.yml", "b/Kustomization"];
    assert.deepEqual(index.wanted(), wanted);
    setFile(index, "a/d.yaml", workload("app"));
    index.setOther("b/Kustomization", null);
    assert.deepEqual(index.wanted(), wanted.slice(1, 3));
    assert.deepEqual([index.isNamed("a/d.yaml"), index.isNamed("a/e.yaml")], [true, false]);
  });
});

describe("hostile kustomizations", () => {
  /** Milliseconds of this process alone: the machine may be busy. */
  function spent(files: Files): number {
    const index = kustomizeIndexOf(files);
    const start = process.cpuUsage();
    index.fates();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  }
  it("that double at each level end where the work is bounded", () => {
    const files: Record<string, string> = {
      "0/s.yaml": service("app"),
      "0/kustomization.yaml": resources("s.yaml"),
    };
    for (let level = 1; level < 60; level += 1) {
      const below = `../${level - 1}`;
      files[`${level}/kustomization.yaml`] =
        resources(below, below) + entry("app", `newTag: v${level}`);
    }
    assert.ok(spent(files) < 3000);
  });
  it("that are nested by the thousand end", () => {
    const files: Record<string, string> = {
      "0/s.yaml": service("app"),
      "0/kustomization.yaml": resources("s.yaml"),
    };
    for (let level = 1; level < 3000; level += 1) {
      files[`${level}/kustomization.yaml`] =
        resources(`../${level - 1}`) + entry("app", `newTag: v${level}`);
    }
    assert.ok(spent(files) < 3000);
  });
  it("that are nested by the thousand end, the outermost first", () => {
    const levels = Array.from({ length: 6000 }, (_, index) => 6000 - index);
    const files = Object.fromEntries(
      levels.map((level) => [`${level}/kustomization.yaml`, resources(`../${level - 1}`)]),
    );
    assert.ok(spent(files) < 3000);
  });
  it("with thousands of entries and resources take time in proportion", () => {
    const many = (count: number): Files => ({
      "s.yaml": Array.from({ length: count }, (_, index) =>
        service(`app${index}`).replace("name: web", `name: web${index}`),
      ).join("---\n"),
      "kustomization.yaml": `${resources("s.yaml")}images:\n${Array.from({ length: count }, (_, index) => `  - name: app${index}\n    newTag: v2\n`).join("")}`,
    });
    assert.ok(spent(many(3000)) < 3000);
  });
});

describe("an image as kustomize takes it apart", () => {
  const rows: readonly [string, string, string, string][] = [
    ["nginx", "nginx", "", ""],
    ["nginx:1", "nginx", "1", ""],
    ["r:5000/app", "r:5000/app", "", ""],
    ["r:5000/app:1", "r:5000/app", "1", ""],
    ["r:5000/app@sha256:ab", "r:5000/app", "", "sha256:ab"],
    ["app:1@sha256:ab", "app", "1", "sha256:ab"],
  ];
  for (const [image, name, tag, digest] of rows) {
    it(image, () => assert.deepEqual(splitImage(image), { name, tag, digest }));
  }
  const rule = { path: "images[0]", name: "app", tagSuffix: undefined };
  const none = { newName: undefined, newTag: undefined, digest: undefined };
  it("keeps the version that an entry does not name", () =>
    assert.equal(
      applyRule("app:1@sha256:ab", { ...rule, ...none, newName: "b" }),
      "b:1@sha256:ab",
    ));
  it("loses the tag to a digest, and the digest to a tag", () => {
    assert.equal(applyRule("app:1", { ...rule, ...none, digest: "sha256:ab" }), "app@sha256:ab");
    assert.equal(applyRule("app:1@sha256:ab", { ...rule, ...none, newTag: "2" }), "app:2");
  });
});

describe("a selector's pattern", () => {
  const rows: readonly [pattern: string, text: string, expected: boolean | undefined][] = [
    ["web", "web", true],
    ["web", "web2", false],
    ["web.*", "web2", true],
    [".*", "", true],
    ["Deployment|Service", "Service", true],
    ["(a|b)", "b", true],
    ["^web$", "web", true],
    ["w[a-e]b+", "webbb", true],
    ["w[^a]b", "wab", false],
    ["a\\.b", "axb", false],
    ["(a+)+b", "aaab", undefined],
    ["a{2}", "aa", undefined],
    ["(?!a)b", "b", undefined],
  ];
  for (const [pattern, text, expected] of rows) {
    it(`${pattern} on “${text}” is ${expected ?? "not known"}`, () =>
      assert.equal(matchesWhole(pattern, text), expected));
  }
  it("matches what a regular expression matches", () => {
    const piece = fc.constantFrom("a", "b", ".", "a*", "b+", "c?", "[ab]", "[^b]*", "-", ".*", "|");
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join("")),
        fc.string({ unit: fc.constantFrom("a", "b", "c", "-"), maxLength: 8 }),
        (pattern, text) => {
          assert.equal(matchesWhole(pattern, text), new RegExp(`^(?:${pattern})$`).test(text));
        },
      ),
      { numRuns: 3000 },
    );
  });
  it("takes no time that grows faster than its text", () => {
    const start = process.cpuUsage().user;
    matchesWhole(".*".repeat(40) + "b", "a".repeat(5000));
    assert.ok(process.cpuUsage().user - start < 3_000_000);
  });
});
