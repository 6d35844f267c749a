// Runs the suite inside a real extension host: of the browser-hosted VS Code, or of the desktop one.

import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { eventually } from "../support/deadline.ts";
import { projectPath } from "../support/projectRoot.ts";
import { withSample, type SampleEnvironment } from "../support/sampleEnvironment.ts";
import { resultsVariable, subjectVariable, type TestResult } from "./suiteResults.ts";
import { withEditorServer, withPage } from "./withEditor.ts";

/** Longer than the start of an editor and than any one test of the suite, on a machine that is busy. */
const stepMs = 900_000;

/** Where and how a suite is run. */
export interface SuiteRun {
  /** Full path of the suite's entry point, for VS Code. */
  readonly entry: string;
  readonly sample: SampleEnvironment;
  /** For the extension host. */
  readonly env: Readonly<Record<string, string>>;
}

/** Bundles the suite, prepares what it looks at, and reads what it has written. */
export async function runSuite(
  start: (run: SuiteRun) => Promise<void>,
): Promise<readonly TestResult[]> {
  const entry = await bundleSuite();
  return await withSample(async (sample) => {
    const { registry, digests, scratch } = sample;
    const results = join(scratch, "results.json");
    const env = {
      ...sample.env,
      [resultsVariable]: results,
      [subjectVariable]: JSON.stringify({ host: registry.host, digests }),
    };
    await start({ entry, sample, env });
    return JSON.parse(await readFile(results, "utf8")) as readonly TestResult[];
  });
}

/** Runs the suite in the browser-hosted VS Code. */
export async function runInBrowser({ entry, sample, env }: SuiteRun): Promise<void> {
  const results = env[resultsVariable] ?? "";
  await withEditorServer({ env }, async (server, extension) => {
    const address = server.address({
      workspace: sample.workspace,
      extensionDevelopmentPath: extension,
      extensionTestsPath: entry,
    });
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    await withPage(
      address,
      async () => {
        await whileItGoesOn(results, finished);
      },
      async (page) => {
        // VS Code calls these two; the results come by file, where they keep their form.
        await page.exposeFunction("codeAutomationLog", () => undefined);
        await page.exposeFunction("codeAutomationExit", () => finish());
      },
    );
  });
}

/** Waits for the suite's end for as long as results of its tests come in. */
async function whileItGoesOn(results: string, finished: Promise<void>): Promise<void> {
  for (;;) {
    const before = await textOf(results);
    const isOver = await Promise.race([
      finished.then(() => true),
      eventually(
        "The next result",
        async () => ((await textOf(results)) === before ? undefined : false),
        stepMs,
      ),
    ]).catch(() => {
      throw new Error(`The suite went no further within ${stepMs} ms. Its results: ${before}`);
    });
    if (isOver) return;
  }
}

/** A file's text; empty if there is none yet. */
async function textOf(file: string): Promise<string> {
  return await readFile(file, "utf8").catch(() => "");
}

/** Each test file becomes one that VS Code can load, beside the entry point that finds them. */
async function bundleSuite(): Promise<string> {
  const outdir = projectPath("out/suite");
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await build({
    absWorkingDir: projectPath(),
    entryPoints: ["test/e2e/suite/index.ts", "test/e2e/suite/*.test.ts"],
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    sourcemap: "inline",
    external: ["vscode", "mocha"],
    logLevel: "warning",
  });

  return join(outdir, "index.cjs");
}
