// Requests in flight: shared, ended when nobody waits, and nothing left on the signals of those who waited.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { createInFlight } from "../../../server/src/base/inFlight.ts";
import { settled } from "../../support/settled.ts";

interface Started {
  readonly signal: AbortSignal;
  readonly answer: (value: string) => void;
  readonly fail: (error: Error) => void;
}

/** Work that the test ends. */
function createWork(): {
  readonly started: Started[];
  readonly start: (signal: AbortSignal) => Promise<string>;
} {
  const started: Started[] = [];
  return {
    started,
    start: (signal) =>
      new Promise((resolve, reject) => {
        started.push({ signal, answer: resolve, fail: reject });
      }),
  };
}

describe("requests in flight", () => {
  const reason = new Error("left");
  const forever = new AbortController().signal;

  it("one serves all who want the same key while it runs, and no later caller", async () => {
    const inFlight = createInFlight<string>();
    const { started, start } = createWork();
    const both = [inFlight.join("a", forever, start), inFlight.join("a", forever, start)];
    const other = inFlight.join("b", forever, start);
    assert.equal(started.length, 2);
    started[0]?.answer("1");
    started[1]?.answer("2");
    assert.deepEqual(await Promise.all([...both, other]), ["1", "1", "2"]);
    assert.equal(inFlight.has("a"), false);
    void inFlight.join("a", forever, start);
    assert.equal(started.length, 3);
  });

  it("a failure is that of all who wait", async () => {
    const inFlight = createInFlight<string>();
    const { started, start } = createWork();
    const both = [inFlight.join("a", forever, start), inFlight.join("a", forever, start)];
    started[0]?.fail(reason);
    for (const one of both) await assert.rejects(one, reason);
  });

  it("the work ends with the last who leaves, and later callers start their own", async () => {
    const inFlight = createInFlight<string>();
    const { started, start } = createWork();
    const [one, other] = [new AbortController(), new AbortController()];
    const waiting = [one, other].map(({ signal }) => inFlight.join("a", signal, start));
    one.abort(reason);
    await assert.rejects(waiting[0] ?? assert.fail(), reason);
    assert.equal(started[0]?.signal.aborted, false);
    other.abort(reason);
    await assert.rejects(waiting[1] ?? assert.fail(), reason);
    assert.equal(started[0].signal.reason, reason);
    assert.equal(inFlight.has("a"), false);
    await assert.rejects(inFlight.join("a", one.signal, start), reason);
    assert.equal(started.length, 1);
    const later = inFlight.join("a", forever, start);
    started[1]?.answer("2");
    assert.equal(await later, "2");
  });

  it("a signal has one listener while anything waits with it, and none afterwards", async () => {
    const inFlight = createInFlight<string>();
    const { started, start } = createWork();
    const controller = new AbortController();
    const listeners = (): number => getEventListeners(controller.signal, "abort").length;
    const keys = Array.from({ length: 2000 }, (_, index) => `key${index}`);
    const all = keys.map((key) => inFlight.join(key, controller.signal, start));
    const ended = Promise.allSettled(all);
    assert.equal(listeners(), 1);
    for (const [index, { answer, fail }] of started.entries()) {
      if (index === 0) continue;
      if (index % 2 === 0) answer("1");
      else fail(reason);
    }
    await settled();
    assert.equal(listeners(), 1);
    started[0]?.answer("1");
    await ended;
    await settled();
    assert.equal(listeners(), 0);
    const again = inFlight.join("a", controller.signal, start);
    controller.abort(reason);
    await assert.rejects(again, reason);
    assert.equal(started.at(-1)?.signal.aborted, true);
  });

  it("all end at once when nothing may be sent any more, whatever they are doing", async () => {
    const inFlight = createInFlight<string>();
    const { started, start } = createWork();
    const waiting = inFlight.join("a", forever, start);
    inFlight.abortAll(reason);
    await assert.rejects(waiting, reason);
    assert.equal(started[0]?.signal.reason, reason);
    assert.equal(inFlight.has("a"), false);
  });
});
