// Work for several items at once, told of in their order.

import assert from "node:assert/strict";
import { inOrder } from "../../server/src/inOrder.ts";

describe("work in order", () => {
  it("is done for a few items at once and told of in their order", async () => {
    const started: number[] = [];
    const ends = new Map<number, () => void>();
    const work = (item: number): Promise<string> =>
      new Promise((resolve) => {
        started.push(item);
        ends.set(item, () => resolve(`${item}!`));
      });
    const told = inOrder([0, 1, 2, 3], 3, work);
    const first = told.next();
    await Promise.resolve();
    assert.deepEqual(started, [0, 1, 2]);
    ends.get(2)?.();
    ends.get(0)?.();
    assert.deepEqual((await first).value, { item: 0, result: "0!" });
    const second = told.next();
    await Promise.resolve();
    assert.deepEqual(started, [0, 1, 2, 3]);
    ends.get(1)?.();
    ends.get(3)?.();
    assert.deepEqual((await second).value, { item: 1, result: "1!" });
    const rest: string[] = [];
    for await (const { result } of told) rest.push(result);
    assert.deepEqual(rest, ["2!", "3!"]);
  });

  it("ends with what fails, when its turn comes", async () => {
    const told = inOrder([0, 1], 2, (item) =>
      item === 0 ? Promise.resolve(item) : Promise.reject(new Error("no")),
    );
    await told.next();
    await assert.rejects(told.next(), /no/);
  });
});
