// Time and cancellation of one lookup, by a clock that the test turns.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import {
  abortReason,
  createBudget,
  pause,
  unlessAborted,
  within,
} from "../../../server/src/base/budget.ts";
import { TransportError } from "../../../server/src/environment.ts";
import { createHandClock } from "../../support/handClock.ts";
import { settled } from "../../support/settled.ts";

const isTimeout = (error: unknown): boolean =>
  error instanceof TransportError && error.failure === "timeout";
const never = new Promise<never>(() => undefined);
const left = new Error("left");

/** How many listeners wait for the signal. */
const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("a budget of time", () => {
  it("is spent by what takes time, whether that succeeds or fails", async () => {
    const clock = createHandClock();
    const budget = createBudget(clock, 100);
    const given: number[] = [];
    const work = async (timeoutMs: number): Promise<void> => {
      given.push(timeoutMs);
      clock.advance(40);
      await Promise.resolve();
      if (given.length === 2) throw left;
    };
    await budget.spend(work);
    await assert.rejects(budget.spend(work), left);
    assert.deepEqual([given, budget.left()], [[100, 60], 20]);
  });

  it("ends with a timeout when nothing is left, and starts no more work", async () => {
    const clock = createHandClock();
    const budget = createBudget(clock, 100);
    await budget.spend(() => {
      clock.advance(100);
      return Promise.resolve();
    });
    await assert.rejects(
      budget.spend(() => assert.fail("there is no time left")),
      isTimeout,
    );
  });
});

describe("a reason to abort", () => {
  it("is the signal's own error, or one that says as much", () => {
    const [own, other] = [new AbortController(), new AbortController()];
    own.abort(left);
    other.abort("text");
    assert.equal(abortReason(own.signal), left);
    assert.equal(abortReason(other.signal).message, "aborted");
  });
});

describe("work that a signal may end", () => {
  it("gives its result or its error, and leaves no listener", async () => {
    const { signal } = new AbortController();
    assert.equal(await unlessAborted(Promise.resolve(1), signal), 1);
    await assert.rejects(unlessAborted(Promise.reject(left), signal), left);
    await settled();
    assert.equal(listeners(signal), 0);
  });

  it("is over at once when the signal aborts, or has", async () => {
    const controller = new AbortController();
    const waiting = unlessAborted(never, controller.signal);
    controller.abort(left);
    await assert.rejects(waiting, left);
    await assert.rejects(unlessAborted(Promise.resolve(1), controller.signal), left);
  });

  it("ends in time, or with a timeout", async () => {
    const clock = createHandClock();
    const { signal } = new AbortController();
    assert.equal(await within(Promise.resolve(1), 100, { clock, signal }), 1);
    const late = within(never, 100, { clock, signal });
    clock.advance(99);
    await settled();
    assert.equal(listeners(signal), 1);
    clock.advance(1);
    await assert.rejects(late, isTimeout);
    await settled();
    assert.equal(listeners(signal), 0);
  });

  it("leaves no timer when it ended first", async () => {
    const { signal } = new AbortController();
    let cancelled = 0;
    const clock = { ...createHandClock(), schedule: () => () => void (cancelled += 1) };
    await within(Promise.resolve(1), 100, { clock, signal });
    assert.equal(cancelled, 1);
  });
});

describe("a pause", () => {
  it("ends when its time is over, or as soon as the signal aborts", async () => {
    const clock = createHandClock();
    const controller = new AbortController();
    let isOver = false;
    const over = pause(clock, 100, controller.signal).then(() => (isOver = true));
    clock.advance(99);
    await settled();
    assert.equal(isOver, false);
    clock.advance(1);
    await over;
    const aborted = pause(clock, 100, controller.signal);
    controller.abort(left);
    await assert.rejects(aborted, left);
  });
});
