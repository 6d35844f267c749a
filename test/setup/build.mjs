// `npm run build`: the bundles in dist/, the licences of what is in them, and how large they are.

import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { root, say } from "./processes.mjs";

/** Licences that ask for no more than to be named; anything else needs a person's look. */
const accepted = [
  "MIT",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
];

const programs = ["cli.cjs", "server.cjs"];

/**
 * undici is half of all bytes and is needed by the first request only. So it is a file of its own
 * beside the bundles, which load it when the code that imports it dynamically runs.
 */
const undiciBeside = {
  name: "undici-beside",
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ kind, importer }) => {
      if (kind === "entry-point") return undefined;
      if (kind === "dynamic-import") return { path: "./undici.cjs", external: true };
      return { errors: [{ text: `Import undici dynamically: it is loaded late (${importer}).` }] };
    });
  },
};

function entry(name, source, options = {}) {
  return {
    absWorkingDir: root,
    entryPoints: [source],
    outfile: `dist/${name}`,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Turns import() into a late require(), which finds every export of a bundled CommonJS file.
    supported: { "dynamic-import": false },
    // Bundles are CommonJS, which has another name for the folder that a file stands in.
    define: { "import.meta.dirname": "__dirname" },
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    plugins: [undiciBeside],
    ...options,
  };
}

/**
 * Makes dist/: extension.cjs, server.cjs, cli.cjs, undici.cjs and THIRD_PARTY_NOTICES.txt.
 * @returns {Promise<{ file: string, bytes: number, compressed: number }[]>}
 * @throws {Error} if the sources cannot be bundled or a licence is not accepted
 */
export async function build() {
  const { build: bundle } = await import("esbuild");
  rmSync(join(root, "dist"), { recursive: true, force: true });
  mkdirSync(join(root, "dist"));
  const program = { banner: { js: "#!/usr/bin/env node" } };
  const results = await Promise.all(
    [
      entry("extension.cjs", "client/src/extension.ts", { external: ["vscode"] }),
      entry("server.cjs", "server/src/server/main.ts", program),
      entry("cli.cjs", "server/src/cli/main.ts", program),
      entry("undici.cjs", "undici"),
    ].map((options) => bundle(options)),
  );
  for (const name of programs) chmodSync(join(root, "dist", name), 0o755);
  const inputs = results.flatMap(({ metafile }) => includedInputs(metafile));
  writeFileSync(join(root, "dist/THIRD_PARTY_NOTICES.txt"), notices(inputs));
  return ["extension.cjs", "server.cjs", "cli.cjs", "undici.cjs"].map(size);
}

/** Sources of which at least one byte is in the bundle. */
function includedInputs({ outputs }) {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
}

function notices(inputs) {
  const folders = new Set(
    inputs.flatMap((path) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  const sections = [...folders].map(notice).sort((a, b) => a.title.localeCompare(b.title));
  const unique = [...new Map(sections.map((section) => [section.title, section])).values()];
  const head = "Knative Digest contains parts of the packages below, each under its own licence.\n";
  return [head, ...unique.map(({ title, text }) => `${title}\n\n${text}\n`)].join(
    `${"-".repeat(78)}\n`,
  );
}

function notice(folder) {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(root, folder, "package.json"), "utf8"),
  );
  if (!accepted.includes(license)) {
    throw new Error(`${name} is under ${String(license)}, which nobody has accepted yet.`);
  }
  return {
    title: `${name} ${version} (${license})`,
    text: licenceText(folder) ?? namedOnly(license, author),
  };
}

function licenceText(folder) {
  for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt", "License.txt", "LICENCE"]) {
    try {
      return readFileSync(join(root, folder, file), "utf8")
        .replace(/\r\n/g, "\n")
        .trim();
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Some packages name their licence and ship no text of it. */
function namedOnly(license, author) {
  const holder = typeof author === "string" ? author : (author?.name ?? "its authors");
  return `Copyright (c) ${holder}. The package ships no licence text; it is under ${license}.`;
}

function size(file) {
  const bytes = readFileSync(join(root, "dist", file));
  return { file, bytes: bytes.length, compressed: gzipSync(bytes).length };
}

/** Prints what `build` returned. */
export function printSizes(sizes) {
  for (const { file, bytes, compressed } of sizes) {
    say(`dist/${file.padEnd(14)} ${kilobytes(bytes)}, compressed ${kilobytes(compressed)}`);
  }
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(0).padStart(4)} KB`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await ensureNodeModules();
  printSizes(await build());
}
