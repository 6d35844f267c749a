// Durations are read, refused and printed as Go does. The rows are Go's own answers.

import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../../server/src/knative/go/goDuration.ts";

describe("parseDuration", () => {
  for (const [text, nanoseconds] of [
    ["0", 0n],
    ["-0", 0n],
    ["+5s", 5_000_000_000n],
    ["-1.5h", -5_400_000_000_000n],
    ["1h15m30.918273645s", 4_530_918_273_645n],
    [".5s", 500_000_000n],
    ["5.s", 5_000_000_000n],
    ["1µs", 1_000n],
    ["1μs", 1_000n],
    ["9223372036854775807ns", 9_223_372_036_854_775_807n],
    ["-9223372036854775808ns", -9_223_372_036_854_775_808n],
    // Digits beyond 63 bits and the float of the product lose what Go loses.
    ["0.9223372036854775807h", 3_320_413_933_267n],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseDuration(text), { kind: "duration", nanoseconds });
    });
  }
  for (const [text, message] of [
    ["", 'time: invalid duration ""'],
    ["+", 'time: invalid duration "+"'],
    [".s", 'time: invalid duration ".s"'],
    ["ten", 'time: invalid duration "ten"'],
    ["10", 'time: missing unit in duration "10"'],
    ["1.5", 'time: missing unit in duration "1.5"'],
    ["1 s", 'time: unknown unit " s" in duration "1 s"'],
    ["10s\n", 'time: unknown unit "s\\x0a" in duration "10s\\x0a"'],
    ["1é", 'time: unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"'],
    ['3"s', 'time: unknown unit "\\"s" in duration "3\\"s"'],
    ["9223372036854775808ns", 'time: invalid duration "9223372036854775808ns"'],
    ["9223372036854775809", 'time: invalid duration "9223372036854775809"'],
    ["9223372036854775807ns1ns", 'time: invalid duration "9223372036854775807ns1ns"'],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseDuration(text), { kind: "error", message });
    });
  }
});

describe("formatDuration", () => {
  for (const [nanoseconds, text] of [
    [0n, "0s"],
    [1n, "1ns"],
    [1_100n, "1.1µs"],
    [2_200_000n, "2.2ms"],
    [100_001_000n, "100.001ms"],
    [245_000_000_000n, "4m5s"],
    [600_000_000_000n, "10m0s"],
    [-5_400_000_000_000n, "-1h30m0s"],
    [-9_223_372_036_854_775_808n, "-2562047h47m16.854775808s"],
  ] as const) {
    it(`prints ${text}`, () => {
      assert.equal(formatDuration(nanoseconds), text);
    });
  }
  it("prints what reads back as the same duration", () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 52n), 2n ** 52n), (nanoseconds) => {
        assert.deepEqual(parseDuration(formatDuration(nanoseconds)), {
          kind: "duration",
          nanoseconds,
        });
      }),
    );
  });
});
