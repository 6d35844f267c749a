// `npm run fuzz`: odd inputs of every kind, for a minute. `-- --seconds 3600 --only manifests --seed 7` for longer, for
// one kind, for other inputs; `--first N --inputs 1` repeats one input.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { compile } from "./checks.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { withBuildOutput } from "./lock.mjs";
import { root, say, timed } from "./processes.mjs";

const options = {
  seconds: { type: "string", default: "60" },
  seed: { type: "string", default: String(Date.now() % 1_000_000) },
  only: { type: "string", multiple: true, default: [] },
  first: { type: "string", default: "0" },
  inputs: { type: "string", default: String(Number.MAX_SAFE_INTEGER) },
};

async function main() {
  const { values } = parseArgs({ options });
  await ensureNodeModules();
  await timed("Building", build);
  if (!(await compile())) return 1;
  const load = (file) => import(pathToFileURL(join(root, "out/test/fuzz", file)).href);
  const { fuzzers } = await load("fuzzers.js");
  const { reportText, runFuzzer } = await load("runFuzzer.js");
  const names = fuzzers.map(({ name }) => name);
  const unknown = values.only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`The fuzzers are: ${names.join(", ")}.`);
  const chosen = values.only.length > 0 ? values.only : names;
  const limit = {
    seed: Number(values.seed),
    first: Number(values.first),
    inputs: Number(values.inputs),
    seconds: Number(values.seconds) / chosen.length,
  };
  let failed = 0;
  for (const name of chosen) {
    const report = await runFuzzer(name, limit);
    console.log(reportText(report));
    failed += report.failures.length;
  }
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await withBuildOutput(main);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
