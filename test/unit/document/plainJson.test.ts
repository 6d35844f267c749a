// The quick reading of JSON says exactly what the library says, or leaves the document to it.

import assert from "node:assert/strict";
import fc from "fast-check";
import { readPlainJson } from "../../../server/src/document/yaml/plainJson.ts";
import { bothSay } from "../../support/bothReadings.ts";

const agrees = (text: string): boolean => bothSay(readPlainJson(text), text);

const strings = fc.constantFrom(
  ...[
    "a",
    "",
    "nginx:1.25",
    "a b",
    "é🚀",
    'say "x"',
    "back\\slash",
    "a\nb\tc",
    "<&>",
    "\u0007",
    "\u2028",
    "\ufeff",
  ],
  ...[
    "kind",
    "image",
    "<<",
    "1",
    "true",
    "null",
    "# x",
    "- a",
    "a: b",
    "{{ x }}",
    "\ud800",
    "__proto__",
  ],
);
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    strings,
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, -2e-7, 12345678901234567890n.toString()),
    fc.dictionary(strings, tie("node"), { maxKeys: 4 }),
    fc.array(tie("node"), { maxLength: 4 }),
  ),
})).node;
const written = fc
  .tuple(
    fc.dictionary(strings, value, { maxKeys: 4 }),
    fc.constantFrom(0, 1, 2, 4, "\t"),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([root, indentation, isAscii, isCrLf]) => {
    const text = JSON.stringify(root, null, indentation);
    const escaped = isAscii
      ? text.replace(
          /[^ -~\n]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
        )
      : text;
    return isCrLf ? escaped.replaceAll("\n", "\r\n") : `${escaped}\n`;
  });

describe("the quick reading of JSON", function () {
  this.timeout(120_000);

  it("agrees with the library on JSON of any kind", () => {
    let read = 0;
    fc.assert(
      fc.property(written, (text) => {
        if (agrees(text)) read += 1;
      }),
      { numRuns: 3_000 },
    );
    // What has tabs or characters that YAML does not take is the library's.
    assert.ok(read > 1_000, `only ${read} were read`);
  });

  it("agrees with the library on JSON in the middle of being typed", () => {
    const letters = [
      " ",
      "\n",
      "\t",
      "\r",
      "-",
      ":",
      ": ",
      " :",
      ",",
      '"',
      "'",
      "{",
      "}",
      "[",
      "]",
      "#",
      " # c",
    ];
    const more = [
      "\\",
      "&a ",
      "*a",
      "!!str ",
      "|",
      "1",
      "0",
      "x",
      "e5",
      "true",
      "null",
      "---\n",
      "...\n",
      "\u00a0",
    ];
    const typed = fc.tuple(fc.nat(), fc.nat(4), fc.constantFrom("", ...letters, ...more));
    let read = 0;
    fc.assert(
      fc.property(written, fc.array(typed, { minLength: 1, maxLength: 3 }), (before, changes) => {
        let text = before;
        for (const [at, removed, letter] of changes) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + letter + text.slice(start + removed);
        }
        if (agrees(text)) read += 1;
      }),
      { numRuns: 10_000 },
    );
    assert.ok(read > 500, `only ${read} were read`);
  });

  it("reads itself what kubectl prints", () => {
    const service = {
      apiVersion: "serving.knative.dev/v1",
      kind: "Service",
      metadata: { labels: {}, name: "a <b" },
    };
    const list = JSON.stringify({ apiVersion: "v1", items: [service], kind: "List" }, null, 4);
    assert.ok(agrees(`${list.replace("<", "\\u003c")}\n`));
  });

  it("leaves the rest to the library", () => {
    const deep = `${'{"a":'.repeat(300)}1${"}".repeat(300)}`;
    const texts = [
      "",
      "[]",
      "1",
      "{a: 1}",
      '{"a" :1}',
      '{"a":1,}',
      '{"a":1} {}',
      `{"${"k".repeat(1001)}":1}`,
      deep,
    ];
    for (const text of texts) assert.equal(readPlainJson(text), undefined, text.slice(0, 50));
  });
});
