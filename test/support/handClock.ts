// A clock that stands still until a test turns it.

import type { Clock } from "../../server/src/environment.ts";

export interface HandClock extends Clock {
  /** Lets time pass, and runs what falls due in it. */
  advance(milliseconds: number): void;
}

export function createHandClock(start = Date.parse("2026-01-02T03:04:05Z")): HandClock {
  let passed = 0;
  let timers: readonly { readonly at: number; readonly call: () => void }[] = [];
  return {
    now: () => start + passed,
    monotonic: () => passed,
    schedule(milliseconds, call) {
      const timer = { at: passed + milliseconds, call };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(milliseconds) {
      passed += milliseconds;
      const due = timers.filter(({ at }) => at <= passed);
      timers = timers.filter(({ at }) => at > passed);
      for (const { call } of due) call();
    },
  };
}
