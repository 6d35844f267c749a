// `npm run build`: the bundles in dist/, the licences of what is in them, and how large they are.

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** Packages that forgot to pack their licence, and one of the same author under the same licence. */
const sameLicence = { "@vscode/l10n": "node_modules/vscode-languageserver" };

const programs = ["cli.cjs", "server.cjs"];

/**
 * undici is a large part of all bytes, two programs want it, and only with their first request. So
 * it is a file of its own beside the bundles.
 * @param {Set<string>} wanted takes the modules of undici that are imported
 */
function undiciBeside(wanted) {
  const namespace = "undici-beside";
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^undici(\/|$)/ }, ({ path }) => {
        wanted.add(path);
        return { path, namespace };
      });
      build.onResolve({ filter: /^\.\/undici\.cjs$/ }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: `module.exports = require("./undici.cjs")[${JSON.stringify(path)}];`,
        loader: "js",
      }));
    },
  };
}

/**
 * The language client is nearly all of the extension's code, and activation need not wait for it:
 * it is a file of its own, which the extension loads when it starts the server.
 */
const languageClientBeside = {
  name: "language-client-beside",
  setup(build) {
    build.onResolve({ filter: /\/languageClient\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./languageClient.cjs", external: true } : undefined,
    );
  },
};

function entry(name, source, options = {}) {
  return {
    absWorkingDir: root,
    ...(source === undefined ? {} : { entryPoints: [source] }),
    outfile: `dist/${name}`,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // The sources are ES modules, which CommonJS knows by another name.
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    ...options,
  };
}

function undici(wanted) {
  const members = [...wanted].sort().map((path) => `${JSON.stringify(path)}: require("${path}")`);
  const contents = `module.exports = { ${members.join(", ")} };`;
  const stdin = { contents, resolveDir: root, sourcefile: "undici.js" };
  return entry("undici.cjs", undefined, { stdin });
}

/**
 * Makes dist/: the bundles and THIRD_PARTY_NOTICES.txt.
 * @returns {Promise<{ file: string, bytes: number, compressed: number }[]>}
 * @throws {Error} if the sources cannot be bundled or a licence is not accepted
 */
export async function build() {
  const { build: bundle } = await import("esbuild");
  rmSync(join(root, "dist"), { recursive: true, force: true });
  mkdirSync(join(root, "dist"));
  const wanted = new Set();
  const program = { banner: { js: "#!/usr/bin/env node" }, plugins: [undiciBeside(wanted)] };
  const results = await Promise.all(
    [
      entry("extension.cjs", "client/src/extension.ts", {
        external: ["vscode"],
        plugins: [languageClientBeside],
        // VS Code gives its own module to require(), so import() becomes a late one.
        supported: { "dynamic-import": false },
      }),
      entry("languageClient.cjs", "client/src/languageClient.ts", { external: ["vscode"] }),
      entry("server.cjs", "server/src/server/main.ts", program),
      entry("cli.cjs", "server/src/cli/main.ts", program),
    ].map((options) => bundle(options)),
  );
  results.push(await bundle(undici(wanted)));
  for (const name of programs) chmodSync(join(root, "dist", name), 0o755);
  const inputs = results.flatMap(({ metafile }) => includedInputs(metafile));
  writeFileSync(join(root, "dist/THIRD_PARTY_NOTICES.txt"), notices(inputs));
  return ["extension", "languageClient", "server", "cli", "undici"].map((name) =>
    size(`${name}.cjs`),
  );
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
  const { name, version, license } = JSON.parse(
    readFileSync(join(root, folder, "package.json"), "utf8"),
  );
  if (!accepted.includes(license)) {
    throw new Error(`${name} is under ${String(license)}, which nobody has accepted yet.`);
  }
  return {
    title: `${name} ${version} (${license})`,
    text: licenceText(sameLicence[name] ?? folder),
  };
}

function licenceText(folder) {
  const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence file to copy.`);
  return readFileSync(join(root, folder, file), "utf8")
    .replace(/\r\n/g, "\n")
    .trim();
}

function size(file) {
  const bytes = readFileSync(join(root, "dist", file));
  // One such character makes V8 keep the whole file in UTF-16, twice as large to read and to compile.
  if (bytes.some((byte) => byte > 127)) throw new Error(`dist/${file} is not ASCII: escape it.`);
  return { file, bytes: bytes.length, compressed: gzipSync(bytes).length };
}

/** Prints what `build` returned. */
export function printSizes(sizes) {
  for (const { file, bytes, compressed } of sizes) {
    say(`dist/${file.padEnd(18)} ${kilobytes(bytes)}, compressed ${kilobytes(compressed)}`);
  }
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(0).padStart(4)} KB`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await ensureNodeModules();
  printSizes(await build());
}
