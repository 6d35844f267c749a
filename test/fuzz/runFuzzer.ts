// Runs a fuzzer in a thread of its own, so that an input that never ends is noticed and named.

import { Worker } from "node:worker_threads";
import type { FuzzLimit, FuzzReport } from "./fuzzer.ts";
import type { ThreadStart } from "./fuzzThread.ts";

/** Longer than any input takes on a machine that is busy with much else. */
const hangMs = 60_000;

type Message =
  | { readonly kind: "input"; readonly index: number; readonly input: string }
  | { readonly kind: "report"; readonly report: FuzzReport };

/** Tries inputs until the limit. What hangs or ends the thread becomes a failure of the report. */
export function runFuzzer(name: string, limit: FuzzLimit): Promise<FuzzReport> {
  const start: ThreadStart = { name, limit };
  const begin = performance.now();
  return new Promise((resolve) => {
    const thread = new Worker(new URL("./fuzzThread.js", import.meta.url), {
      workerData: start,
      execArgv: [],
    });
    let last = { index: limit.first - 1, input: "" };
    const fail = (problem: string): void => {
      clearInterval(watch);
      void thread.terminate();
      const { index, input } = last;
      const tried = index - limit.first + 1;
      const seconds = (performance.now() - begin) / 1000;
      resolve({ name, seed: limit.seed, tried, seconds, failures: [{ index, input, problem }] });
    };
    let seen = last;
    const watch = setInterval(() => {
      if (seen === last) fail(`The input took longer than ${hangMs / 1000} s.`);
      else seen = last;
    }, hangMs);
    thread.on("message", (message: Message) => {
      if (message.kind === "input") {
        last = message;
        return;
      }
      clearInterval(watch);
      resolve(message.report);
    });
    thread.on("error", (error) => {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      fail(`The thread ended: ${problem}`);
    });
  });
}

/** A report in lines for people, each failure with what repeats it. */
export function reportText({ name, seed, tried, seconds, failures }: FuzzReport): string {
  const rate = seconds > 0 ? tried / seconds : 0;
  const head = `${name}: ${tried} inputs, ${rate.toFixed(0)} a second, ${failures.length} failures`;
  const details = failures.map(
    ({ index, input, problem }) =>
      `  npm run fuzz -- --only ${name} --seed ${seed} --first ${index} --inputs 1\n` +
      `  ${JSON.stringify(input.slice(0, 4000))}\n  ${problem.replaceAll("\n", "\n  ")}`,
  );
  return [head, ...details].join("\n");
}
