// A real VS Code in a real browser for one test: started, handed over, and ended with all that it wrote.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { startEditorServer, type EditorPage, type EditorServer } from "../support/editorServer.ts";
import { projectPath } from "../support/projectRoot.ts";
import { createEditorDriver, type EditorDriver } from "./editorDriver.ts";
import { findEditorPieces, findInstalledBrowser } from "./installed.ts";

/** Which editor to start, on what. */
export interface WithEditorOptions extends EditorPage {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly trusted?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Where installed extensions live: they are used instead of the one under development. */
  readonly extensionsFolder?: string;
}

/** Starts an editor with the extension under development, loads no page, and ends it after `body`. */
export async function withEditorServer<Result>(
  options: Omit<WithEditorOptions, keyof EditorPage>,
  body: (server: EditorServer) => Promise<Result>,
): Promise<Result> {
  const dataFolder = await mkdtemp(join(tmpdir(), "knative-digest-editor-"));
  try {
    const pieces = await findEditorPieces();
    const server = await startEditorServer({ ...options, pieces, dataFolder });
    try {
      return await body(server);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Opens an address in a browser of its own; `prepare` sees the page before it loads. */
export async function withPage<Result>(
  address: string,
  body: (page: Page) => Promise<Result>,
  prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<Result> {
  const browser = await chromium.launch({
    executablePath: await findInstalledBrowser(),
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync", "--no-first-run"],
    ],
  });
  try {
    const context = await browser.newContext({
      viewport: { width: 1400, height: 850 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const page = await context.newPage();
    await prepare(page);
    await page.goto(address);
    return await body(page);
  } finally {
    await browser.close();
  }
}

/**
 * Opens a workspace in VS Code with the extension and lets a user at it.
 * If `body` fails, a picture of that moment is kept as test/screenshots/failed.png, and the error
 * has the extension's log.
 */
export async function withEditor<Result>(
  options: WithEditorOptions,
  body: (editor: EditorDriver, server: EditorServer) => Promise<Result>,
): Promise<Result> {
  const development =
    options.extensionsFolder === undefined ? { extensionDevelopmentPath: projectPath() } : {};
  return await withEditorServer(options, async (server) => {
    const address = server.address({ ...development, ...options });
    return await withPage(address, async (page) => {
      await page.locator(".monaco-workbench .part.statusbar").waitFor();
      const editor = createEditorDriver(page);
      try {
        return await body(editor, server);
      } catch (error) {
        await editor.screenshot("failed");
        throw new Error(`The extension's log:\n${await extensionLog(server)}`, { cause: error });
      }
    });
  });
}

async function extensionLog({ dataFolder }: EditorServer): Promise<string> {
  const files = await readdir(dataFolder, { recursive: true });
  const logs = files.filter((file) => /Knative Digest[^/]*\.log$/.test(file));
  const texts = await Promise.all(logs.map((file) => readFile(join(dataFolder, file), "utf8")));
  return texts.join("\n");
}
