// `npm run mutate -- --files server/src/server --count 60`: breaks the sources in random places, one at a time, and says
// how many of these mutations the tests notice. Works in copies of the compiled project; run by hand.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import ts from "typescript";
import { compile } from "./checks.mjs";
import { withBuildOutput } from "./lock.mjs";
import { root, say } from "./processes.mjs";

const options = {
  files: { type: "string", multiple: true, default: ["server/src/server"] },
  except: { type: "string", multiple: true, default: [] },
  count: { type: "string", default: "60" },
  seed: { type: "string", default: "1" },
  tests: { type: "string", multiple: true, default: ["unit", "conformance", "protocol"] },
  workers: { type: "string", default: "2" },
  seconds: { type: "string", default: "300" },
};

/** A mutation that makes the tests take this many times as long, and this long at least, makes them hang: it is noticed. */
const hang = { times: 4, leastMs: 60_000 };

/** Random numbers that a seed repeats. */
function createRandom(seed) {
  let state = seed >>> 0;
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

const swaps = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
]);

/**
 * All single changes of a file, a source or what was compiled from it: the same in the same order.
 * @returns for each where, what stands there then, and the place that is reached if it runs
 */
function mutationsIn(path) {
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const add = (node, replacement, reached = node) => {
    const start = node.getStart(source);
    const { line } = source.getLineAndCharacterOfPosition(start);
    const at = { start, end: node.end, line: line + 1, reached: reached.getStart(source) };
    found.push({ ...at, replacement, before: node.getText(source) });
  };
  const visit = (node) => {
    // Types leave no trace in the program that is tested.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node))
      return;
    if (ts.isBinaryExpression(node) && swaps.has(node.operatorToken.kind)) {
      add(node.operatorToken, swaps.get(node.operatorToken.kind), node.left);
    }
    if (ts.isConditionalExpression(node) || ts.isIfStatement(node)) {
      const condition = node.condition ?? node.expression;
      add(condition, "true");
      add(condition, "false");
    }
    if (ts.isExpressionStatement(node)) add(node, ";");
    // Who asks whether something holds takes undefined for false.
    if (ts.isReturnStatement(node) && node.expression && !isFalse(node.expression))
      add(node.expression, "undefined", node);
    if (ts.isNumericLiteral(node)) add(node, `(${node.text} + 1)`);
    if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, "false");
    if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, "true");
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether an expression is false or undefined, which callers take for the same. */
function isFalse(node) {
  return node.kind === ts.SyntaxKind.FalseKeyword || node.getText() === "undefined";
}

function compiledOf(file) {
  return join("out", file.replace(/\.ts$/, ".js"));
}

/** The sources in a folder, or the one that is named. */
function sourcesIn(path) {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(path, name))
    .sort();
}

/** The mutations of a file, with their place in what was compiled from it. */
function mutationsOf(file) {
  const compiled = mutationsIn(join(root, compiledOf(file)));
  const written = mutationsIn(join(root, file));
  if (compiled.length !== written.length) throw new Error(`${file} is not what is in out/`);
  return compiled.map((mutation, index) => ({
    ...mutation,
    ...{ file, index, line: written[index].line, before: written[index].before },
  }));
}

/** A project of its own with everything that tests need, so that the real one can be worked on. */
function copyProject() {
  const folder = mkdtempSync(join(tmpdir(), "knative-digest-mutate-"));
  for (const name of ["client", "server", "test", "out", "l10n", "syntaxes", "docs"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  for (const name of readdirSync(root)) {
    if (/\.(json|md|js|cjs)$/.test(name)) cpSync(join(root, name), join(folder, name));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  // What runs is what is mutated, without a build. It looks for these two next to its folder.
  cpSync(join(root, "l10n"), join(folder, "out/server/src/l10n"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "out/server/src/package.json"));
  mkdirSync(join(folder, "dist"));
  for (const name of ["cli", "server"]) {
    const program = `#!/usr/bin/env node\nimport("../out/server/src/${name}/main.js");\n`;
    writeFileSync(join(folder, `dist/${name}.cjs`), program, { mode: 0o755 });
  }
  return folder;
}

/** Runs test files, up to the first failure. @returns whether they passed in time, and how long they took */
function runTests(folder, tests, limitMs, variables = {}) {
  const mocha = ["node_modules/mocha/bin/mocha.js", "--bail", "--exit", "--timeout", "180000"];
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...mocha, ...tests.map(compiledOf)], {
      ...{ cwd: folder, stdio: "ignore", detached: true },
      env: { ...process.env, ...variables },
    });
    // With all that the tests have started; an interrupt of this program does not reach them by itself.
    const end = () => process.kill(-child.pid, "SIGKILL");
    const timer = setTimeout(end, limitMs);
    process.once("exit", end);
    child.on("exit", (code) => {
      clearTimeout(timer);
      process.off("exit", end);
      resolve({ passed: code === 0, ms: Math.round(performance.now() - start) });
    });
  });
}

/** The test files of a layer, which is a folder of test/ or one of its files. */
function testFiles(folder, layer) {
  const path = join("test", layer);
  if (path.endsWith(".ts")) return [path];
  return readdirSync(join(folder, path), { recursive: true })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(path, name))
    .sort();
}

/** What the reach of a test file depends on: itself, the sources that it loads, and what tests share. */
function stampOf(folder, test, sources) {
  const support = readdirSync(join(folder, "test/support"), { recursive: true })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join("test/support", name));
  const files = [test, ...sources, ...support].sort().map((name) => join(folder, compiledOf(name)));
  const hash = createHash("sha256");
  for (const file of files) hash.update(existsSync(file) ? readFileSync(file) : "-");
  return hash.digest("hex");
}

/**
 * Runs a test file alone, or remembers what came of it.
 * @returns whether it passed, how long it took, and for each source that it loads which of its mutations it reaches
 */
async function reachOf(folder, test) {
  const file = join(root, ".cache/mutate", `${test.replaceAll("/", "_")}.json`);
  const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  if (known?.stamp === stampOf(folder, test, Object.keys(known?.reached ?? {}))) return known;
  const coverage = mkdtempSync(join(folder, "coverage-"));
  const result = await runTests(folder, [test], 1_800_000, { NODE_V8_COVERAGE: coverage });
  const reached = new Map();
  for (const name of readdirSync(coverage)) {
    const { result: scripts } = JSON.parse(readFileSync(join(coverage, name), "utf8"));
    for (const script of scripts) addReached(reached, folder, script);
  }
  rmSync(coverage, { recursive: true });
  const lists = [...reached].map(([source, indexes]) => [source, [...indexes]]);
  const stamp = stampOf(folder, test, [...reached.keys()]);
  const answer = { test, stamp, ...result, reached: Object.fromEntries(lists) };
  mkdirSync(join(root, ".cache/mutate"), { recursive: true });
  writeFileSync(file, JSON.stringify(answer));
  return answer;
}

const placesIn = memoized((path) => mutationsIn(path).map(({ reached }) => reached));

/** Adds which mutations of a script ran, as V8 counted. */
function addReached(reached, folder, { url, functions }) {
  const base = join(folder, "out/");
  const path = url.startsWith("file:") ? fileURLToPath(url) : "";
  if (!/^(?:client|server)\/src\//.test(path.slice(base.length)) || !path.startsWith(base)) return;
  const name = path.slice(base.length).replace(/\.js$/, ".ts");
  const ranges = functions.flatMap((each) => each.ranges);
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const found = reached.get(name) ?? new Set();
  for (const [index, place] of placesIn(path).entries()) {
    const inner = ranges.findLast((range) => range.startOffset <= place && place < range.endOffset);
    if (inner !== undefined && inner.count > 0) found.add(index);
  }
  reached.set(name, found);
}

function memoized(compute) {
  const known = new Map();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key);
  };
}

/** Takes work from a list in every folder, until there is none left. @returns what came of each, in order */
async function shareOut(folders, items, work) {
  const results = [];
  const queue = items.entries();
  const takeAll = async (folder) => {
    for (const [index, item] of queue) results[index] = await work(folder, item);
  };
  await Promise.all(folders.map(takeAll));
  return results;
}

/**
 * The tests of a layer that reach a mutation, first those that reach little else and are quick. What much of the program
 * goes through is reached by nearly all: so many are taken as take so long together, the first one always.
 */
function testsFor({ file, index }, tests, seconds) {
  const rank = memoized(({ reached, ms }) => {
    const all = Object.values(reached).reduce((sum, { length }) => sum + length, 0);
    return reached[file].length / all / ms;
  });
  let leftMs = 1000 * seconds;
  return tests
    .filter(({ reached }) => reached[file]?.includes(index) === true)
    .sort((a, b) => rank(b) - rank(a))
    .filter(({ ms }, place) => place === 0 || (ms < leftMs && (leftMs -= ms) > 0));
}

function firstFew(tests) {
  return [tests.slice(0, 6), tests.slice(6)];
}

/** Whether a test fails with the mutation. One that no test reaches is not run. */
async function isNoticed(folder, mutation, layers, seconds) {
  const { file, start, end, replacement } = mutation;
  const compiled = join(folder, compiledOf(file));
  const before = readFileSync(compiled, "utf8");
  writeFileSync(compiled, before.slice(0, start) + replacement + before.slice(end));
  try {
    // Most are noticed by the first few, and loading the others takes time.
    for (const chosen of layers
      .map((tests) => testsFor(mutation, tests, seconds))
      .flatMap(firstFew)) {
      const ms = chosen.reduce((sum, test) => sum + test.ms, 0);
      const limitMs = Math.max(hang.leastMs, hang.times * ms);
      const names = chosen.map(({ test }) => test);
      if (names.length > 0 && !(await runTests(folder, names, limitMs)).passed) return true;
    }
    return false;
  } finally {
    writeFileSync(compiled, before);
  }
}

/** Draws so many mutations of what is named: folders, files, or lines such as `server/src/x.ts:12`. */
function choose(values) {
  const all = values.files.flatMap((name) => {
    const [path, line] = name.split(":");
    return sourcesIn(path)
      .filter((file) => !values.except.some((start) => file.startsWith(start)))
      .flatMap(mutationsOf)
      .filter((each) => line === undefined || each.line === Number(line));
  });
  const random = createRandom(Number(values.seed));
  return Array.from({ length: Math.min(Number(values.count), all.length) }, () =>
    all.splice(random(all.length), 1).at(0),
  );
}

/** What every test reaches, a list for each layer; a test that fails without any mutation is left out. */
async function mapTests(folders, layers) {
  const files = layers.map((layer) => testFiles(folders[0], layer));
  const all = await shareOut(folders, files.flat(), reachOf);
  for (const { test } of all.filter(({ passed }) => !passed)) say(`fails by itself: ${test}`);
  const passed = all.filter((each) => each.passed);
  return files.map((names) => passed.filter(({ test }) => names.includes(test)));
}

async function main() {
  const { values } = parseArgs({ options });
  const folders = await withBuildOutput(async () => {
    if (!(await compile())) return [];
    return Array.from({ length: Number(values.workers) }, copyProject);
  });
  if (folders.length === 0) return 1;
  process.once("exit", () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  const chosen = choose(values);
  const layers = await mapTests(folders, values.tests);
  const results = await shareOut(folders, [...chosen.entries()], async (folder, [index, one]) => {
    const isSeen = await isNoticed(folder, one, layers, Number(values.seconds));
    const isReached = layers.some((tests) => testsFor(one, tests, 1).length > 0);
    const verdict = isSeen ? "noticed" : isReached ? "SURVIVED" : "NOT REACHED";
    const what = `${one.file}:${one.line}  ${shown(one.before)} → ${shown(one.replacement)}`;
    console.log(`${index + 1}/${chosen.length} ${verdict}  ${what}`);
    return isSeen;
  });
  const noticed = results.filter(Boolean).length;
  const share = Math.round((100 * noticed) / chosen.length);
  console.log(`${noticed} of ${chosen.length} noticed: ${share} %`);
  return 0;
}

function shown(text) {
  return text.replace(/\s+/g, " ").slice(0, 60);
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? String(error.stack) : String(error));
  process.exitCode = 1;
}
