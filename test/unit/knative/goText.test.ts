// Text is quoted and trimmed as Go does.

import assert from "node:assert/strict";
import {
  hasSpace,
  quote,
  trimSpace,
  trimSpaceRange,
} from "../../../server/src/knative/go/goText.ts";

describe("quote", () => {
  for (const [text, quoted] of [
    ["nginx:1.25", '"nginx:1.25"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["\u0007\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'],
    ["\u0000\u001b\u007f", '"\\x00\\x1b\\x7f"'],
    ["é中😀", '"é中😀"'],
    ["\u0080\u00a0\u00ad\u200b\ufeff", '"\\u0080\\u00a0\\u00ad\\u200b\\ufeff"'],
    ["\u{e0001}", '"\\U000e0001"'],
    ["\ufffd\ud800", '"\ufffd\ufffd"'],
  ] as const) {
    it(`prints ${quoted}`, () => {
      assert.equal(quote(text), quoted);
    });
  }
});

describe("trimSpace", () => {
  it("removes what Go calls white space and nothing else", () => {
    assert.equal(trimSpace("\t\n\v\f\r \u0085\u00a0\u2003\u3000x\u2028"), "x");
    assert.equal(trimSpace("\ufeffx\u200b"), "\ufeffx\u200b");
  });
  it("leaves the end of a text that is all white space", () => {
    assert.deepEqual(trimSpaceRange("  "), { start: 2, end: 2 });
  });
});

describe("hasSpace", () => {
  it("sees the next-line character, which JavaScript does not", () => {
    assert.equal(hasSpace("a\u0085b"), true);
    assert.equal(hasSpace("a\ufeffb"), false);
  });
});
