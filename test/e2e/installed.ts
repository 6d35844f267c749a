// What the setup scripts have installed, as the tests in an editor need it.

import { pathToFileURL } from "node:url";
import { projectPath } from "../support/projectRoot.ts";

/**
 * The browser-hosted VS Code, installed if it is not yet.
 * @returns full paths of its server and of the Node that runs it
 */
export async function findEditorPieces(): Promise<{ server: string; node: string }> {
  const { ensureEditor } = (await setupModule("ensureEditor.mjs")) as {
    ensureEditor: () => Promise<{ server: string; node: string }>;
  };
  return await ensureEditor();
}

/**
 * The browser that shows it.
 * @throws {Error} if there is none
 */
export async function findInstalledBrowser(): Promise<string> {
  const { findBrowser } = (await setupModule("ensureSystemPackages.mjs")) as {
    findBrowser: () => string | undefined;
  };
  const browser = findBrowser();
  if (browser === undefined) throw new Error("No Chromium is installed: npm test says how.");
  return browser;
}

/** The setup scripts are plain JavaScript that runs before there is a compiler, so they have no types. */
async function setupModule(name: string): Promise<unknown> {
  return await import(pathToFileURL(projectPath("test/setup", name)).href);
}
