// The desktop VS Code for the suite: downloaded where its maker can be reached, and else said plainly that it is not.

import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { projectPath } from "../support/projectRoot.ts";
import type { SuiteRun } from "./runSuite.ts";

const releases = "https://update.code.visualstudio.com/api/releases/stable";

const reachMs = 5_000;

/** The desktop VS Code, or why there is none. */
export type DesktopEditor =
  | { readonly kind: "found"; readonly executable: string }
  | { readonly kind: "absent"; readonly why: string };

/** Downloads the newest VS Code into .cache, unless it is there. */
export async function findDesktopEditor(): Promise<DesktopEditor> {
  try {
    await fetch(releases, { signal: AbortSignal.timeout(reachMs) });
  } catch {
    return { kind: "absent", why: "update.code.visualstudio.com cannot be reached" };
  }
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === "linux" && DISPLAY === undefined && WAYLAND_DISPLAY === undefined) {
    return { kind: "absent", why: "there is no display (xvfb-run npm test makes one)" };
  }
  const cachePath = projectPath(".cache/vscode-desktop");
  return { kind: "found", executable: await downloadAndUnzipVSCode({ cachePath }) };
}

/** Runs the suite in the desktop VS Code. */
export async function runInDesktop(executable: string, run: SuiteRun): Promise<void> {
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: projectPath(),
      extensionTestsPath: run.entry,
      extensionTestsEnv: run.env,
      launchArgs: [run.sample.workspace, "--disable-extensions", "--disable-workspace-trust"],
    });
  } catch {
    // A failing suite makes VS Code fail, too; what failed stands in the results.
  }
}
