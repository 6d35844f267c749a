// `npm run package`: the extension as one .vsix file, with exactly the files that it should have.
// `npm run package -- --out FOLDER` puts it there instead of here.

import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build, printSizes } from "./build.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { writeSbom } from "./sbom.mjs";
import { root, run, runOrFail, say, timed } from "./processes.mjs";

const maxBytes = 600 * 1024;

const vsce = join(root, "node_modules/@vscode/vsce/vsce");

/** A package of the same sources is the same bytes: its files have one date, one order and one time zone. */
const sameBytes = { SOURCE_DATE_EPOCH: "1767225600", TZ: "UTC" };

/** For npm only: an editor has no use for a command line, and it would make the package a third larger. */
const notInEditor = /^(dist\/cli\.cjs|docs\/completion\/.*)$/;

/**
 * The files of the extension, relative to the project.
 * @throws {Error} naming each file that should be there and is not, or the other way round
 */
async function extensionFiles() {
  const { code, output } = await run(process.execPath, [vsce, "ls", "--no-dependencies"], {
    quiet: true,
  });
  if (code !== 0) throw new Error(output);
  const listFile = "test/setup/packageFiles.txt";
  const expected = lines(readFileSync(join(root, listFile), "utf8"));
  const actual = lines(output).filter((file) => !notInEditor.test(file));
  const differences = [
    ...actual.filter((file) => !expected.includes(file)).map((file) => `+ ${file}`),
    ...expected.filter((file) => !actual.includes(file)).map((file) => `- ${file}`),
  ];
  if (differences.length > 0) {
    throw new Error(`The package's files differ from ${listFile}:\n${differences.join("\n")}`);
  }
  return actual;
}

/** Copies the files to a folder where the manifest has nothing that is only npm's. */
function stage(files, folder) {
  for (const file of files) cpSync(join(root, file), join(folder, file), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  delete manifest.files;
  delete manifest.bin;
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, undefined, 2));
}

/** An odd minor version, as the marketplace asks for. */
function isPreRelease(version) {
  return Number(version.split(".")[1]) % 2 === 1;
}

function lines(text) {
  return text.split("\n").filter((line) => line !== "");
}

async function main() {
  const { values } = parseArgs({ options: { out: { type: "string", default: root } } });
  await ensureNodeModules();
  printSizes(await timed("Building", build));
  await writeSbom();
  const files = await extensionFiles();
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const file = join(resolve(values.out), `${name}-${version}.vsix`);
  const folder = mkdtempSync(join(tmpdir(), "knative-digest-package-"));
  try {
    stage(files, folder);
    const kind = isPreRelease(version) ? ["--pre-release"] : [];
    const args = [vsce, "package", "--no-dependencies", ...kind, "--out", file];
    const env = { ...process.env, ...sameBytes };
    await runOrFail("Packaging", process.execPath, args, { cwd: folder, env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
