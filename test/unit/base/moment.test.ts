// Points in time, on a machine whose clock is set and which sleeps.

import assert from "node:assert/strict";
import { dateOf, elapsed, momentNow, momentOf } from "../../../server/src/base/moment.ts";
import { createHandClock } from "../../support/handClock.ts";

describe("a point in time", () => {
  it("grows old as time passes, and keeps its date", () => {
    const clock = createHandClock();
    const [moment, date] = [momentNow(clock), clock.now()];
    clock.advance(5000);
    assert.deepEqual([elapsed(moment, clock), dateOf(moment, clock)], [5000, date]);
  });

  it("is as old as it is where the clock was set back, and its date is what that clock says", () => {
    const clock = createHandClock();
    const moment = momentNow(clock);
    clock.advance(5000);
    clock.set(-60_000);
    assert.equal(elapsed(moment, clock), 5000);
    assert.equal(dateOf(moment, clock), clock.now() - 5000);
  });

  it("has its own date where the two clocks only count differently", () => {
    const clock = createHandClock();
    const moment = momentNow(clock);
    clock.advance(5000);
    clock.set(-1000);
    assert.equal(dateOf(moment, clock), moment.date);
    clock.set(-1);
    assert.equal(dateOf(moment, clock), clock.now() - 5000);
  });

  it("is at least as old as the machine's clock says, which goes on while the machine sleeps", () => {
    const clock = createHandClock();
    const moment = momentNow(clock);
    clock.set(3_600_000);
    assert.deepEqual([elapsed(moment, clock), dateOf(moment, clock)], [3_600_000, moment.date]);
  });

  it("that another session wrote is as old as its date, and never in the future", () => {
    const clock = createHandClock();
    clock.advance(1000);
    const written = momentOf(clock.now() - 700, clock);
    assert.deepEqual([elapsed(written, clock), dateOf(written, clock)], [700, clock.now() - 700]);
    const future = momentOf(clock.now() + 700, clock);
    assert.equal(dateOf(future, clock), clock.now());
    clock.advance(1000);
    assert.equal(elapsed(future, clock), 300);
  });
});
