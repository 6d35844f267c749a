// What waits of the event loop gets its turn before work that is scheduled at once.

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { nodeClock } from "../../../server/src/node/nodeClock.ts";

describe("what is scheduled at once", () => {
  it("comes after what has arrived was worked on and answered", async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      nodeClock.schedule(0, () => {
        order.push("scheduled");
        resolve();
      });
      setImmediate(() => {
        order.push("arrived");
        setImmediate(() => order.push("answered"));
      });
    });
    assert.deepEqual(order, ["arrived", "answered", "scheduled"]);
  });

  it("is not called once it is taken back, at whatever turn", async () => {
    for (const turns of [0, 1, 2]) {
      let calls = 0;
      const cancel = nodeClock.schedule(0, () => void (calls += 1));
      for (let each = 0; each < turns; each += 1) await turn();
      cancel();
      for (let each = 0; each < 5; each += 1) await turn();
      assert.equal(calls, 0, `after ${turns} turns`);
    }
  });
});
