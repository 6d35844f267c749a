// The quick reading of plain YAML says exactly what the library says, or leaves the document to it.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { readPlainYaml } from "../../../server/src/document/yaml/plainYaml.ts";
import { bothSay } from "../../support/bothReadings.ts";

const agrees = (text: string): boolean => bothSay(readPlainYaml(text), text);

const scalars = [
  ...[
    "a",
    "nginx:1.25",
    "http://x/y",
    "a b  c",
    "echo 'a # b'",
    "x - 'a # b'",
    "a 'b",
    "1",
    "1.0",
    "0x1f",
    "1e3",
    ".5",
    "-1",
    "+1",
    "-x",
    "1_000",
  ],
  ...[
    "true",
    "True",
    "yes",
    "no",
    "null",
    "~",
    ".inf",
    "-.INF",
    ".nan",
    "0o17",
    "nul",
    "12:30:45",
    "2001-01-01",
  ],
  ...[
    '""',
    "''",
    '"a # b"',
    "'it''s'",
    '"a\\n"',
    '"x"y',
    "'a' ",
    "a'b",
    'a"b',
    "a #b",
    "a# b",
    "é日🚀",
    "a: b",
    "a:",
  ],
  ...[
    "- x",
    "-",
    "?",
    "? x",
    ": x",
    ":x",
    "[a]",
    "{}",
    "[]",
    "{ }",
    "{}x",
    "|-",
    "|+",
    ">",
    ">2",
    "|x",
    '"a\\"b"',
    '"a\\" # b"',
    '"\\\\"',
    '"\\u00e9\\t"',
    '"\\q"',
    '"\\',
    "'it'' # s'",
    "'''",
    "''''",
    "{{ x }}",
    "&a b",
    "*a",
    "!!str x",
    "|",
    ">-",
    "%x",
    "@x",
    "`x`",
  ],
  ...[
    "#x",
    "a\tb",
    "$X",
    "${X}",
    "<a>",
    "=x",
    "~x",
    "a,b",
    "a]b",
    "---",
    "...",
    "--- x",
    "\u00a0",
    "\u2028x",
    "\ufeffx",
  ],
];
const keys = [
  "a",
  "b",
  "image",
  "knative.dev/x",
  "1",
  "true",
  "<<",
  "-k",
  "k ",
  '"q"',
  "a b",
  "x:y",
  "null",
  "é",
];

const line = fc
  .tuple(
    fc.constantFrom("", "", "  ", "    ", "      ", " ", "\t"),
    fc.constantFrom("", "", "", "- ", "-   ", "- - ", "-"),
    fc.constantFrom("", ...keys.map((key) => `${key}:`)),
    fc.constantFrom("", " ", " ", "   "),
    fc.constantFrom("", ...scalars),
    fc.constantFrom("", "", " ", " # c", "#c", "   # 'c"),
  )
  .map((parts) => parts.join(""));

const anything = fc
  .tuple(
    fc.constantFrom("", "---\n", "--- # c\n", "--- a\n", "%YAML 1.2\n---\n", "\ufeff", "\n\n"),
    fc.array(line, { maxLength: 8 }),
    fc.constantFrom("\n", "\r\n"),
    fc.boolean(),
  )
  .map(([head, lines, lineBreak, isEnded]) =>
    (head + lines.join(lineBreak) + (isEnded ? lineBreak : "")).replaceAll(/(?<!\r)\n/g, lineBreak),
  );

/** Whether a value begins behind its key, on the same line. */
function isWritten(value: readonly string[]): boolean {
  const [first = ""] = value;
  return (value.length === 1 && scalars.includes(first)) || /^[|>]/.test(first);
}

/** Block scalars: a header, and lines of any indentation. */
const block = fc
  .tuple(
    fc.constantFrom("|", "|-", "|+", ">", ">-", "| # c", ">  #c", "|2"),
    fc.array(
      fc.tuple(
        fc.constantFrom("  ", "  ", "  ", "    ", "   ", " ", ""),
        fc.constantFrom("", "", "x", "y z", "# c", "- a", "k: v", "'", "\ta", "a\tb", "---", "é🚀"),
      ),
      { maxLength: 5 },
    ),
  )
  .map(([header, lines]) => [header, ...lines.map((parts) => parts.join(""))]);

/** Documents that are nearly always of the plain form, so that deep ones are met, too. */
const tree = fc
  .letrec<{ node: string[]; map: string[]; list: string[] }>((tie) => ({
    node: fc.oneof({ depthSize: "small" }, tie("map"), tie("list")),
    map: fc
      .uniqueArray(
        fc.tuple(
          fc.constantFrom("a", "b", "image", "x.y/z", "1"),
          fc.oneof(
            { maxDepth: 4 },
            fc.constantFrom(...scalars).map((scalar) => [scalar]),
            block,
            tie("node"),
          ),
          fc.constantFrom("  ", " ", "    ", ""),
        ),
        { minLength: 1, maxLength: 3, selector: ([key]) => key },
      )
      .map((entries) =>
        entries.flatMap(([key, value, indentation]) =>
          isWritten(value)
            ? [`${key}: ${value[0] ?? ""}`, ...value.slice(1).map((one) => indentation + one)]
            : [`${key}:`, ...value.map((one) => indentation + one)],
        ),
      ),
    list: fc
      .array(
        fc.oneof(
          { maxDepth: 4 },
          fc.constantFrom(...scalars).map((scalar) => [scalar]),
          block,
          tie("node"),
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((items) =>
        items.flatMap((item) => item.map((one, index) => (index === 0 ? `- ${one}` : `  ${one}`))),
      ),
  }))
  .node.map((lines) => lines.join("\n"));

describe("the quick reading of plain YAML", function () {
  this.timeout(120_000);

  it("agrees with the library on lines of any kind", () => {
    let read = 0;
    fc.assert(
      fc.property(anything, (text) => {
        if (agrees(text)) read += 1;
      }),
      { numRuns: 20_000 },
    );
    assert.ok(read > 100, `only ${read} were of the plain form`);
  });

  it("agrees with the library on deep documents", () => {
    let read = 0;
    let blocks = 0;
    fc.assert(
      fc.property(tree, (text) => {
        if (!agrees(text)) return;
        read += 1;
        if (/[:-] [|>]/.test(text)) blocks += 1;
      }),
      { numRuns: 5_000 },
    );
    assert.ok(blocks > 40, `only ${blocks} with block scalars were of the plain form`);
    assert.ok(read > 300, `only ${read} were of the plain form`);
  });

  it("reads block scalars by itself, however they are written", () => {
    for (const text of ["a: |\n  x\n\n  y\nb: 1\n", "- >-\n  x\n  y\n- b\n", "a: |\n  x"]) {
      assert.ok(agrees(text), text);
    }
  });

  it("tells a key that begins with a dash from an item, and a key of one letter from both", () => {
    for (const text of ["-k: v\n", "a : v\n", "- a\n- -k: v\n", "-\n  a: 1\n"]) {
      bothSay(readPlainYaml(text), text);
    }
    assert.ok(agrees("- a: v\n  b: w\n"));
  });

  const manifest = `---
# A Service, as people write them.
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: hello   # its name
  annotations:
    autoscaling.knative.dev/min-scale: "1"
spec:
  template:
    spec:
      containers:
      - image: ghcr.io/acme/app:v1
        env:
          - name: A
            value: 'b c'
        command:
        - sh
        - -c
      - name: two

        image: "nginx"
      timeoutSeconds: 5
`;
  it("agrees with the library on manifests in the middle of being typed", () => {
    const letters = [
      ...[" ", "  ", "\n", "\r\n", "\r", "\t", "-", "- ", ":", ": ", "#", " #", '"', "'", "[", "]"],
      ...[
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!",
        "!!str ",
        "|",
        ">",
        "%",
        "@",
        "`",
        "?",
        "---",
        "...",
        "~",
      ],
      ...[
        "\u00a0",
        "\ufeff",
        "\u2028",
        "\u0085",
        "é",
        "🚀",
        "\ud800",
        "\0",
        "\x7f",
        "<<: ",
        "null",
      ],
    ];
    const typed = fc.tuple(fc.nat(), fc.nat(8), fc.constantFrom("", ...letters));
    const lines = fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 30 }), fc.boolean());
    let read = 0;
    fc.assert(
      fc.property(
        lines,
        fc.constantFrom("\n", "\r\n"),
        fc.array(typed, { minLength: 1, maxLength: 3 }),
        ([first, count, isEnded], lineBreak, changes) => {
          const some = manifest.split("\n").slice(first % 20, (first % 20) + count);
          let text = some.join(lineBreak) + (isEnded ? lineBreak : "");
          for (const [at, removed, letter] of changes) {
            const start = at % (text.length + 1);
            text = text.slice(0, start) + letter + text.slice(start + removed);
          }
          if (agrees(text)) read += 1;
        },
      ),
      { numRuns: 10_000 },
    );
    // About 550 are, by chance; none at all would make this a test of nothing.
    assert.ok(read > 300, `only ${read} were of the plain form`);
  });

  it("takes a comment right behind the marker, and a carriage return that ends no line, for what they are", () => {
    assert.equal(readPlainYaml("---# c\na: b\n"), undefined);
    assert.equal(readPlainYaml("a: b\r"), undefined);
    assert.ok(agrees("--- # c\na: b\r\n"));
  });

  const listed = `apiVersion: v1
items:
- apiVersion: serving.knative.dev/v1
  kind: Service
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"annotations":{}}}
      note: >-
        two
          lines

    labels: {}
    name: 'it''s'
  spec:
    template:
      spec:
        containers:
        - args: []
          command:
          - sh
          - |-
            echo "a # b"

            true
          image: "nginx"
          name: "a\\tb"
          resources: {}
kind: List
`;
  it("takes a quote inside a plain scalar for a letter, so that a comment may follow", () => {
    for (const value of ["echo 'a # b'", 'x - "a # b"', "it 's # 1"])
      assert.ok(agrees(`- ${value}\n`));
  });

  it("reads itself what kubectl prints", () => {
    assert.ok(agrees(listed));
    assert.ok(agrees(listed.replaceAll("\n", "\r\n")));
  });

  it("reads an ordinary manifest itself", () => {
    assert.ok(agrees(manifest));
    assert.ok(agrees(manifest.replaceAll("\n", "\r\n")));
  });

  it("leaves the rest to the library", () => {
    const texts = [
      "",
      "# c\n",
      "a:\n",
      "a: |2\n  b\n",
      "a: |\nb: c\n",
      "a: [b]\n",
      "a: &x b\n",
      "a: b\n  c\n",
      "\ta: b\n",
      "- |\n  a\n".repeat(20_001),
    ];
    for (const text of texts) assert.equal(readPlainYaml(text), undefined, JSON.stringify(text));
  });

  it("agrees with the library on every YAML file that comes with our packages", () => {
    const files = yamlFiles(path.join(process.cwd(), "node_modules")).slice(0, 300);
    for (const file of files) agrees(readFileSync(file, "utf8"));
  });
});

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).size < 50_000)
    .sort();
}
