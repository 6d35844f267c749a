// The queue of requests, and the first question to an unknown host.

import assert from "node:assert/strict";
import { createLeaderGate } from "../../../server/src/registry/transport/leaderGate.ts";
import {
  createRequestQueue,
  type Priority,
} from "../../../server/src/registry/transport/requestQueue.ts";
import { settled } from "../../support/settled.ts";

const forever = new AbortController().signal;

/** A task that ends when the test says so. */
function controlled(): { task: () => Promise<void>; end: () => void } {
  let end: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (end = resolve));
  return { task: () => promise, end: () => end() };
}

describe("the queue of requests", () => {
  it("lets few through at a time, the most urgent first, of those the newest", async () => {
    const queue = createRequestQueue(() => ({ perHost: 1, total: 10 }));
    const order: string[] = [];
    const blocker = controlled();
    const add = (name: string, priority: Priority): Promise<void> =>
      queue.run("host", { priority: () => priority, signal: forever }, () => {
        order.push(name);
        return Promise.resolve();
      });
    const first = queue.run("host", { priority: () => "rest", signal: forever }, blocker.task);
    const others = [
      add("rest 1", "rest"),
      add("rest 2", "rest"),
      add("visible", "visible"),
      add("hover 1", "hover"),
      add("hover 2", "hover"),
    ];
    blocker.end();
    await Promise.all([first, ...others]);
    assert.deepEqual(order, ["hover 2", "hover 1", "visible", "rest 2", "rest 1"]);
  });

  it("minds that something became more urgent while it waited", async () => {
    const queue = createRequestQueue(() => ({ perHost: 1, total: 10 }));
    const order: string[] = [];
    const blocker = controlled();
    let urgency: Priority = "rest";
    const run = (name: string, priority: () => Priority): Promise<void> =>
      queue.run("host", { priority, signal: forever }, () =>
        Promise.resolve(void order.push(name)),
      );
    const first = queue.run("host", { priority: () => "rest", signal: forever }, blocker.task);
    const others = [run("raised", () => urgency), run("visible", () => "visible")];
    urgency = "hover";
    blocker.end();
    await Promise.all([first, ...others]);
    assert.deepEqual(order, ["raised", "visible"]);
  });

  it("one host that is slow does not hold up another", async () => {
    const queue = createRequestQueue(() => ({ perHost: 2, total: 10 }));
    const blockers = [controlled(), controlled(), controlled()];
    const slow = blockers.map(({ task }) =>
      queue.run("slow", { priority: () => "hover", signal: forever }, task),
    );
    await queue.run("quick", { priority: () => "rest", signal: forever }, () => Promise.resolve());
    for (const { end } of blockers) end();
    await Promise.all(slow);
  });

  it("what is cancelled leaves at once and takes no place", async () => {
    const queue = createRequestQueue(() => ({ perHost: 1, total: 10 }));
    const blocker = controlled();
    const first = queue.run("host", { priority: () => "rest", signal: forever }, blocker.task);
    const controller = new AbortController();
    let ran = false;
    const waiting = queue.run("host", { priority: () => "rest", signal: controller.signal }, () => {
      ran = true;
      return Promise.resolve();
    });
    controller.abort(new Error("left"));
    await assert.rejects(waiting, /left/);
    blocker.end();
    await first;
    await settled();
    assert.ok(!ran);
  });

  it("sends more at once only when many wait", async () => {
    const most = async (count: number): Promise<number> => {
      const queue = createRequestQueue(() => ({ perHost: 12, total: 24 }));
      let running = 0;
      let peak = 0;
      const task = async (): Promise<void> => {
        running += 1;
        peak = Math.max(peak, running);
        await settled();
        running -= 1;
      };
      const run = (): Promise<void> =>
        queue.run("host", { priority: () => "rest", signal: new AbortController().signal }, task);
      await Promise.all(Array.from({ length: count }, run));
      return peak;
    };
    assert.equal(await most(20), 6);
    assert.equal(await most(200), 12);
  });

  it("a task that fails frees its place", async () => {
    const queue = createRequestQueue(() => ({ perHost: 1, total: 1 }));
    const options = { priority: (): Priority => "rest", signal: forever };
    await assert.rejects(queue.run("host", options, () => Promise.reject(new Error("bad"))));
    await queue.run("host", options, () => Promise.resolve());
  });
});

describe("the first question to an unknown host", () => {
  const options = { signal: forever, isShared: (error: unknown) => error instanceof RangeError };

  it("is asked by one while the others wait, and then all ask", async () => {
    let known = false;
    const gate = createLeaderGate(() => known);
    const leader = controlled();
    const order: string[] = [];
    const first = gate.pass("host", options, async () => {
      order.push("leader");
      await leader.task();
      known = true;
    });
    const others = Array.from({ length: 3 }, () =>
      gate.pass("host", options, () => Promise.resolve(void order.push("follower"))),
    );
    await settled();
    assert.deepEqual(order, ["leader"]);
    leader.end();
    await Promise.all([first, ...others]);
    assert.deepEqual(order, ["leader", "follower", "follower", "follower"]);
  });

  it("a failure that is the host's is shared; another makes the next one lead", async () => {
    const gate = createLeaderGate(() => false);
    let asked = 0;
    const fail = (error: Error) => async (): Promise<void> => {
      asked += 1;
      await settled();
      throw error;
    };
    const down = new RangeError("down");
    const shared = [gate.pass("a", options, fail(down)), gate.pass("a", options, fail(down))];
    assert.deepEqual(
      (await Promise.allSettled(shared)).map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(asked, 1);
    const own = new Error("own");
    const single = [gate.pass("b", options, fail(own)), gate.pass("b", options, fail(own))];
    await Promise.allSettled(single);
    assert.equal(asked, 3);
  });

  it("a caller that leaves while waiting stops waiting", async () => {
    const gate = createLeaderGate(() => false);
    const leader = controlled();
    const first = gate.pass("host", options, leader.task);
    const controller = new AbortController();
    const waiting = gate.pass("host", { ...options, signal: controller.signal }, () =>
      Promise.resolve(),
    );
    controller.abort();
    await assert.rejects(waiting);
    leader.end();
    await first;
  });
});
