// `npm run mutate -- --files server/src/server --count 60`: breaks the sources in random places, one at a time, and says
// how many of these mutations the unit and protocol tests notice. Works in a copy of out/ and dist/; run by hand.

import { spawn } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";
import { build } from "./build.mjs";
import { compile } from "./checks.mjs";
import { withBuildOutput } from "./lock.mjs";
import { root, say } from "./processes.mjs";

const options = {
  files: { type: "string", multiple: true, default: ["server/src/server"] },
  count: { type: "string", default: "60" },
  seed: { type: "string", default: "1" },
  tests: { type: "string", multiple: true, default: ["unit", "conformance", "protocol"] },
  nearest: { type: "string", default: "1000" },
};

/** Longer than the tests take: a mutation that makes them hang is noticed. */
const hangMs = 900_000;

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

/** All single changes of a file: where, and what stands there then. */
function mutationsOf(file) {
  const text = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const add = (node, replacement) => {
    const start = node.getStart(source);
    const { line } = source.getLineAndCharacterOfPosition(start);
    found.push({
      file,
      start,
      end: node.end,
      line: line + 1,
      replacement,
      before: node.getText(source),
    });
  };
  const visit = (node) => {
    // Types leave no trace in the program that is tested.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node))
      return;
    if (ts.isBinaryExpression(node) && swaps.has(node.operatorToken.kind)) {
      add(node.operatorToken, swaps.get(node.operatorToken.kind));
    }
    if (ts.isConditionalExpression(node) || ts.isIfStatement(node)) {
      const condition = node.condition ?? node.expression;
      add(condition, "true");
      add(condition, "false");
    }
    if (ts.isExpressionStatement(node)) add(node, ";");
    // Who asks whether something holds takes undefined for false.
    if (ts.isReturnStatement(node) && node.expression && !isFalse(node.expression))
      add(node.expression, "undefined");
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

function sourcesIn(path) {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(path, name))
    .sort();
}

/** A project of its own with everything that tests need, so that the real one can be worked on. */
function copyProject() {
  const folder = mkdtempSync(join(tmpdir(), "knative-digest-mutate-"));
  for (const name of ["client", "server", "test", "out", "l10n", "dist", "syntaxes"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  for (const name of readdirSync(root)) {
    if (/\.(json|md|js|cjs)$/.test(name)) cpSync(join(root, name), join(folder, name));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Runs a program. @returns whether it ended well, and in time */
function succeeds(folder, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), hangMs);
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/** Tests that measure time: slow, and what they would notice is noticed by others. */
const measuring = /(?:growth|hostile\w*|largeText)\.test\.ts$/;

function testFiles(layer) {
  return readdirSync(join(root, "test", layer), { recursive: true })
    .filter((name) => name.endsWith(".test.ts") && !measuring.test(name))
    .map((name) => join("test", layer, name))
    .sort();
}

/** The files of ours that a source imports, as paths from the root. */
const importsOf = memoized((file) => {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => join(dirname(file), fileName))
    .filter((path) => path.endsWith(".ts"));
});

function memoized(compute) {
  const known = new Map();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key);
  };
}

/** How many imports lead from a test to each source that it stands on. */
const distancesFrom = memoized((test) => {
  const distances = new Map([[test, 0]]);
  for (const [file, distance] of distances) {
    for (const next of importsOf(file)) {
      if (!distances.has(next)) distances.set(next, distance + 1);
    }
  }
  return distances;
});

/**
 * The compiled tests of a layer that can notice a change of this file, the nearest first. A test of the built program
 * imports nothing of it, so all of them count.
 * @param most of these, so many of the nearest
 */
function testsFor(file, layer, most) {
  const tests = testFiles(layer);
  const near = tests
    .filter((test) => layer === "protocol" || distancesFrom(test).has(file))
    .sort((a, b) => (distancesFrom(a).get(file) ?? 0) - (distancesFrom(b).get(file) ?? 0));
  return near
    .slice(0, layer === "protocol" ? undefined : most)
    .map((test) => join("out", test.replace(/\.ts$/, ".js")));
}

/** Whether a test fails with the mutation. The quick layers go first, and the first failure is enough. */
async function isNoticed(folder, { file, start, end, replacement }, { layers, nearest }) {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const compiled = join(folder, "out", file.replace(/\.ts$/, ".js"));
  const before = readFileSync(compiled, "utf8");
  const mutated = text.slice(0, start) + replacement + text.slice(end);
  writeFileSync(path, mutated);
  const { outputText } = ts.transpileModule(mutated, {
    compilerOptions: {
      ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  });
  writeFileSync(compiled, outputText);
  try {
    for (const layer of layers) {
      if (layer === "protocol" && !(await succeeds(folder, ["test/setup/build.mjs"]))) return true;
      const tests = testsFor(file, layer, nearest);
      // Most are noticed by the nearest, and loading the others takes longest.
      for (const some of [tests.splice(0, 4), tests]) {
        const mocha = ["node_modules/mocha/bin/mocha.js", "--bail", "--exit", "--timeout", "30000"];
        if (some.length > 0 && !(await succeeds(folder, [...mocha, ...some]))) return true;
      }
    }
    return false;
  } finally {
    writeFileSync(path, text);
    writeFileSync(compiled, before);
  }
}

async function main() {
  const { values } = parseArgs({ options });
  const all = values.files.flatMap(sourcesIn).flatMap(mutationsOf);
  const random = createRandom(Number(values.seed));
  const chosen = Array.from({ length: Math.min(Number(values.count), all.length) }, () =>
    all.splice(random(all.length), 1).at(0),
  );
  const folder = await withBuildOutput(async () => {
    await build();
    return (await compile()) ? copyProject() : undefined;
  });
  if (folder === undefined) return 1;
  let noticed = 0;
  try {
    for (const [index, mutation] of chosen.entries()) {
      const { file, line, before, replacement } = mutation;
      const how = { layers: values.tests, nearest: Number(values.nearest) };
      const isSeen = await isNoticed(folder, mutation, how);
      if (isSeen) noticed += 1;
      const what = `${relative(root, join(root, file))}:${line}  ${shown(before)} → ${shown(replacement)}`;
      console.log(`${index + 1}/${chosen.length} ${isSeen ? "noticed" : "SURVIVED"}  ${what}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
