// Work that is done in steps: the caller may pause between two, and must wait where a step says so.

/** What stands between two steps: a chance to pause, or what must have ended before the next one. */
export type Pause = undefined | Promise<unknown>;

/**
 * Takes all steps of some work at once.
 * @throws {TypeError} if a step must be waited for: whoever starts such work waits
 */
export function allAtOnce<Result>(steps: Generator<Pause, Result>): Result {
  let step = steps.next();
  while (step.done !== true) {
    if (step.value !== undefined) throw new TypeError("A step must be waited for");
    step = steps.next();
  }
  return step.value;
}
