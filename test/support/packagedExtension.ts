// The extension as its users get it: packaged, and installed into an editor of its own.

import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectPath } from "./projectRoot.ts";

const run = promisify(execFile);

/**
 * Packages the extension, with the checks of `npm run package`.
 * @param folder where to put it; must exist
 * @returns full path of the .vsix file
 */
export async function packageExtension(folder: string): Promise<string> {
  const script = projectPath("test/setup/package.mjs");
  await run(process.execPath, [script, "--out", folder], { cwd: projectPath() });
  const name = (await readdir(folder)).find((file) => file.endsWith(".vsix"));
  if (name === undefined) throw new Error("npm run package made no .vsix file.");
  return join(folder, name);
}

/**
 * Installs a packaged extension.
 * @param vsix full path of the file
 * @param folder an existing one for the installed extension and what installing it writes
 * @returns the folder to start an editor with
 */
export async function installExtension(
  vsix: string,
  folder: string,
  pieces: { readonly server: string; readonly node: string },
): Promise<string> {
  const extensions = join(folder, "extensions");
  await run(pieces.node, [
    ...[pieces.server, "--install-extension", vsix, "--accept-server-license-terms"],
    ...["--extensions-dir", extensions, "--server-data-dir", join(folder, "install")],
  ]);
  return extensions;
}

/** The folder of the installed extension, where its manifest is. @param extensions what `installExtension` returned */
export async function installedFolder(extensions: string): Promise<string> {
  const name = (await readdir(extensions)).find((each) => each.startsWith("knative-digest."));
  if (name === undefined) throw new Error("The extension is not installed.");
  return join(extensions, name);
}
