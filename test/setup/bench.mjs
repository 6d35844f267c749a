// `npm run bench`: builds and measures. `npm run bench -- start file` measures only those sections.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { build, printSizes } from "./build.mjs";
import { ensureEditor } from "./ensureEditor.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { ensureSystemPackages, findBrowser } from "./ensureSystemPackages.mjs";
import { loadTypeScript } from "./loadTypeScript.mjs";
import { root, say, timed } from "./processes.mjs";

const names = ["start", "file", "registry", "list", "package"];
const chosen = process.argv.length > 2 ? process.argv.slice(2) : names;

await ensureNodeModules();
printSizes(await timed("Building", build));
if (chosen.includes("package")) {
  await ensureSystemPackages();
  await ensureEditor();
  if (findBrowser() === undefined)
    throw new Error("Without a Chromium there is no activation time.");
}
const { bench } = await loadTypeScript("test/bench/bench.ts");
const more = chosen.includes("registry") ? await registryRows() : [];
const sections = chosen.filter((name) => name !== "registry");
const { table, isKept } = await timed("Measuring", () => bench(sections, more));
console.log(`\n${table}`);
process.exitCode = isKept ? 0 : 1;

async function registryRows() {
  const source = "test/bench/registry.ts";
  if (!existsSync(join(root, source))) {
    say(`${source} is not there yet: nothing is measured against a registry.`);
    return [];
  }
  const { registryRows: measure } = await loadTypeScript(source);
  return await measure();
}
