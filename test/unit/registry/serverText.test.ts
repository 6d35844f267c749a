// Text of servers: made harmless, and read leniently.

import assert from "node:assert/strict";
import fc from "fast-check";
import { nextLink } from "../../../server/src/registry/transport/linkHeader.ts";
import { parseErrorBody, safeText } from "../../../server/src/registry/transport/serverText.ts";

describe("text of servers", () => {
  it("loses what could be acted on, and its length", () => {
    assert.equal(safeText("plain words, 404."), "plain words, 404.");
    assert.equal(safeText("a\u001b[31mred\u001b[0m\u0000b"), "a red b");
    assert.equal(safeText("\u202egnp.exe\u200b\u2066x"), "gnp.exe x");
    assert.equal(safeText("[click](command:evil)"), "click command evil");
    assert.equal(safeText("<img src=x onerror=y>"), "img src=x onerror=y");
    assert.equal(Array.from(safeText("x".repeat(10_000))).length, 200);
    assert.equal(Array.from(safeText("😀".repeat(300))).length, 200);
  });

  it("whatever comes in, nothing of that goes out", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
        const safe = safeText(text);
        assert.doesNotMatch(safe, /[\p{Cc}\p{Cf}\p{Cs}<>[\]`\\]/u);
        assert.ok(Array.from(safe).length <= 200);
      }),
    );
  });

  const bodies: readonly (readonly [string, string, unknown])[] = [
    [
      "the specified form, without its detail",
      '{"errors":[{"code":"DENIED","message":"no","detail":"/var/lib"}]}',
      { code: "DENIED", message: "no" },
    ],
    [
      "Docker Hub's",
      '{"details":"incorrect username"}',
      { code: undefined, message: "incorrect username" },
    ],
    [
      "Artifactory's",
      '{"errors":[{"status":404,"message":"no"}]}',
      { code: undefined, message: "no" },
    ],
    [
      "OAuth's",
      '{"error":"invalid_scope","error_description":"why"}',
      { code: undefined, message: "why" },
    ],
    [
      "plain text",
      "Too Many Requests (HAP429)",
      { code: undefined, message: "Too Many Requests HAP429" },
    ],
    ["a web page", "<!DOCTYPE html><html></html>", { code: undefined, message: undefined }],
    ["nothing", "", { code: undefined, message: undefined }],
    ["a code that is none", '{"errors":[{"code":"<b>"}]}', { code: undefined, message: undefined }],
    ["errors that are none", '{"errors":[7]}', { code: undefined, message: undefined }],
  ];
  for (const [what, text, expected] of bodies) {
    it(`${what} is read`, () => {
      assert.deepEqual(parseErrorBody(Buffer.from(text)), expected);
    });
  }
});

describe("a body that says an error", () => {
  it("is read for 64 KiB", () => {
    const message = (blanks: number): string | undefined =>
      parseErrorBody(Buffer.from(`${" ".repeat(blanks)}{"message":"no"}`)).message;
    assert.equal(message(64 * 1024 - 16), "no");
    assert.equal(message(64 * 1024), undefined);
  });
});

describe("Link headers", () => {
  it("the next one is found among several", () => {
    assert.equal(nextLink(['</a>; rel="next"']), "/a");
    assert.equal(nextLink(['</a>; rel="prev", </b?x=1,2>; title="t"; rel=next']), "/b?x=1,2");
    assert.equal(nextLink(['</a>; rel="first"', '</b>; rel="last next"']), "/b");
    assert.equal(nextLink(['</a>; rel="nextish"', "garbage", "<", ""]), undefined);
    assert.equal(nextLink([`<${"a".repeat(10_000)}>; rel="next"`]), undefined);
  });
});
