// `npm run soak -- --minutes 60`: fills what the server keeps of answers (`--fill 0` does not), edits for so long over
// registries in every mood, and prints what it holds.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { compile } from "./checks.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { withBuildOutput } from "./lock.mjs";
import { root, say, timed } from "./processes.mjs";

const options = {
  minutes: { type: "string", default: "10" },
  seed: { type: "string", default: "1" },
  // Somewhat more answers than are kept (`factKinds.ts`).
  fill: { type: "string", default: "21000" },
};

async function main() {
  const { values } = parseArgs({ options });
  await ensureNodeModules();
  await timed("Building", build);
  if (!(await compile())) return 1;
  const file = pathToFileURL(join(root, "out/test/soak/soak.js")).href;
  const { assertFlat, sampleText, soak } = await import(file);
  const end = performance.now() + Number(values.minutes) * 60_000;
  const { samples, requests, faults, survived, steps } = await soak({
    ...{ seed: Number(values.seed), fill: Number(values.fill) },
    samples: Number.MAX_SAFE_INTEGER,
    stepsPerSample: 500,
    isOver: () => performance.now() > end,
    onSample: (sample) => console.log(sampleText(sample)),
  });
  console.log(`${steps} steps, ${requests} requests, ${survived} of ${faults} faults survived`);
  assertFlat(samples);
  return 0;
}

try {
  process.exitCode = await withBuildOutput(main);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
