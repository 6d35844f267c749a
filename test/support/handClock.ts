// A clock that stands still until a test turns it.

import type { Clock } from "../../server/src/environment.ts";

export interface HandClock extends Clock {
  /** Lets time pass, and runs what falls due in it. */
  advance(milliseconds: number): void;
  /** Sets the machine's clock ahead, or back by a negative number; no time passes. */
  set(milliseconds: number): void;
}

export function createHandClock(start = Date.parse("2026-01-02T03:04:05Z")): HandClock {
  let passed = 0;
  let ahead = 0;
  let timers: readonly { readonly at: number; readonly call: () => void }[] = [];
  return {
    now: () => start + passed + ahead,
    monotonic: () => passed,
    schedule(milliseconds, call) {
      const timer = { at: passed + milliseconds, call };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    set(milliseconds) {
      ahead += milliseconds;
    },
    advance(milliseconds) {
      passed += milliseconds;
      const due = timers.filter(({ at }) => at <= passed);
      timers = timers.filter(({ at }) => at > passed);
      for (const { call } of due) call();
    },
  };
}
