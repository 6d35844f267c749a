// Runs docker's credential helpers, two at a time: each may ask the user to unlock something.

import type { RunCredentialHelper } from "../../environment.ts";
import { findProgram, runProgram, type ProgramPlaces } from "./runProgram.ts";

const maxOutput = 64 * 1024;
const maxAtOnce = 2;

export function createHelperRunner(places: ProgramPlaces): RunCredentialHelper {
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (running >= maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
  };
  return async (suffix, input, options) => {
    const program = await findProgram(`docker-credential-${suffix}`, places);
    if (program === undefined) return "not-found";
    await enter();
    try {
      return await runProgram(program, ["get"], input, { ...options, maxOutput, places });
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
