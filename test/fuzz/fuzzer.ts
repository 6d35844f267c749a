// What a fuzzer is, and how its inputs are run one after the other in a thread that can be ended.

import { createRandom, type Random } from "./random.ts";

/** Tries inputs of one kind. */
export interface Fuzzer {
  /** One short name, for the command line. */
  readonly name: string;
  /** How many inputs a run has that has to be short. */
  readonly shortRun: number;
  /**
   * Makes one input and tries it.
   * @param note takes the input before it is tried, so that it can be shown if it hangs or fails
   * @throws {Error} for whatever must not happen
   */
  tryOne(random: Random, note: (input: string) => void): Promise<void> | void;
  /** Ends what was started for all inputs. */
  readonly end?: () => Promise<void>;
}

/** What went wrong with one input. */
export interface FuzzFailure {
  readonly index: number;
  readonly input: string;
  readonly problem: string;
}

/** What a run tried. */
export interface FuzzReport {
  readonly name: string;
  readonly seed: number;
  readonly tried: number;
  readonly seconds: number;
  readonly failures: readonly FuzzFailure[];
}

/** When a run is over: after so many inputs, or so many seconds. */
export interface FuzzLimit {
  readonly seed: number;
  readonly first: number;
  readonly inputs: number;
  readonly seconds: number;
}

/** A run shows no more failures than this: they tend to be one. */
const maxFailures = 5;

/** Tries inputs until the limit. @param progress is told of each input before it is tried */
export async function runInputs(
  fuzzer: Fuzzer,
  { seed, first, inputs, seconds }: FuzzLimit,
  progress: (index: number, input: string) => void,
): Promise<FuzzReport> {
  const start = performance.now();
  const passed = (): number => (performance.now() - start) / 1000;
  const failures: FuzzFailure[] = [];
  let index = first;
  while (index < first + inputs && passed() < seconds && failures.length < maxFailures) {
    let input = "";
    try {
      await fuzzer.tryOne(createRandom(seed, index), (made) => {
        input = made;
        progress(index, made);
      });
    } catch (error) {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push({ index, input, problem });
    }
    index += 1;
  }
  await fuzzer.end?.();
  return { name: fuzzer.name, seed, tried: index - first, seconds: passed(), failures };
}
