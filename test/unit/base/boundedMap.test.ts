// A map with a bound: what leaves, in which order, and what is kept.

import assert from "node:assert/strict";
import { createBoundedMap } from "../../../server/src/base/boundedMap.ts";

describe("a map with a bound", () => {
  it("keeps as many values as it may, and lets the one that was set longest ago go", () => {
    const dropped: number[] = [];
    const map = createBoundedMap<number>(2, (value) => void dropped.push(value));
    map.set("a", 1);
    map.set("b", 2);
    assert.deepEqual([map.size, dropped], [2, []]);
    map.set("c", 3);
    assert.deepEqual(
      [map.entries(), dropped],
      [
        [
          ["b", 2],
          ["c", 3],
        ],
        [1],
      ],
    );
    assert.deepEqual([map.has("a"), map.get("a"), map.get("c")], [false, undefined, 3]);
  });

  it("takes what is set again for the newest, and does not call that dropped", () => {
    const dropped: number[] = [];
    const map = createBoundedMap<number>(2, (value) => void dropped.push(value));
    for (const [key, value] of [
      ["a", 1],
      ["b", 2],
      ["a", 3],
      ["c", 4],
    ] as const)
      map.set(key, value);
    assert.deepEqual([map.values(), dropped], [[3, 4], [2]]);
  });

  it("forgets one value or all without dropping them", () => {
    const map = createBoundedMap<number>(2, () => assert.fail("nothing makes room"));
    map.set("a", 1);
    map.set("b", 2);
    assert.deepEqual([map.delete("a"), map.delete("a"), map.size], [true, false, 1]);
    map.clear();
    assert.deepEqual(map.entries(), []);
  });
});
