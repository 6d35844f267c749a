// `npm run check`: types, lint, format, unused code, and the direction of imports.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { root, run, say } from "./processes.mjs";

/** The folders with sources: some come late in a project's life. */
const sources = ["client", "server", "test"].filter((name) => existsSync(join(root, name)));

/** @returns {Promise<boolean>} whether all TypeScript is right; out/ holds it as JavaScript */
export function compile() {
  return check("Types", "typescript/bin/tsc", ["-p", "."]);
}

/** What is checked beside the types, each answering whether all is well. */
export const checks = [
  () => check("Lint", "eslint/bin/eslint.js", ["."]),
  () => check("Format", "prettier/bin/prettier.cjs", ["--check", "--log-level=warn", "."]),
  () => check("Unused code", "knip/bin/knip.js", []),
  () => check("Code that only tests use", "knip/bin/knip.js", ["--production"]),
  () => check("Direction of imports", "dependency-cruiser/bin/dependency-cruise.mjs", sources),
];

async function check(what, script, args) {
  const start = performance.now();
  const program = join(root, "node_modules", script);
  const { code, output } = await run(process.execPath, [program, ...args], { quiet: true });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(`${code === 0 ? "✔" : "✘"} ${what} (${seconds} s)`);
  if (code !== 0) say(output.trimEnd());
  return code === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await ensureNodeModules();
  const results = await Promise.all([compile, ...checks].map((each) => each()));
  process.exitCode = results.every(Boolean) ? 0 : 1;
}
