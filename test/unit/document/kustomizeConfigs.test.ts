// The settings of `config-deployment` in kustomizations, patches and values: what is read, and where exactly it stands.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { chartFile } from "../../../server/src/document/helm/chartParts.ts";
import { readMarks } from "../../support/markedText.ts";

const list = "registries-skipping-tag-resolving";
const legacy = "registriesSkippingTagResolving";

/** What is read of a file, one row a configuration: its namespace, then `key=value` each. */
function read(text: string, path: string) {
  const options = {
    ...defaultAnalysisOptions,
    fileName: path.slice(path.lastIndexOf("/") + 1),
    chartFile: chartFile(path),
  };
  return analyzeFile(text, options).parts.flatMap(({ start, document }) =>
    document.configs.map((config) => ({ config, start })),
  );
}

/** Checks what is read, and that each key and each value is the marked one, in the order of the text. */
function check(marked: string, path: string, expected: readonly string[]): void {
  const { text, ranges } = readMarks(marked);
  const found = read(text, path);
  assert.deepEqual(
    found.map(({ config: { resource, entries } }) => {
      const settings = entries.map(({ key, value }) => `${key.text}=${value?.text ?? ""}`);
      return [`${resource.namespace ?? "-"}:`, ...settings].join(" ");
    }),
    expected,
  );
  const places = found.flatMap(({ config: { entries }, start }) =>
    entries.flatMap(({ key, value }) =>
      [key, value].flatMap((scalar) => {
        const content = scalar?.content;
        return content === undefined
          ? []
          : [{ start: content.start + start, end: content.end + start }];
      }),
    ),
  );
  assert.deepEqual(places, ranges);
}

const generator = (rest: string, before = ""): string =>
  `${before}configMapGenerator:\n  - name: config-deployment\n${rest}`;
const literals = (...rows: readonly string[]): string =>
  `    literals:\n${rows.map((row) => `      - ${row}\n`).join("")}`;
const files = (field: string, ...rows: readonly string[]): string =>
  `    ${field}:\n${rows.map((row) => `      - ${row}\n`).join("")}`;

describe("a configuration that a kustomization generates", () => {
  const rows: readonly [name: string, marked: string, expected: readonly string[]][] = [
    [
      "has all literals",
      generator(literals(`«${list}»=«a.io,b.io»`, "«progress-deadline»=«10s»")),
      [`-: ${list}=a.io,b.io progress-deadline=10s`],
    ],
    [
      "loses the quotes around a value",
      generator(literals(`«${list}»="«a.io»"`, `«progress-deadline»='"«10s»"'`)),
      [`-: ${list}=a.io progress-deadline=10s`],
    ],
    [
      "may be quoted as a whole, and hold a second equals sign",
      generator(literals(`"«${list}»=«a=b»"`)),
      [`-: ${list}=a=b`],
    ],
    ["may be empty", generator(literals(`«${list}»=«»`)), [`-: ${list}=`]],
    [
      "has nothing of a literal without a key or an equals sign",
      generator(literals("=a.io", list, "a: b", `«k»=«v»`)),
      ["-: k=v"],
    ],
    [
      "has nothing of a literal whose place is not certain",
      generator(literals(`"${list}=a\\x2eio"`)),
      [],
    ],
    ["has nothing that is plain in brackets", generator(`    literals: [${list}=a.io]\n`), []],
    [
      "has what is quoted in brackets",
      generator(`    literals: ["«${list}»=«a.io»", b=c]\n`),
      [`-: ${list}=a.io`],
    ],
    [
      "is in the kustomization's namespace",
      generator(literals("«k»=«v»"), "namespace: outer\n"),
      ["outer: k=v"],
    ],
    [
      "is in its own namespace first",
      generator(`    namespace: inner\n${literals("«k»=«v»")}`, "namespace: outer\n"),
      ["inner: k=v"],
    ],
    [
      "is one of several, of which the others are not Knative's",
      `configMapGenerator:\n  - name: other\n${literals(`${list}=a.io`)}  - literals: [x=y]\n  - name: config-deployment\n${literals("«k»=«v»")}`,
      ["-: k=v"],
    ],
    [
      "has a list that nobody sees in a file of the key's name",
      generator(files("files", "other.txt", `««lists/${list}»»`)),
      [`-: ${list}=$(lists/${list})`],
    ],
    [
      "has a list that nobody sees in a file for the key",
      generator(files("files", `««${legacy}=list.txt»»`)),
      [`-: ${list}=$(${legacy}=list.txt)`],
    ],
    [
      "may have one in a file of variables",
      generator(files("envs", "««x.env»»", "y.env")),
      [`-: ${list}=$(x.env)`],
    ],
    [
      "may have one in the file of variables of old",
      generator("    env: ««x.env»»\n"),
      [`-: ${list}=$(x.env)`],
    ],
    [
      "has no list in a file of another name",
      generator(`${files("files", "a.txt", "b=c.txt")}    env: {a: b}\n`),
      [],
    ],
    ...[list, legacy].map((key): [string, string, string[]] => [
      `has the literal where files bring a list, too: ${key}`,
      generator(`${literals(`«${key}»=«a.io»`)}${files("envs", "x.env")}`),
      [`-: ${key}=a.io`],
    ]),
    [
      "may have a list in a file next to literals of other keys",
      generator(`${literals("«k»=«v»")}${files("envs", "««x.env»»")}`),
      [`-: k=v ${list}=$(x.env)`],
    ],
  ];
  for (const [name, marked, expected] of rows) {
    it(name, () => check(marked, "kustomization.yaml", expected));
  }
  it("is not complete, and is shown at its name", () => {
    const text = generator(literals(`${list}=a.io`));
    const [found] = read(text, "kustomization.yaml");
    assert.ok(found);
    const { heading, isComplete, place } = found.config;
    assert.deepEqual([isComplete, place], [false, undefined]);
    assert.equal(text.slice(heading.start, heading.end), "config-deployment");
  });
});

describe("a JSON patch of config-deployment", () => {
  const operation = (path: string, value: string, op = "replace"): string =>
    `- op: ${op}\n  path: ${path}\n${value}`;
  const rows: readonly [name: string, marked: string, expected: readonly string[]][] = [
    ["sets the skip list", operation(`/data/«${list}»`, `  value: «a.io»\n`), [`-: ${list}=a.io`]],
    [
      "may set it by its old key, quoted",
      operation(`"/data/«${legacy}»"`, `  value: "«a.io»"\n`, "add"),
      [`-: ${legacy}=a.io`],
    ],
    [
      "is one configuration of several operations",
      operation(`/data/«${list}»`, `  value: «a.io»\n`) +
        operation("/data/progress-deadline", "  value: 1s\n") +
        operation(`/data/«${legacy}»`, `  value: «b.io»\n`),
      [`-: ${list}=a.io ${legacy}=b.io`],
    ],
    ["that sets another key is nobody knows whose", operation("/data/a", "  value: a.io\n"), []],
    ["that sets something below sets no list", operation(`/data/${list}/a`, "  value: a.io\n"), []],
    ["that sets it elsewhere sets no list", operation(`/x/data/${list}`, "  value: a.io\n"), []],
    ["that removes it sets none", operation(`/data/${list}`, "", "remove"), []],
    ["that sets a map sets none", operation(`/data/${list}`, "  value: {a: b}\n"), []],
    [
      "whose path has escapes is not read",
      operation(`"/data/\\x72${list.slice(1)}"`, "  value: a\n"),
      [],
    ],
  ];
  for (const [name, marked, expected] of rows) {
    it(name, () => check(marked, "patch.yaml", expected));
  }
});

describe("a file for kubectl patch", () => {
  const rows: readonly [name: string, marked: string, expected: readonly string[]][] = [
    ["sets the skip list of a ConfigMap", `data:\n  «${list}»: «a.io»\n`, [`-: ${list}=a.io`]],
    ["may set it by its old key", `data:\n  «${legacy}»: "«a.io»"\n`, [`-: ${legacy}=a.io`]],
    [
      "sets that of a KnativeServing",
      `spec:\n  config:\n    deployment:\n      «${list}»: «a.io»\n`,
      [`-: ${list}=a.io`],
    ],
    [
      "sets that of the full name, which alone is read",
      `spec:\n  config:\n    deployment:\n      ${list}: a.io\n    config-deployment:\n      «${list}»: «b.io»\n`,
      [`-: ${list}=b.io`],
    ],
    [
      "sets one alone",
      `spec: {config: {deployment: {${list}: b.io}}}\ndata:\n  «${list}»: «a.io»\n`,
      [`-: ${list}=a.io`],
    ],
    ["without a list sets none", "data:\n  progress-deadline: 1s\n", []],
    ["with an empty list sets none", `data:\n  ${list}: ""\n`, []],
    ["with a map for a list sets none", `data:\n  ${list}: {a: b}\n`, []],
    ["that names a version is a resource", `apiVersion: v1\ndata:\n  ${list}: a.io\n`, []],
    ["that names a kind is a resource", `kind: Secret\ndata:\n  ${list}: a.io\n`, []],
  ];
  for (const [name, marked, expected] of rows) {
    it(name, () => check(marked, "patch.yaml", expected));
  }
});

describe("the values of a chart", () => {
  const path = "chart/values.yaml";
  it("may hold skip lists under Knative's keys, wherever those stand", () => {
    const marked = `a:\n  b:\n    «${list}»: «a.io»\n    other: x\n«${legacy}»: «b.io»\n`;
    // The key is the chart's own, whatever its spelling. The outer one is read first.
    const { text, ranges } = readMarks(marked);
    const found = read(text, path).flatMap(({ config }) => config.entries);
    assert.deepEqual(
      found.map(({ key, value }) => [key.text, value?.text]),
      [
        [list, "b.io"],
        [list, "a.io"],
      ],
    );
    const contents = found.flatMap(({ key, value }) => [key.content, value?.content]);
    assert.deepEqual(contents, [...ranges.slice(2), ...ranges.slice(0, 2)]);
  });
  it("are no patch: another key is nothing", () => check("data:\n  a: b\n", path, []));
  const nested = (depth: number): string =>
    `${"{a: ".repeat(depth)}{${list}: a.io}${"}".repeat(depth)}\n`;
  for (const [depth, count] of [
    [12, 1],
    [13, 0],
  ] as const) {
    it(`are followed ${depth} maps deep: ${count} found`, () =>
      assert.equal(read(`x: ${nested(depth - 1)}`, path).length, count));
  }
  for (const [maps, count] of [
    [4998, 1],
    [4999, 0],
  ] as const) {
    it(`are followed through ${maps} maps: ${count} found`, () => {
      const many = Array.from({ length: maps }, (_, at) => `a${at}: {}\n`).join("");
      assert.equal(read(`${many}z: {${list}: a.io}\n`, path).length, count);
    });
  }
});

describe("a patch of config-deployment inside a kustomization", () => {
  const patch = (header: string, lines: readonly string[]): string =>
    `patches:\n  - patch: ${header}\n${lines.map((line) => `      ${line}\n`).join("")}`;
  const map = (data: readonly string[], name = "config-deployment"): readonly string[] => [
    ...["apiVersion: v1", "kind: ConfigMap", "metadata:", `  name: ${name}`, "  namespace: shop"],
    ...["  annotations:", '    knative.dev/example-checksum: "1234abcd"', "data:"],
    ...data.map((line) => `  ${line}`),
  ];
  const rows: readonly [name: string, marked: string, expected: readonly string[]][] = [
    [
      "is read with its places",
      patch("|-", map([`«${list}»: "«a.io»"`, "«progress-deadline»: «1s»"])),
      [`shop: ${list}=a.io progress-deadline=1s`],
    ],
    [
      "is read without what stands on several lines",
      patch("|-", map([`${list}: |`, "  a.io,", "  b.io", "«progress-deadline»: «1s»"])),
      ["shop: progress-deadline=1s"],
    ],
    [
      "is read without a map, and without what an alias brings from several lines",
      patch(
        "|-",
        map([
          "a: &a |",
          "  a.io,",
          "  b.io",
          `${list}: *a`,
          "b: {c: d}",
          "«progress-deadline»: «1s»",
        ]),
      ),
      ["shop: progress-deadline=1s"],
    ],
    [
      "is read without a key on several lines",
      patch("|-", map(['"registries-\\', '  skipping": a.io', "«progress-deadline»: «1s»"])),
      ["shop: progress-deadline=1s"],
    ],
    ["is not read where lines are folded", patch(">-", map([`${list}: a.io`])), []],
    [
      "is not read where its name stands on two lines",
      patch("|-", map([`${list}: a.io`], '"config-\\\n      deployment"')),
      [],
    ],
    [
      "may be a JSON patch",
      patch("|-", ["- op: replace", `  path: /data/«${list}»`, "  value: «a.io»"]),
      [`-: ${list}=a.io`],
    ],
  ];
  for (const [name, marked, expected] of rows) {
    it(name, () => check(marked, "kustomization.yaml", expected));
  }
  it("has its name, namespace and checksum where they stand in the file", () => {
    const marked = patch("|-", map([`${list}: a.io`]))
      .replace("config-deployment", "«config-deployment»")
      .replace("shop", "«shop»")
      .replace("1234abcd", "«1234abcd»");
    const { text, ranges } = readMarks(marked);
    const [found] = read(text, "kustomization.yaml");
    assert.ok(found);
    const { heading, namespace, checksum, isComplete } = found.config;
    assert.deepEqual([heading, namespace?.content, checksum?.content], ranges);
    assert.equal(isComplete, false);
  });
  it("has its map where it stands on one line", () => {
    const marked = patch("|-", [...map([]).slice(0, -1), `data: «{ ${list}: a.io }»`]);
    const { text, ranges } = readMarks(marked);
    assert.deepEqual(read(text, "kustomization.yaml")[0]?.config.place, ranges[0]);
  });
});
