// A real VS Code in a real browser for one test: started, handed over, and ended with all that it wrote.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { startEditorServer, type EditorPage, type EditorServer } from "../support/editorServer.ts";
import { loopbackIsFine } from "../support/loopbackIsFine.ts";
import { installExtension, installedFolder } from "../support/packagedExtension.ts";
import { projectPath } from "../support/projectRoot.ts";
import { withSample, type SampleEnvironment } from "../support/sampleEnvironment.ts";
import { createEditorDriver, eventually, shownMs, type EditorDriver } from "./editorDriver.ts";
import { findEditorPieces, findInstalledBrowser } from "./installed.ts";
import { visibleLines } from "./pageScripts.ts";

/** Which editor to start, on what. */
export interface WithEditorOptions extends EditorPage {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly trusted?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** The language of the editor for its extensions; its own texts stay English without a language pack. */
  readonly language?: string;
  /** The names of the folders that a workspace file opens. */
  readonly folders?: readonly string[];
  /** Where installed extensions live: they are used instead of the one under development. */
  readonly extensionsFolder?: string;
  /** The window, in CSS pixels, and how many dots each of them has. */
  readonly screen?: Screen;
}

interface Screen {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** Full path of a package: the tests use the extension that it installs instead of the one under development. */
const vsix = process.env["KNATIVE_DIGEST_VSIX"] ?? "";

/**
 * Starts an editor with the extension, loads no page, and ends it after `body`.
 * @param body is told the folder with the extension's manifest, too: of the installed package, or of the sources
 */
export async function withEditorServer<Result>(
  options: Omit<WithEditorOptions, keyof EditorPage>,
  body: (server: EditorServer, extension: string) => Promise<Result>,
): Promise<Result> {
  const dataFolder = await mkdtemp(join(tmpdir(), "knative-digest-editor-"));
  try {
    const pieces = await findEditorPieces();
    const isInstalled = vsix !== "" && options.extensionsFolder === undefined;
    const installed = isInstalled
      ? { extensionsFolder: await installExtension(vsix, dataFolder, pieces) }
      : {};
    const { extensionsFolder } = { ...options, ...installed };
    const extension =
      extensionsFolder === undefined ? projectPath() : await installedFolder(extensionsFolder);
    // The registries of the tests are on this machine.
    const settings = {
      "knativeDigest.diagnostics": loopbackIsFine.diagnostics,
      ...options.settings,
    };
    const server = await startEditorServer({
      ...{ ...options, ...installed },
      ...{ settings, pieces, dataFolder },
    });
    try {
      return await body(server, extension);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Opens an address in a browser of its own; `prepare` sees the page before it loads. */
export async function withPage<Result>(
  address: string,
  body: (page: Page) => Promise<Result>,
  prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
  { width, height, scale }: Screen = { width: 1400, height: 850, scale: 1 },
): Promise<Result> {
  const browser = await chromium.launch({
    executablePath: await findInstalledBrowser(),
    timeout: shownMs,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync", "--no-first-run"],
    ],
  });
  try {
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    context.setDefaultTimeout(shownMs);
    const page = await context.newPage();
    await prepare(page);
    // On a busy machine a workbench loads for minutes; whoever uses the page waits for what it needs of it.
    await page.goto(address, { waitUntil: "commit" });
    return await body(page);
  } finally {
    await browser.close();
  }
}

/**
 * Opens a workspace in VS Code with the extension and lets a user at it.
 * If `body` fails, a picture of that moment is kept as test/screenshots/failed.png, and the error has the lines in sight.
 */
export async function withEditor<Result>(
  options: WithEditorOptions,
  body: (editor: EditorDriver, server: EditorServer) => Promise<Result>,
): Promise<Result> {
  const development =
    vsix === "" && options.extensionsFolder === undefined
      ? { extensionDevelopmentPath: projectPath() }
      : {};
  return await withEditorServer(options, async (server) => {
    const address = server.address({ ...development, ...options });
    const use = async (page: Page): Promise<Result> => {
      const editor = createEditorDriver(page);
      return await explained(editor, async () => {
        await editor.ready();
        if (options.folders !== undefined) await editor.foldersOpen(options.folders);
        if (options.openFile?.endsWith(".yaml") === true) await extensionRuns(editor);
        return await body(editor, server);
      });
    };
    const prepare = (page: Page): Promise<void> => speak(page, options.language);
    return await withPage(address, use, prepare, options.screen);
  });
}

/** How long the extension may take to start before the page is loaded again, in milliseconds; with each time as much more. */
const startMs = 60_000;

/**
 * Waits until the extension runs in an editor that shows YAML: its language status is there. VS Code looks for extensions
 * once, when a page connects: on a busy machine it may find none, and the page is loaded again.
 */
async function extensionRuns({ page, ready }: EditorDriver): Promise<void> {
  const status = page.locator("#status\\.languageStatus");
  await eventually(
    "The start of the extension",
    async (attempt) => {
      const waiting = status.waitFor({ state: "attached", timeout: startMs * attempt });
      if (
        await waiting.then(
          () => true,
          () => false,
        )
      )
        return true;
      await page.reload();
      await ready();
      return undefined;
    },
    2 * shownMs,
  );
}

/** Keeps a picture of the moment in which something fails, and says what is in sight. */
async function explained<Result>(
  editor: EditorDriver,
  use: () => Promise<Result>,
): Promise<Result> {
  try {
    return await use();
  } catch (error) {
    // A page that is gone shows nothing: the error is that of the test in any case.
    await editor.screenshot("failed").catch(() => undefined);
    const shown = await visibleLines(editor.page).catch(() => ["nothing"]);
    throw new Error(`The editor shows:\n${shown.join("\n")}`, { cause: error });
  }
}

/** A language pack sets this first of all; nothing else of it is needed here. */
async function speak(page: Page, language: string | undefined): Promise<void> {
  if (language === undefined) return;
  const value = JSON.stringify(language);
  await page.addInitScript(
    `Object.defineProperty(globalThis, "_VSCODE_NLS_LANGUAGE", { get: () => ${value}, set() {} })`,
  );
}

interface InSampleOptions extends Partial<WithEditorOptions> {
  /** Called before the editor is started: what it writes into the workspace is there from the start. */
  readonly prepare?: (sample: SampleEnvironment) => Promise<void>;
}

/** Opens the sample workspace at one of its files and lets a user at it. */
export async function inSample(
  file: string,
  body: (editor: EditorDriver, sample: SampleEnvironment, server: EditorServer) => Promise<void>,
  { prepare, ...options }: InSampleOptions = {},
): Promise<void> {
  await withSample(async (sample) => {
    const { workspace, env } = sample;
    await prepare?.(sample);
    const openFile = join(workspace, file);
    await withEditor({ workspace, openFile, env, ...options }, (editor, server) =>
      body(editor, sample, server),
    );
  });
}

type SampleTest = (editor: EditorDriver, sample: SampleEnvironment) => Promise<void>;

/** An editor on the sample workspace that several tests use. */
interface SharedEditor {
  /** Begins with nothing open over the text of the file. */
  readonly run: (body: SampleTest) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openShared(file: string, options: InSampleOptions): Promise<SharedEditor> {
  let end = (): void => undefined;
  const isOver = new Promise<void>((resolve) => (end = resolve));
  let closed = Promise.resolve();
  const run = await new Promise<SharedEditor["run"]>((resolve, reject) => {
    closed = inSample(
      file,
      async (editor, sample) => {
        resolve((body) =>
          explained(editor, async () => {
            await editor.dismiss();
            await editor.openFile(basename(file));
            await body(editor, sample);
          }),
        );
        await isOver;
      },
      options,
    );
    closed.catch(reject);
  });
  return {
    run,
    async close() {
      end();
      await closed;
    },
  };
}

/**
 * Opens the sample workspace once for all tests of a `describe`, since starting an editor takes most of a test's time.
 * After a test that fails the next one gets an editor of its own: what is left open would make it fail, too, after minutes.
 * @returns what makes a test; they run in their order, and each leaves an editor that the next can use
 */
export function inOneSample(
  file: string,
  options: InSampleOptions = {},
): (title: string, body: SampleTest) => void {
  let shared: SharedEditor | undefined;
  const close = async (): Promise<void> => {
    const last = shared;
    shared = undefined;
    await last?.close();
  };
  after(close);
  return (title, body) => {
    it(title, async () => {
      shared ??= await openShared(file, options);
      try {
        await shared.run(body);
      } catch (error) {
        await close();
        throw error;
      }
    });
  };
}
