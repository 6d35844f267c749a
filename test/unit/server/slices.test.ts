// Long work pauses after each slice, whoever shares it.

import assert from "node:assert/strict";
import { createSlices, inSlices } from "../../../server/src/server/slices.ts";
import { createHandClock } from "../../support/handClock.ts";

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe("work in slices", () => {
  it("takes its steps at once as long as the slice lasts, and pauses then", async () => {
    const clock = createHandClock();
    const done: number[] = [];
    function* steps(): Generator<undefined, string> {
      for (let step = 0; step < 9; step += 1) {
        clock.advance(4);
        done.push(step);
        yield;
      }
      return "all";
    }
    const work = inSlices(steps(), createSlices(clock));
    await settle();
    assert.equal(done.length, 3);
    clock.advance(0);
    await settle();
    assert.equal(done.length, 6);
    clock.advance(0);
    await settle();
    clock.advance(0);
    assert.equal(await work, "all");
  });

  it("waits where a step must be waited for, and goes on from the step that was taken last", async () => {
    const taken: string[] = [];
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    function* steps(): Generator<Promise<void> | undefined, string> {
      taken.push("first");
      yield ended;
      taken.push("second");
      yield undefined;
      return "all";
    }
    const work = steps();
    const all = inSlices(work, createSlices(createHandClock()), work.next());
    await settle();
    assert.deepEqual(taken, ["first"]);
    end();
    assert.equal(await all, "all");
    assert.deepEqual(taken, ["first", "second"]);
  });

  it("of several is no longer than that of one", async () => {
    const clock = createHandClock();
    const slices = createSlices(clock);
    let done = 0;
    const work = Promise.all(
      Array.from({ length: 6 }, async () => {
        await slices.turn();
        clock.advance(6);
        done += 1;
      }),
    );
    const counts: number[] = [];
    for (let pause = 0; pause < 3; pause += 1) {
      await settle();
      counts.push(done);
      clock.advance(0);
    }
    await work;
    assert.deepEqual(counts, [2, 4, 6]);
  });
});
