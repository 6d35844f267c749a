// Ages, waits and sizes in words, at the edges of each unit.

import assert from "node:assert/strict";
import { ageWords, sizeWords, waitWords } from "../../../server/src/features/amountWords.ts";

describe("an age", () => {
  const second = 1000;
  const hour = 3600 * second;
  const rows: readonly (readonly [age: number, words: string])[] = [
    [-5, "just now"],
    [9_999, "just now"],
    [10 * second, "10 s ago"],
    [59 * second, "59 s ago"],
    [60 * second, "1 min ago"],
    [3599 * second, "59 min ago"],
    [hour, "1 h ago"],
    [23.9 * hour, "23 h ago"],
    [24 * hour, "1 day ago"],
    [47.9 * hour, "1 day ago"],
    [48 * hour, "2 days ago"],
  ];
  for (const [age, words] of rows) {
    it(`of ${age} ms is “${words}”`, () => {
      assert.equal(ageWords(age), words);
    });
  }
});

describe("a wait", () => {
  const rows: readonly (readonly [wait: number, words: string])[] = [
    [-5, "soon"],
    [4_999, "soon"],
    [5_000, "in 5 s"],
    [119_001, "in 120 s"],
    [120_000, "in 2 min"],
    [120_001, "in 3 min"],
  ];
  for (const [wait, words] of rows) {
    it(`of ${wait} ms is “${words}”`, () => {
      assert.equal(waitWords(wait), words);
    });
  }
});

describe("a size", () => {
  it("has the unit in which people read it", () => {
    const sizes = [999, 1000, 12_000, 999_999, 1_000_000, 12_345_678, 1_000_000_000].map(sizeWords);
    const words = ["999 B", "1 kB", "12 kB", "1000 kB", "1.0 MB", "12.3 MB", "1.00 GB"];
    assert.deepEqual(sizes, words);
  });
});
