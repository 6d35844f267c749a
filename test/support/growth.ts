// Whether work grows as its input does: measured at two sizes in one process, so that a busy machine slows both.

import { cpuTimed } from "./cpuTime.ts";

/** What was measured. */
export interface Growth<Result> {
  /** Milliseconds of this process for the small input and for the one that is `factor` times as large. */
  readonly small: number;
  readonly large: number;
  /** `large` in units of `small`. */
  readonly ratio: number;
  /** What the work gave for the large input: tells whether all of it was done. */
  readonly result: Result;
}

/**
 * The larger input is so many times the smaller. Work with a quadratic part shows in the larger one, where that part is
 * as long as the rest: the larger this is, the smaller the part that is noticed.
 */
const factor = 8;
/**
 * Linear work gives 8, up to 17 where caches and the collector of garbage have their part (measured on a busy machine),
 * and 64 if it is quadratic.
 */
export const maxRatio = 32;
/**
 * Milliseconds of work for the small input: it is made larger until it takes so long. With less, a search through all
 * that was seen, at a nanosecond each, is too short next to the microseconds that reading one more line takes.
 */
const shortestMs = 12;
/** At this size nothing that grows with the square is so short, and of larger texts memory takes more than its part. */
const largestSize = 1 << 13;
const smallestSize = 256;
/** What looks too steep is measured again, larger: what is too steep stays so, and what a busy machine made of it does not. */
const attempts = 4;
/** Milliseconds: what takes so long and is too steep is not measured larger, which would take minutes. */
const hopelessMs = 4000;

/**
 * Measures work over inputs of two sizes.
 * @param prepare makes the work for a size; what it does itself is not measured
 * @param isWhole whether all of the work was done: if not, the input is made smaller
 * @param smallest the size to begin with, where steps are so short that their number shows in long inputs alone
 */
export function growthOf<Result>(
  prepare: (size: number) => () => Result,
  isWhole: (result: Result) => boolean = () => true,
  smallest = smallestSize,
): Growth<Result> {
  let size = smallest;
  // Also warms the code up.
  while (size < largestSize && least(prepare(size), 2) < shortestMs) size *= 2;
  let growth = measured(prepare, size, 1);
  while (size > smallestSize && !isWhole(growth.result)) {
    size /= 2;
    growth = measured(prepare, size, 1);
  }
  const isTooSteep = ({ ratio, large }: Growth<Result>): boolean =>
    ratio >= maxRatio && large < hopelessMs;
  for (let attempt = 1; attempt < attempts && isTooSteep(growth); attempt += 1) {
    const again = measured(prepare, size, 2);
    if (isWhole(again.result) && again.ratio < growth.ratio) growth = again;
    if (isWhole(again.result)) size *= 2;
  }
  return growth;
}

/** A disturbance makes work longer, never shorter: the shortest time of several counts. */
function measured<Result>(
  prepare: (size: number) => () => Result,
  size: number,
  times: number,
): Growth<Result> {
  const [few, many] = [prepare(size), prepare(size * factor)];
  const small = least(few, 3);
  const { value: result, milliseconds } = cpuTimed(many);
  const large = Math.min(milliseconds, least(many, times - 1));
  return { small, large, ratio: large / Math.max(small, shortestMs / 2), result };
}

function least(work: () => unknown, times: number): number {
  return Math.min(...Array.from({ length: times }, () => cpuTimed(work).milliseconds));
}
