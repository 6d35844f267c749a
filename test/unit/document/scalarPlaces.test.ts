// Where a part of a value stands in the text: exactly where that can be, else as near as it is known.

import assert from "node:assert/strict";
import { placeInScalar } from "../../../server/src/document/yaml/scalarPlaces.ts";
import { parseYaml } from "../../../server/src/document/yaml/yamlDocument.ts";
import type { Scalar } from "../../../server/src/document/yaml/yamlScalar.ts";

/** The value of the only key `a`. */
function scalarOf(text: string): Scalar {
  const [root] = parseYaml(text).roots;
  return root?.get("a")?.scalar() ?? assert.fail("no scalar");
}

/** What stands where the part is said to stand, and whether it is exactly that. */
function placeOf(text: string, part: string, from = 0): readonly [string, number, boolean] {
  const scalar = scalarOf(text);
  const start = scalar.text.indexOf(part, from);
  assert.ok(start >= 0, scalar.text);
  const { span, exact } = placeInScalar(scalar, { start, end: start + part.length }, text);
  return [text.slice(span.start, span.end), span.start, exact];
}

describe("the place of a part of a value", () => {
  const rows: readonly [string, string, string, readonly [string, number, boolean]][] = [
    ["of a plain scalar", "a: x,yy,z\n", "yy", ["yy", 5, true]],
    ["of a quoted one", 'a: "x,yy,z"\n', "yy", ["yy", 6, true]],
    ["of one with escapes is searched", 'a: "\\tx,yy"\n', "yy", ["yy", 8, false]],
    ["that is written with escapes is the whole", 'a: "x,\\ty"\n', "\ty", ['"x,\\ty"', 3, false]],
    ["that is empty, next to escapes, is the whole", 'a: "\\tx"\n', "", ['"\\tx"', 3, false]],
    ["of a block", "a: |\n  x,\n  yy,\n  z\n", "yy", ["yy", 12, true]],
    ["over two lines of a block", "a: |\n  x\n  y\n  z\n", "x\ny", ["x\n  y", 7, true]],
    ["at the end of a block's line", "a: |\n  x\n  y\n", "x", ["x", 7, true]],
    ["at the end of a block", "a: |\n  x\n  yy", "yy", ["yy", 11, true]],
    ["of a folded block", "a: >\n  x,\n  yy,\n  z\n", "yy", ["yy", 12, true]],
    ["of a block with the other line ends", "a: |\r\n  x,\r\n  yy\r\n", "yy", ["yy", 14, true]],
    ["of a block with deeper lines", "a: |\n  x\n    y\n  z\n", "z", ["z", 17, true]],
    [
      "behind an empty line of a folded block is searched",
      "a: >\n  x\n\n  yy\n",
      "yy",
      ["yy", 12, false],
    ],
    [
      "that a folded block does not hold so is the whole",
      "a: >\n  x\n\n  y\n",
      "x\ny",
      ["", 3, false],
    ],
  ];
  for (const [name, text, part, [stands, start, exact]] of rows) {
    it(name, () => {
      const found = placeOf(text, part);
      const all = scalarOf(text).span;
      const expected = stands === "" ? text.slice(all.start, all.end) : stands;
      assert.deepEqual(found, [expected, start, exact]);
    });
  }

  it("is not searched in a long scalar", () => {
    const place = (length: number): readonly [number, boolean] => {
      const text = `a: |\n  ${"x".repeat(length)}\n  yy\n`;
      const [stands, , exact] = placeOf(text, "yy");
      return [stands.length, exact];
    };
    assert.deepEqual(place(19_000), [2, true]);
    const [length, exact] = place(20_000);
    assert.ok(length > 20_000 && !exact);
  });
});
