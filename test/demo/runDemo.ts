// The demo: a registry, a workspace and an editor, all thrown away when the user has seen enough.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEditorServer } from "../support/editorServer.ts";
import { withSample, type SampleEnvironment } from "../support/sampleEnvironment.ts";
import { demoHosts, demoSettings } from "./sampleWorkspace.ts";

/** How to show the demo. */
export interface DemoOptions {
  /** The folder with the extension's package.json and dist/. */
  readonly extension: string;
  /** Full path of the desktop VS Code's `code`, or else the pieces of the browser-hosted one. */
  readonly desktop: string | undefined;
  readonly pieces: { readonly server: string; readonly node: string } | undefined;
  readonly say: (line: string) => void;
  /** Ends the demo. */
  readonly signal: AbortSignal;
}

/** Runs the demo until the signal; then nothing of it is left, neither processes nor files. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { say, signal } = options;
  const show = async ({ registry, workspace, scratch, env }: SampleEnvironment): Promise<void> => {
    say(`A registry with sample images answers at ${registry.host}.`);
    say(
      `It is the mirror of ${demoHosts.registry} and ${demoHosts.skipped}, which the sample names.`,
    );
    const settings = Object.fromEntries(
      Object.entries(demoSettings(registry.host)).map(([name, value]) => [
        `knativeDigest.${name}`,
        value,
      ]),
    );
    // Only this editor knows the demo's credentials: the user's own docker config is never touched.
    await showEditor({ ...options, folder: scratch, workspace, env, settings });
  };
  try {
    await withSample(show, () => demoHosts);
  } finally {
    if (signal.aborted) say("Everything is ended and removed.");
  }
}

interface EditorOptions extends DemoOptions {
  readonly folder: string;
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  /** Of the extension, for the editor's user. */
  readonly settings: Readonly<Record<string, unknown>>;
}

async function showEditor(options: EditorOptions): Promise<void> {
  if (options.desktop !== undefined) {
    await showDesktop(options, options.desktop);
  } else if (options.pieces !== undefined) {
    await showInBrowser(options, options.pieces);
  } else {
    throw new Error("There is no VS Code to show the demo in.");
  }
}

async function showInBrowser(
  { folder, extension, workspace, env, settings, say, signal }: EditorOptions,
  pieces: NonNullable<DemoOptions["pieces"]>,
): Promise<void> {
  const dataFolder = join(folder, "editor");
  await mkdir(dataFolder);
  const server = await startEditorServer({ pieces, dataFolder, env, settings });
  try {
    const openFile = join(workspace, "service.yaml");
    const page = { workspace, openFile, extensionDevelopmentPath: extension };
    say(`Open this address in a browser:\n\n  ${server.address(page)}\n\nCtrl-C ends the demo.`);
    await Promise.race([aborted(signal), once(server.process, "exit")]);
    if (!signal.aborted) throw new Error(`The editor ended: ${server.output()}`);
  } finally {
    await server.stop();
  }
}

/**
 * Opens a window of the desktop VS Code, with settings and extensions of its own: nothing of the
 * demo stays in the user's. The demo ends when its window is closed, too.
 */
async function showDesktop(
  { folder, extension, workspace, env, settings, say, signal }: EditorOptions,
  code: string,
): Promise<void> {
  const userData = join(folder, "editor");
  const quiet = {
    "security.workspace.trust.enabled": false,
    "workbench.startupEditor": "none",
  };
  await mkdir(join(userData, "User"), { recursive: true });
  const text = JSON.stringify({ ...quiet, ...settings });
  await writeFile(join(userData, "User/settings.json"), text);
  const args = [
    ...["--wait", "--new-window", "--user-data-dir", userData],
    ...["--extensions-dir", join(folder, "extensions")],
    ...[`--extensionDevelopmentPath=${extension}`, workspace, "--goto"],
    `${join(workspace, "service.yaml")}:10:20`,
  ];
  const child = spawn(code, args, {
    stdio: "ignore",
    env: { ...process.env, ...env },
    shell: process.platform === "win32",
  });
  say("The sample workspace opens in VS Code.\n\nCtrl-C, or closing its window, ends the demo.");
  await Promise.race([aborted(signal), once(child, "exit")]);
  await endDesktop(userData, child);
}

/** The program `code` only starts the editor, which leaves its process id beside its data. */
async function endDesktop(userData: string, child: ChildProcess): Promise<void> {
  child.kill();
  try {
    const pid = Number(await readFile(join(userData, "code.lock"), "utf8"));
    if (pid > 0) process.kill(pid);
  } catch {
    // The window is closed already.
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
