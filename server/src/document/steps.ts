// Work that is done in steps: the caller may pause between two.

/** Takes all steps of some work at once. */
export function allAtOnce<Result>(steps: Generator<undefined, Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
