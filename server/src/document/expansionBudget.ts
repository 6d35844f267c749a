// Counts what expansions make of a text before they make it: aliases, merge keys, and graphs of files can multiply.

/** What may still be made. One budget serves a whole reading, however many expansions it has. */
export interface ExpansionBudget {
  /**
   * Takes a number of steps, before they are done.
   * @returns whether they may be done; once it is false, it stays so.
   */
  take(steps: number): boolean;
  /** Whether the budget was exceeded: then what was read so far must not be used. */
  readonly isSpent: boolean;
}

/**
 * Steps on top of what is written out, at most: copying an entry into a map that merges it costs up to 3 µs, so that all
 * of them take half a second. The largest Lists of real clusters have some ten thousand nodes behind aliases.
 */
export const maxExpandedNodes = 200_000;

/** @param steps how many steps the reading may make: the length of what is written, and what may come on top of it. */
export function createExpansionBudget(steps: number): ExpansionBudget {
  let left = steps;
  return {
    take(wanted) {
      left = left < wanted ? -1 : left - wanted;
      return left >= 0;
    },
    get isSpent() {
      return left < 0;
    },
  };
}
