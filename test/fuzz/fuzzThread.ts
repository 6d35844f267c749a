// The thread that tries the inputs of one fuzzer; `runFuzzer` starts it and ends it if an input hangs.

import { parentPort, workerData } from "node:worker_threads";
import { runInputs, type FuzzLimit } from "./fuzzer.ts";
import { fuzzers } from "./fuzzers.ts";

/** What the thread is started with. */
export interface ThreadStart {
  readonly name: string;
  readonly limit: FuzzLimit;
}

const { name, limit } = workerData as ThreadStart;
const fuzzer = fuzzers.find((each) => each.name === name);
if (fuzzer === undefined) throw new Error(`There is no fuzzer named ${name}.`);
const report = await runInputs(fuzzer, limit, (index, input) => {
  parentPort?.postMessage({ kind: "input", index, input });
});
parentPort?.postMessage({ kind: "report", report });
