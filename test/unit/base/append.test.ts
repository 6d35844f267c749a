// Lists of any length are put together.

import assert from "node:assert/strict";
import { append } from "../../../server/src/base/append.ts";

describe("items", () => {
  it("are put behind a list's own, a million of them, too", () => {
    const list = [7];
    append(
      list,
      Array.from({ length: 1_000_000 }, (_, at) => at),
    );
    assert.equal(list.length, 1_000_001);
    assert.deepEqual(list.slice(0, 3), [7, 0, 1]);
    assert.equal(list.at(-1), 999_999);
  });
});
