// JSON is refused in Go's words, and keys keep their places. The rows of errors are Go's own answers.

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseGoJson } from "../../../server/src/knative/go/goJson.ts";

describe("parseGoJson", () => {
  for (const [text, message] of [
    ["", "unexpected end of JSON input"],
    ["{", "unexpected end of JSON input"],
    ['{"a', "unexpected end of JSON input"],
    ["tru", "invalid character ' ' in literal true (expecting 'e')"],
    ['"\\u12', "invalid character ' ' in \\u hexadecimal character escape"],
    ["-", "invalid character ' ' in numeric literal"],
    ["x", "invalid character 'x' looking for beginning of value"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ["\ufeff{}", "invalid character 'ï' looking for beginning of value"],
    ["{a: 1}", "invalid character 'a' looking for beginning of object key string"],
    ['{"a": 1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a": 1 "b": 2}', "invalid character '\"' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["{} {}", "invalid character '{' after top-level value"],
    ["01", "invalid character '1' after top-level value"],
    ["1.x", "invalid character 'x' after decimal point in numeric literal"],
    ["1e+x", "invalid character 'x' in exponent of numeric literal"],
    ['"\n"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ["[".repeat(1_001), "exceeded max depth"],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      const parsed = parseGoJson(text);
      assert.equal(parsed.kind === "error" ? parsed.message : parsed.kind, message);
    });
  }
  it("says where the text is wrong", () => {
    const parsed = parseGoJson('{"a": x}');
    assert.equal(parsed.kind === "error" ? parsed.at : undefined, 6);
  });
  it("gives each key its place between its quotes", () => {
    const text = '{ "a\\u0062": {"c": []}, "d": null }';
    const parsed = parseGoJson(text);
    assert.ok(parsed.kind === "value" && parsed.value.kind === "object");
    assert.deepEqual(
      parsed.value.members.map(({ key, keyStart, keyEnd }) => [key, text.slice(keyStart, keyEnd)]),
      [
        ["ab", "a\\u0062"],
        ["d", "d"],
      ],
    );
  });
  it("takes whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.equal(parseGoJson(text).kind, "value");
      }),
    );
  });
  it("takes and refuses what JSON.parse does", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      "1",
      "-",
      "0",
      ".5",
      "e",
      "null",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
        const text = pieces.join("");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        assert.equal(parseGoJson(text).kind === "value", valid, text);
      }),
    );
  });
});
