// The machine's clock and timers.

import type { Clock } from "../environment.ts";

/** Turns of the event loop in which what has arrived is read, worked on and answered; a timer would idle in addition. */
const turns = 3;

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(milliseconds, call) {
    if (milliseconds <= 0) return afterTurns(call);
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

function afterTurns(call: () => void): () => void {
  let left = turns;
  const next = (): void => {
    left -= 1;
    if (left === 0) call();
    else immediate = setImmediate(next);
  };
  let immediate = setImmediate(next);
  return () => clearImmediate(immediate);
}
