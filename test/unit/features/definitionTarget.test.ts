// What "Go to Definition" finds under the cursor.

import assert from "node:assert/strict";
import { fileOffset } from "../../../server/src/document/span.ts";
import { namedRuntimeAt, namedValueAt } from "../../../server/src/features/definitionTarget.ts";

/** A text with `|` where the cursor stands. */
function at<Result>(find: (text: string, offset: ReturnType<typeof fileOffset>) => Result) {
  return (marked: string): Result => find(marked.replace("|", ""), fileOffset(marked.indexOf("|")));
}

describe("the value of a template under the cursor", () => {
  for (const [marked, expected] of [
    ["image: {{ |.Values.image.tag }}", "image.tag"],
    ["image: {{ .Values.image.tag| }}", "image.tag"],
    ["image: {{| .Values.image.tag }}", undefined],
    ["image: {{ .Values.image.tag |}}", undefined],
    ["a: {{ .Values.a }}{{ .Values.|b.c }}", "b.c"],
    ["a: {{ .Values.a }}|{{ .Values.b }}", undefined],
    ["a: {{ .Values.a }}\n|b: {{ .Values.b }}\nc: {{ .Values.c }}", undefined],
    ["a: {{ .Values.a }}\nb: {{ .Values|.b }}\nc: {{ .Values.c }}", "b"],
    [".Values.a|\nb: .Values.b", "a"],
    ["|.Values.a", "a"],
    ["b: .Values.b\n.Values.a|", "a"],
    ["a: .Values|", undefined],
  ] as const) {
    it(`of ${JSON.stringify(marked)} is ${expected ?? "none"}`, () => {
      assert.equal(at(namedValueAt)(marked), expected);
    });
  }
});

describe("the runtime on the line of the cursor", () => {
  for (const [marked, expected] of [
    ["  runtime: my-|runtime", "my-runtime"],
    ["|  runtime: 'a.b' # x\nruntime: other", "a.b"],
    ['runtime: other\n  runtime: "a"|\nruntime: other', "a"],
    ["runtime: a b|", undefined],
    ["  runtimes: a|", undefined],
    ["runtime: a\n|", undefined],
  ] as const) {
    it(`of ${JSON.stringify(marked)} is ${expected ?? "none"}`, () => {
      assert.equal(at(namedRuntimeAt)(marked), expected);
    });
  }

  it("is none on a line that is too long to be one", () => {
    const text = `runtime: a #${"x".repeat(489)}`;
    assert.equal(text.length, 501);
    assert.equal(namedRuntimeAt(text.slice(0, -1), fileOffset(0)), "a");
    assert.equal(namedRuntimeAt(text, fileOffset(0)), undefined);
  });
});
