// Whether work grows as its input does: measured at two sizes beside each other, so that a busy machine slows both.

import { cpuTimed } from "./cpuTime.ts";

/** What was measured. */
export interface Growth {
  /** Milliseconds of this process for the small input and for the one that is `factor` times as large. */
  readonly small: number;
  readonly large: number;
  /** `large` in units of `small`. */
  readonly ratio: number;
}

/** The larger input is so many times the smaller. */
const factor = 4;
/** Linear work gives 4, and 16 if it is quadratic: between the two, whatever caches and the collector of garbage do. */
export const maxRatio = 9;
/** Work that is shorter than this says nothing: the small input is made larger until it takes so long. */
const shortestMs = 6;
/** At this size nothing that grows with the square is so short. */
const largestSize = 1 << 15;
/** What looks too steep is measured again, larger: what is too steep stays so, and what a busy machine made of it does not. */
const attempts = 6;

/**
 * Measures work over inputs of two sizes.
 * @param prepare makes the work for a size; what it does itself is not measured
 */
export function growthOf(prepare: (size: number) => () => unknown, from = 256): Growth {
  let size = from;
  // Also warms the code up.
  while (size < largestSize && best(prepare(size)) < shortestMs) size *= 2;
  let growth = measured(prepare, size);
  for (let attempt = 1; attempt < attempts && growth.ratio >= maxRatio; attempt += 1) {
    size *= 2;
    const again = measured(prepare, size);
    if (again.ratio < growth.ratio) growth = again;
  }
  return growth;
}

function measured(prepare: (size: number) => () => unknown, size: number): Growth {
  const [few, many] = [prepare(size), prepare(size * factor)];
  const small = best(few);
  const large = best(many);
  return { small, large, ratio: large / Math.max(small, shortestMs / 2) };
}

function best(work: () => unknown): number {
  return Math.min(cpuTimed(work).milliseconds, cpuTimed(work).milliseconds);
}
