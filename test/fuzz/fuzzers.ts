// All fuzzers, by the order in which they run.

import { answerFuzzers } from "./answerFuzzers.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { layersFuzzer } from "./layersFuzzer.ts";
import { manifestFuzzer } from "./manifestFuzzer.ts";
import { registryFuzzer } from "./registryFuzzer.ts";
import { createServerFuzzer } from "./serverFuzzer.ts";
import { textFuzzers } from "./textFuzzers.ts";

export const fuzzers: readonly Fuzzer[] = [
  ...[...textFuzzers, ...answerFuzzers, manifestFuzzer, layersFuzzer, registryFuzzer],
  createServerFuzzer(),
];
