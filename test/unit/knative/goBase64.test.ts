// Base64 is read and refused as Go does. The rows of errors are Go's own answers.

import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeGoBase64 } from "../../../server/src/knative/go/goBase64.ts";

describe("decodeGoBase64", () => {
  it("reads what Buffer writes, with padding and without, with line breaks anywhere", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(40), (bytes, breakAt) => {
        const padded = Buffer.from(bytes).toString("base64");
        const raw = padded.replace(/=+$/, "");
        for (const [text, isPadded] of [
          [padded, true],
          [raw, false],
          [`${padded.slice(0, breakAt)}\r\n${padded.slice(breakAt)}\n`, true],
        ] as const) {
          assert.deepEqual(decodeGoBase64(text, isPadded), {
            kind: "bytes",
            bytes: Uint8Array.from(bytes),
          });
        }
      }),
    );
  });
  for (const [text, padded, at] of [
    ["bad!", false, 3],
    ["YQ", true, 0],
    ["YWJjY", false, 4],
    ["YQ=", true, 3],
    ["YQ=x", true, 2],
    ["YQ==x", true, 4],
    ["YWI=x", true, 4],
    ["=", true, 0],
    ["Y===", true, 1],
    ["YQ==", false, 2],
    [" YQ==", true, 0],
    ["a-b_", false, 1],
    ["é", false, 0],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} ${padded ? "with" : "without"} padding`, () => {
      assert.deepEqual(decodeGoBase64(text, padded), {
        kind: "error",
        message: `illegal base64 data at input byte ${String(at)}`,
      });
    });
  }
});
