// Runs the user's kubectl: from the PATH, without a shell, with a deadline and a bound, two at a time.

import type { RunKubectl } from "../../environment.ts";
import { findProgram, runProgram, type ProgramPlaces } from "./runProgram.ts";

/** All of it: a plugin that signs in, too. */
const usualTimeoutMs = 5000;
const maxOutput = 8 * 1024 * 1024;
const atOnce = 2;

/**
 * Makes the runner of this machine: empty and relative PATH entries and those in the workspace are passed over.
 * @param timeoutMs another one for tests, whose machine may have other work
 */
export function createKubectlRunner(places: ProgramPlaces, timeoutMs = usualTimeoutMs): RunKubectl {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (args, signal) => {
    if (running < atOnce) running += 1;
    // A call that ends hands its place over, so that no other call can take it in between.
    else await new Promise<void>((start) => waiting.push(start));
    try {
      if (signal.aborted) return "failed";
      const program = await findProgram("kubectl", places);
      if (program === undefined) return "not-found";
      return await runProgram(program, args, "", { timeoutMs, signal, maxOutput, places });
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
