// `npm run package`: the extension as one .vsix file, with exactly the files that it should have.
// `npm run package -- --out FOLDER` puts it there instead of here.

import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build, printSizes } from "./build.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { root, run, runOrFail, say, timed } from "./processes.mjs";

const maxBytes = 600 * 1024;

const vsce = join(root, "node_modules/@vscode/vsce/vsce");

/** @throws {Error} naming each file that is in one list and not in the other */
async function compareFiles() {
  const { code, output } = await run(process.execPath, [vsce, "ls", "--no-dependencies"], {
    quiet: true,
  });
  if (code !== 0) throw new Error(output);
  const listFile = "test/setup/packageFiles.txt";
  const expected = lines(readFileSync(join(root, listFile), "utf8"));
  const actual = lines(output);
  const differences = [
    ...actual.filter((file) => !expected.includes(file)).map((file) => `+ ${file}`),
    ...expected.filter((file) => !actual.includes(file)).map((file) => `- ${file}`),
  ];
  if (differences.length > 0) {
    throw new Error(`The package's files differ from ${listFile}:\n${differences.join("\n")}`);
  }
}

function lines(text) {
  return text.split("\n").filter((line) => line !== "");
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: "string", default: root } } });
  await ensureNodeModules();
  printSizes(await timed("Building", build));
  await compareFiles();
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const file = join(resolve(values.out), `${name}-${version}.vsix`);
  const args = [vsce, "package", "--no-dependencies", "--out", file];
  await runOrFail("Packaging", process.execPath, args);
  const bytes = statSync(file).size;
  say(`${file}: ${(bytes / 1024).toFixed(0)} KB`);
  if (bytes > maxBytes) {
    throw new Error(
      `The package may have ${maxBytes / 1024} KB and has ${Math.ceil(bytes / 1024)}.`,
    );
  }
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
