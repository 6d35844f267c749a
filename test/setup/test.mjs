// `npm test`: sets everything up, builds, and runs every test. `npm test -- unit protocol` runs only those layers.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, printSizes } from "./build.mjs";
import { checks, compile } from "./checks.mjs";
import { ensureEditor } from "./ensureEditor.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { ensureSystemPackages } from "./ensureSystemPackages.mjs";
import { withBuildOutput } from "./lock.mjs";
import { root, run, say, timed } from "./processes.mjs";

/**
 * The mocha layers, the quick ones first. A time out ends what hangs, and is no measure of speed: it has to
 * hold on a machine that is busy with much else, and lies above every deadline inside of a test.
 */
const layers = [
  { name: "unit", timeoutMs: 60_000 },
  { name: "conformance", timeoutMs: 60_000 },
  { name: "repository", timeoutMs: 240_000 },
  { name: "grammar", timeoutMs: 60_000, needs: "editor" },
  { name: "protocol", timeoutMs: 180_000 },
  { name: "integration", timeoutMs: 180_000 },
  { name: "fuzz", timeoutMs: 600_000 },
  { name: "soak", timeoutMs: 600_000 },
  { name: "e2e", timeoutMs: 1_800_000, needs: "editor" },
];

const names = ["check", ...layers.map(({ name }) => name)];

const nothing = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** Adds two sets of counts, and what failed. */
function sum(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}

/** One step that passed or failed. @param what names it where it failed */
function count(isPassed, what) {
  return isPassed ? { ...nothing, passed: 1 } : { ...nothing, failed: 1, failures: [what] };
}

/** The compiled files of a layer. They are found by their sources: out/ may hold older ones. */
function compiledTests(layer) {
  const folder = join(root, "test", layer);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".test.ts") && !path.startsWith("suite/"))
    .map((path) => `out/test/${layer}/${path.replace(/\.ts$/, ".js")}`)
    .sort();
}

async function runLayer({ name, timeoutMs }, scratch) {
  const files = compiledTests(name);
  if (files.length === 0) return nothing;
  say(`\n${name}`);
  const countsFile = join(scratch, `${name}.json`);
  const { code } = await run(process.execPath, [
    "node_modules/mocha/bin/mocha.js",
    ...["--timeout", String(timeoutMs), "--forbid-only"],
    ...["--reporter", "test/setup/reporter.cjs", "--reporter-option", `countsFile=${countsFile}`],
    ...files,
  ]);
  // A file that cannot even be loaded ends mocha before it counts anything.
  if (!existsSync(countsFile)) return count(false, `${name} did not start`);
  const counts = JSON.parse(readFileSync(countsFile, "utf8"));
  return code !== 0 && counts.failed === 0
    ? sum(counts, count(false, `${name} ended with exit code ${code}`))
    : counts;
}

/** Repeats at the end what a reader would search for in the long report. */
function sayFailures(failures) {
  if (failures.length === 0) return;
  say("\nFailed:");
  for (const text of failures) say(`  - ${text}`);
}

/** Installs what the chosen layers need. @returns what is not there, in words */
async function setUp(chosen) {
  const needed = layers.filter(({ name }) => chosen.includes(name));
  const absent = [];
  if (needed.some(({ name }) => name === "integration" || name === "e2e")) {
    for (const { name, neededBy, why } of await ensureSystemPackages()) {
      absent.push({ layer: neededBy, text: `${name} is missing (${why}).` });
    }
  }
  if (needed.some(({ needs }) => needs === "editor")) {
    try {
      await ensureEditor();
    } catch (error) {
      for (const { name, needs } of layers) {
        if (needs === "editor") absent.push({ layer: name, text: error.message });
      }
    }
  }
  return absent;
}

async function main() {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : names;
  const unknown = chosen.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    say(`There is no layer named ${unknown.join(", ")}. The layers are: ${names.join(", ")}.`);
    return 2;
  }
  const scratch = mkdtempSync(join(tmpdir(), "knative-digest-test-"));
  try {
    await ensureNodeModules();
    const absent = await setUp(chosen);
    // Another run would build and compile into the same folders while this one reads them.
    const total = await withBuildOutput(() => runAll(chosen, absent, scratch));
    sayFailures(total.failures);
    console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    return total.failed > 0 || total.passed === 0 ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runAll(chosen, absent, scratch) {
  printSizes(await timed("Building", build));
  const isCompiled = await compile();
  let total = count(isCompiled, "Types");
  if (chosen.includes("check")) {
    const results = await Promise.all(checks.map((check) => check()));
    total = results.map((isPassed) => count(isPassed, "A check of the sources")).reduce(sum, total);
  }
  // What does not compile may still have an older output, which would tell of another program.
  if (!isCompiled) return total;
  for (const layer of layers.filter(({ name }) => chosen.includes(name))) {
    const missing = absent.filter(({ layer: name }) => name === layer.name);
    total = sum(
      total,
      missing.length === 0 ? await runLayer(layer, scratch) : notRun(layer, missing),
    );
  }
  return total;
}

/** Where tests must run, in CI, a missing program is a failure; elsewhere it is said and counted. */
function notRun({ name }, missing) {
  const files = compiledTests(name).length;
  if (files === 0) return nothing;
  for (const { text } of missing) say(`\n${name} is not run: ${text}`);
  return process.env.CI
    ? { ...nothing, failed: files, failures: missing.map(({ text }) => `${name}: ${text}`) }
    : { ...nothing, skipped: files };
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  console.log("\n0 passed, 1 failed, 0 skipped");
  process.exitCode = 1;
}
