// TypeScript that a script needs at once: bundling it takes a moment, compiling the whole project several seconds.

import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./processes.mjs";

/**
 * Bundles a file of ours and loads it. Packages from npm stay where they are.
 * @param {string} source relative to the project
 * @returns {Promise<object>} its exports
 */
export async function loadTypeScript(source) {
  const { build } = await import("esbuild");
  const outfile = join(root, ".cache/bundles", `${basename(source, ".ts")}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: "inline",
    logLevel: "warning",
  });
  return await import(pathToFileURL(outfile).href);
}
