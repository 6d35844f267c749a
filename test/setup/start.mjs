// `npm start`: installs what is missing, builds, and opens an editor on the demo. Ctrl-C ends all of it.
// `npm start -- --browser` takes the browser-hosted editor even if the desktop one is installed.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { ensureEditor } from "./ensureEditor.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { findProgram, root, say, timed } from "./processes.mjs";

try {
  await ensureNodeModules();
  const desktop = process.argv.includes("--browser") ? undefined : findProgram(["code"]);
  const pieces = desktop === undefined ? await ensureEditor() : undefined;
  await timed("Building", build);
  const { runDemo } = await import(await bundleDemo());
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => ending.abort());
  await runDemo({ extension: root, desktop, pieces, say, signal: ending.signal });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** The demo is TypeScript; bundling it takes a moment, compiling the whole project several seconds. */
async function bundleDemo() {
  const esbuild = await import("esbuild");
  const outfile = join(root, ".cache/demo/runDemo.mjs");
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["test/demo/runDemo.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "warning",
  });
  return pathToFileURL(outfile).href;
}
