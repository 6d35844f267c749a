// Long work in slices: between two of them the requests that wait get their turn.

import type { Pause } from "../document/steps.ts";
import type { Clock } from "../environment.ts";

export interface Slices {
  /** Whether the work has gone on for long enough. */
  isOver(): boolean;
  /** Resolves at once as long as the slice lasts; after that, when whatever waits had its turn. */
  turn(): Promise<void>;
}

/** Milliseconds of a slice: the answer to a request takes a few turns, and must come within 50. */
const sliceMs = 10;

/** Slices of one piece of work, or of several that share them; the first one begins now. */
export function createSlices(clock: Pick<Clock, "monotonic" | "schedule">): Slices {
  let start = clock.monotonic();
  const isOver = (): boolean => clock.monotonic() - start >= sliceMs;
  // One after the other: the next one looks at the time when the one before has worked.
  let last = Promise.resolve();
  async function pause(): Promise<void> {
    if (!isOver()) return;
    await new Promise<void>((resolve) => clock.schedule(0, resolve));
    start = clock.monotonic();
  }
  return {
    isOver,
    turn() {
      last = last.then(pause);
      return last;
    },
  };
}

/**
 * Takes the steps of some work to its end. What fits into one slice is done when this returns.
 * @param first what the last step that was taken said; without it none was
 */
export async function inSlices<Result>(
  steps: Generator<Pause, Result>,
  slices: Slices,
  first = steps.next(),
): Promise<Result> {
  let step = first;
  while (step.done !== true) {
    if (step.value !== undefined) await step.value;
    if (slices.isOver()) await slices.turn();
    step = steps.next();
  }
  return step.value;
}
