// A clock that a test turns by hand: what is scheduled happens when its time is reached, and not before.

import type { Clock } from "../../server/src/environment.ts";

export interface HandClock extends Clock {
  /** Turns the clock on, and makes everything happen that was scheduled up to then. */
  advance(milliseconds: number): void;
}

export function handClock(): HandClock {
  let time = 0;
  const calls = new Set<{ readonly at: number; readonly call: () => void }>();
  return {
    now: () => time,
    monotonic: () => time,
    schedule(milliseconds, call) {
      const entry = { at: time + milliseconds, call };
      calls.add(entry);
      return () => void calls.delete(entry);
    },
    advance(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        const [next] = [...calls].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        calls.delete(next);
        time = Math.max(time, next.at);
        next.call();
      }
      time = end;
    },
  };
}
