// The checksum of `_example` is computed as Knative's webhook does.

import assert from "node:assert/strict";
import {
  checkExample,
  exampleChecksum,
} from "../../../server/src/knative/config/exampleChecksum.ts";

describe("exampleChecksum", () => {
  it("is the CRC-32 of the text", () => {
    assert.equal(exampleChecksum("123456789"), "cbf43926");
  });
  it("counts UTF-8 bytes", () => {
    assert.equal(exampleChecksum("é"), "0e048d3e");
  });
  it("has eight digits", () => {
    assert.equal(exampleChecksum(""), "00000000");
    assert.equal(exampleChecksum("62"), "0012d20a");
  });
  it("takes a run of line breaks for a backslash and an n", () => {
    assert.equal(exampleChecksum("a\n\r\n\nb"), "9fbadef3");
    assert.notEqual(exampleChecksum("a\rb"), "9fbadef3");
  });
  it("ignores white space around the text as Go does", () => {
    assert.equal(exampleChecksum("\n\u0085 a \n"), exampleChecksum("a"));
    assert.notEqual(exampleChecksum("\ufeffa"), exampleChecksum("a"));
  });
});

describe("checkExample", () => {
  it("checks nothing where the example or the annotation is missing", () => {
    assert.deepEqual(checkExample(undefined, "00000000"), { kind: "unchecked" });
    assert.deepEqual(checkExample("a", undefined), { kind: "unchecked" });
  });
  it("checks an example that is empty", () => {
    assert.deepEqual(checkExample("", "00000000"), { kind: "matches" });
  });
  it("tells the checksum that the example has", () => {
    assert.deepEqual(checkExample("123456789", "CBF43926"), {
      kind: "differs",
      computed: "cbf43926",
      shipped: false,
    });
  });
});
