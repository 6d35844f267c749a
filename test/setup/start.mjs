// `npm start`: installs what is missing, builds, and opens an editor on the demo. Ctrl-C ends all of it.
// `npm start -- --browser` takes the browser-hosted editor even if the desktop one is installed.

import { build } from "./build.mjs";
import { ensureEditor } from "./ensureEditor.mjs";
import { ensureNodeModules } from "./ensureNodeModules.mjs";
import { loadTypeScript } from "./loadTypeScript.mjs";
import { findProgram, root, say, timed } from "./processes.mjs";

try {
  await ensureNodeModules();
  const desktop = process.argv.includes("--browser") ? undefined : findProgram(["code"]);
  const pieces = desktop === undefined ? await ensureEditor() : undefined;
  await timed("Building", build);
  const { runDemo } = await loadTypeScript("test/demo/runDemo.ts");
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => ending.abort());
  await runDemo({ extension: root, desktop, pieces, say, signal: ending.signal });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
