// A short run of each fuzzer, the same inputs every time.

import { fuzzers } from "./fuzzers.ts";
import { reportText, runFuzzer } from "./runFuzzer.ts";

const seed = 1;

describe("odd input", () => {
  for (const { name, shortRun } of fuzzers) {
    it(`does no harm: ${name}`, async () => {
      const limit = { seed, first: 0, inputs: shortRun, seconds: Number.POSITIVE_INFINITY };
      const report = await runFuzzer(name, limit);
      if (report.failures.length > 0) throw new Error(reportText(report));
    });
  }
});
