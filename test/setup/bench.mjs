// `npm run bench`: builds and measures. `npm run bench -- start file` measures only those sections.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, printSizes } from "./build.mjs";
import { compile } from "./checks.mjs";
import { ensureEditor } from "./ensureEditor.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { withBuildOutput } from "./lock.mjs";
import { ensureSystemPackages } from "./ensureSystemPackages.mjs";
import { root, say, timed } from "./processes.mjs";

try {
  process.exitCode = await withBuildOutput(main);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main() {
  await ensureNodeModules();
  printSizes(await timed("Building", build));
  if (!(await compile())) return 1;
  const { bench, sectionNames } = await import(
    pathToFileURL(join(root, "out/test/bench/bench.js")).href
  );
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : sectionNames;
  const unknown = chosen.filter((name) => !sectionNames.includes(name));
  if (unknown.length > 0) throw new Error(`The sections are: ${sectionNames.join(", ")}.`);
  if (chosen.includes("package") || chosen.includes("registry")) {
    const missing = await ensureSystemPackages();
    for (const { name, why } of missing) say(`${name} is missing (${why}).`);
    await ensureEditor();
  }
  const { table, isKept } = await timed("Measuring", () => bench(chosen));
  console.log(`\n${table}`);
  return isKept ? 0 : 1;
}
