// YAML is taken as kubectl takes it (sigs.k8s.io/yaml over go-yaml), also where the specification is stricter.

import assert from "node:assert/strict";
import type { ImageUse } from "../../../server/src/document/analysis.ts";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { analyzeDocument } from "../../../server/src/document/oneDocument.ts";
import { parseYaml, type YamlNode } from "../../../server/src/document/yaml/yamlDocument.ts";
import { placeOf } from "../../../server/src/document/writtenImage.ts";
import { service } from "../../support/reading.ts";

function valueOf(node: YamlNode | undefined): unknown {
  if (node === undefined) return undefined;
  const scalar = node.scalar();
  if (scalar !== undefined) return scalar.text;
  if (node.isMap()) {
    return Object.fromEntries(node.entries().map(({ key, value }) => [key.text, valueOf(value)]));
  }
  return node.items().map(valueOf);
}

/** What stands where an image was found. */
function written(text: string, use: ImageUse): string {
  const { start, end } = placeOf(use);
  return text.slice(start, end);
}

/** Texts with the value that libyaml gives, whose port go-yaml is. */
const taken: readonly (readonly [what: string, text: string, value: unknown])[] = [
  ["the last of two equal keys", "a: 1\na: 2\n", { a: "2" }],
  ["the last of equal keys in brackets", "{a: 1, a: 2, a: 3}\n", { a: "3" }],
  [
    "a list that closes at the margin",
    "a:\n  b: [\n    x,\n]\nc: 1\n",
    { a: { b: ["x"] }, c: "1" },
  ],
  ["a list that closes left of its key", "a:\n    b: [\n    x,\n  ]\n", { a: { b: ["x"] } }],
  [
    "a map whose entries stand to the left",
    "a:\n  b: {\n x: 1\n}\nc: 2\n",
    { a: { b: { x: "1" } }, c: "2" },
  ],
  ["items at the margin", "a: [\n1,\n2\n]\n", { a: ["1", "2"] }],
  ["items at the margin behind a dash", "- [\na\n]\n- b\n", [["a"], "b"]],
  [
    "brackets in brackets that close to the left",
    "a:\n  - b: [\n  [x],\n ]\n",
    { a: [{ b: [["x"]] }] },
  ],
  ["tabs inside brackets", "a: [\n\t1,\n\t2 ]\n", { a: ["1", "2"] }],
  [
    "double quotes that go on at the margin",
    'a:\n  b: "x\ny"\nc: 1\n',
    { a: { b: "x y" }, c: "1" },
  ],
  [
    "single quotes that go on at the margin",
    "a:\n  b: 'x\ny'\nc: 1\n",
    { a: { b: "x y" }, c: "1" },
  ],
  [
    "quotes in brackets that go on at the margin",
    "a:\n  b: ['x\ny', z]\n",
    { a: { b: ["x y", "z"] } },
  ],
  ["an empty line in quotes at the margin", 'a:\n  b: "x\n\ny"\n', { a: { b: "x\ny" } }],
  ["an anchor that is given twice", "a: &x 1\nb: &x 2\nc: *x\n", { a: "1", b: "2", c: "2" }],
  ["a tab behind a colon", "a:\tb\n", { a: "b" }],
  ["a tab before a comment", "a: b\t# c\n", { a: "b" }],
  ["a tab behind a value and behind a key", "a: b\t\nc:\t\n  d: 1\n", { a: "b", c: { d: "1" } }],
  ["a comment right behind quotes", "a: 'b'#c\nd: \"e\"# f\n", { a: "b", d: "e" }],
  ["a comment right behind brackets", "a: [b]#c\n", { a: ["b"] }],
  ["a list at the level of its key", "a:\n- 1\nb:\n  - 2\n", { a: ["1"], b: ["2"] }],
];

/** JSON objects one behind the other, and where each begins: what kubectl takes as a stream. */
const streams: readonly (readonly [text: string, values: readonly unknown[]])[] = [
  ['{"a":1}{"b":2}', [{ a: "1" }, { b: "2" }]],
  ['{"a": 1}\n{"b": 2}\n', [{ a: "1" }, { b: "2" }]],
  ['\n {"a": {"c": [{}]}} \r\n\t{"b": "}{\\"[" } ', [{ a: { c: [{}] } }, { b: '}{"[' }]],
  ['{"a": "\\\\"}{}{"b": []}', [{ a: "\\" }, {}, { b: [] }]],
];

const noStreams: readonly string[] = [
  '{"a":1}{"b":',
  '{"a":1} and {"b":2}',
  '{"a":1}["b"]',
  '{"a":1}"b"',
  '{"a":1}{"b":2}}',
  '{"a":1}{"b":[2}]',
  '["a"]["b"]',
];

/** Texts that go-yaml refuses, too. */
const refused: readonly string[] = [
  "a: [\n",
  'a: "b\nc: d\n',
  "a: [1,,2]\n",
  "a: b: c\n",
  "a:\n\tb: 1\n",
  "a:\n    b: 1\n  c: 2\n",
  'a: "x\n--- y"\n',
  "a: [x\n---\n]\n",
  'a: "\\q"\n',
  "a: @b\n",
  "a: ]\n",
];

/** Containers, as odd as people and programs write them, with the images that Kubernetes reads; `!` is one it refuses. */
const containers: readonly (readonly [
  what: string,
  text: string,
  images: readonly string[],
  change?: (text: string) => string,
])[] = [
  ["words that are booleans", "- image: nginx:1\n  on: true\n  yes: no\n", ["nginx:1"]],
  ["an octal number", "- image: 0777\n", ["!0777"]],
  [
    "base64, which Kubernetes decodes",
    "- image: !!binary bmdpbng6MQ==\n",
    ["!!binary bmdpbng6MQ=="],
  ],
  ["a number with a tag of strings", "- image: !!str 1.25\n", ["1.25"]],
  ["a merge key", "- <<: *b\n  name: a\n", ["base:1"]],
  ["a merge key that is overridden", "- <<: *b\n  image: nginx:2\n", ["nginx:2"]],
  ["a list of merges, the first of which counts", "- <<: [*b, *c]\n", ["base:1"]],
  ["a plain scalar on two lines", "- image: nginx\n    :1\n", ["!nginx :1"]],
  ["a value behind comments", "- image: # why\n    # more\n    nginx:1\n", ["nginx:1"]],
  ["a folded scalar", "- image: >-\n    nginx:1\n", ["nginx:1"]],
  ["a literal one with its line's end", "- image: |\n    nginx:1\n", ["!nginx:1\n"]],
  ["a line that goes on in quotes", '- image: "ghcr.io/a/\\\n    b:1"\n', ["ghcr.io/a/b:1"]],
  ["a key behind a question mark", "- ? image\n  : nginx:1\n", ["nginx:1"]],
  ["a blank before the colon", "- image : nginx:1\n", ["nginx:1"]],
  ["escapes in a key and in a value", '- "im\\x61ge": "ngi\\u006ex:1"\n', ["nginx:1"]],
  ["a dash on its own line", "-\n  image: nginx:1\n", ["nginx:1"]],
  [
    "a comment at the margin",
    "- image: nginx:1\n- name: a\n#\n  image: nginx:2\n",
    ["nginx:1", "nginx:2"],
  ],
  ["a hash that is no comment", "- image: nginx:1#c\n", ["!nginx:1#c"]],
  ["a directive", "- image: nginx:1\n", ["nginx:1"], (text) => `%YAML 1.1 # c\n--- # d\n${text}`],
  [
    "a tag's handle",
    "- image: nginx:1\n",
    ["nginx:1"],
    (text) => `%TAG ! tag:a.b,2000:\n---\n${text}`,
  ],
  [
    "empty documents",
    "- image: nginx:1\n",
    ["nginx:1"],
    (text) => `---\n---\n# c\n---\n${text}---\n---\n`,
  ],
  [
    "the end of a document and a directive",
    "- image: nginx:1\n",
    ["nginx:1", "nginx:1"],
    (text) => `${text}...\n%YAML 1.1\n---\n${text}`,
  ],
];

describe("YAML as Kubernetes takes it", () => {
  for (const [what, text, value] of taken) {
    it(`takes ${what}`, () => {
      for (const written of [text, text.replaceAll("\n", "\r\n")]) {
        const { roots, problems } = parseYaml(written);
        assert.deepEqual(problems, []);
        assert.deepEqual(roots.map(valueOf), [value]);
      }
    });
  }
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.notDeepEqual(parseYaml(text).problems, []);
    });
  }

  for (const [text, values] of streams) {
    it(`takes ${JSON.stringify(text)} as a stream, with all places in the text`, () => {
      const { roots, problems } = parseYaml(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(roots.map(valueOf), values);
      assert.deepEqual(
        roots.map(({ place }) => text[place.start]),
        values.map(() => "{"),
      );
    });
  }
  for (const text of noStreams) {
    it(`refuses ${JSON.stringify(text)} as a stream`, () => {
      assert.notDeepEqual(parseYaml(text).problems, []);
    });
  }

  const bases = "x: [&b { image: base:1 }, &c { image: base:2 }]\n";
  const shell = bases + service("").slice(0, service("").indexOf("        - name"));
  for (const [what, text, images, change = (whole: string) => whole] of containers) {
    it(`reads ${what} in a container`, () => {
      const whole = change(shell + text.replace(/^(?=[^#\n])/gm, "        "));
      const { parts } = analyzeFile(whole, defaultAnalysisOptions);
      const found = parts.flatMap(({ document }) =>
        document.images.map(
          ({ reference: { kind, text: name } }) => (kind === "invalid" ? "!" : "") + name,
        ),
      );
      assert.deepEqual(found, images);
      assert.deepEqual(
        parts.flatMap(({ document }) => document.syntaxProblems),
        [],
      );
    });
  }

  it("recovers at the next line where a bracket is still to be closed", () => {
    for (const open of ["[", "{", "{a: "]) {
      const text = `${service("nginx:1")}          command: ${open}x\n        - image: nginx:2\n`;
      const { images } = analyzeDocument(text, defaultAnalysisOptions);
      assert.deepEqual(
        images.map((use) => written(text, use)),
        ["nginx:1", "nginx:2"],
        open,
      );
    }
  });

  const indented = service("nginx:1").replace(/^(?=.)/gm, "  ");
  for (const [what, text] of [
    ["a byte order mark", `\uFEFF${service("nginx:1")}`],
    ["a byte order mark before an indented root", `\uFEFF${indented}`],
    ["a byte order mark before a marker", `\uFEFF---\n${service("nginx:1")}`],
    ["a byte order mark behind a marker", `---\n\uFEFF${service("nginx:1")}`],
    ["one before and one behind it", `\uFEFF---\n\uFEFF${service("nginx:1")}`],
    ["one before and one behind it, and an indented root", `\uFEFF---\r\n\uFEFF${indented}`],
    ["one before a comment", `\uFEFF# c\n${indented}`],
  ] as const) {
    it(`takes ${what}, and finds the image where it stands`, () => {
      const { images, syntaxProblems } = analyzeDocument(text, defaultAnalysisOptions);
      assert.deepEqual(syntaxProblems, []);
      assert.deepEqual(
        images.map((use) => written(text, use)),
        ["nginx:1"],
      );
    });
  }

  for (const [what, end] of [
    ["carriage returns alone", "\r"],
    ["doubled carriage returns", "\r\r\n"],
  ] as const) {
    it(`takes lines that end with ${what}`, () => {
      const text = service("nginx:1").replaceAll("\n", end);
      const { images, syntaxProblems } = analyzeDocument(text, defaultAnalysisOptions);
      assert.deepEqual(syntaxProblems, []);
      assert.deepEqual(
        images.map((use) => written(text, use)),
        ["nginx:1"],
      );
    });
  }

  it("takes the last of equal keys where an image stands, in both readings", () => {
    for (const extra of ["", "          args: []\n"]) {
      const text = `${service("nginx:1")}          image: nginx:2\n${extra}`;
      const { images, syntaxProblems } = analyzeDocument(text, defaultAnalysisOptions);
      assert.deepEqual(syntaxProblems, []);
      assert.deepEqual(
        images.map((use) => written(text, use)),
        ["nginx:2"],
      );
    }
  });
});
