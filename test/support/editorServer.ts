// The browser-hosted VS Code as a process: started on a free port, opened by an address, ended with all its children.

import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually, within } from "./deadline.ts";

/** What to start. */
export interface EditorServerOptions {
  /** Full paths of the editor's server and of the Node that runs it. */
  readonly pieces: { readonly server: string; readonly node: string };
  /** An existing folder of our own for everything that the editor writes. */
  readonly dataFolder: string;
  /** User settings over the quiet ones below. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether every folder is trusted; default true. If not, nobody is asked: it stays restricted. */
  readonly trusted?: boolean;
  /** Where installed extensions live; default: an empty folder in the data folder. */
  readonly extensionsFolder?: string;
  /** For the editor and its extensions, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a page shows at first. All paths are full ones. */
export interface EditorPage {
  /** A folder, or a file that ends in `.code-workspace`. */
  readonly workspace: string;
  readonly openFile?: string;
  readonly extensionDevelopmentPath?: string;
  readonly extensionTestsPath?: string;
}

/** A running editor. */
export interface EditorServer {
  readonly process: ChildProcess;
  /** As it was given. */
  readonly dataFolder: string;
  /** The address of a page; one page is one extension host. */
  address(page: EditorPage): string;
  /** What the server printed so far. */
  output(): string;
  /** Ends the server and every process that it started. */
  stop(): Promise<void>;
}

/** Settings that keep an editor quiet: no news, no welcome, no chat, no saving behind one's back. */
const quietSettings: Readonly<Record<string, unknown>> = {
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "workbench.enableExperiments": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.editor.useModal": "off",
  "workbench.layoutControl.enabled": false,
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "window.commandCenter": false,
  "editor.minimap.enabled": false,
  "editor.hover.delay": 50,
  "files.autoSave": "off",
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
};

const startMs = 300_000;
const stopMs = 5_000;

/**
 * Starts the editor, which then answers on loopback to whoever knows its secret token.
 * @throws {Error} with its output, if it does not listen
 */
export async function startEditorServer(options: EditorServerOptions): Promise<EditorServer> {
  const { dataFolder, pieces, trusted = true } = options;
  const userFolder = join(dataFolder, "data/User");
  await mkdir(userFolder, { recursive: true });
  const settings = JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2);
  await writeFile(join(userFolder, "settings.json"), settings);
  const token = randomBytes(16).toString("hex");
  const tokenFile = join(dataFolder, "token");
  await writeFile(tokenFile, token, { mode: 0o600 });
  const args = [
    ...[pieces.server, "--host", "127.0.0.1", "--port", "0", "--connection-token-file", tokenFile],
    ...["--accept-server-license-terms", "--disable-telemetry", "--disable-update-check"],
    ...["--enable-smoke-test-driver", "--server-data-dir", dataFolder],
    ...["--user-data-dir", join(dataFolder, "data")],
    ...["--extensions-dir", options.extensionsFolder ?? join(dataFolder, "extensions")],
    ...(trusted ? ["--disable-workspace-trust"] : []),
  ];
  // A group of its own, so that extension hosts and language servers end with it in any case.
  const child = spawn(pieces.node, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    detached: true,
  });
  let output = "";
  const port = new Promise<number>((resolve) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /agent listening on (\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
  });
  const exited = once(child, "exit");
  const failed = exited.then((): never => {
    throw new Error(`The editor ended at once: ${output}`);
  });
  failed.catch(() => undefined);
  try {
    const host = `localhost:${await within(startMs, "The editor's start", Promise.race([port, failed]))}`;
    return {
      process: child,
      dataFolder,
      address: (page) => address(host, token, page),
      output: () => output,
      stop: () => stop(child, exited),
    };
  } catch (error) {
    await stop(child, exited);
    throw error;
  }
}

function address(host: string, token: string, page: EditorPage): string {
  const remote = (path: string): string => `vscode-remote://${host}${path}`;
  const payload: [string, string][] = [
    ["skipWelcome", "true"],
    ["skipReleaseNotes", "true"],
  ];
  for (const name of ["extensionDevelopmentPath", "extensionTestsPath", "openFile"] as const) {
    const path = page[name];
    if (path !== undefined) payload.push([name, remote(path)]);
  }
  const url = new URL(`http://${host}/`);
  const kind = page.workspace.endsWith(".code-workspace") ? "workspace" : "folder";
  url.searchParams.set("tkn", token);
  url.searchParams.set(kind, page.workspace);
  url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  signalGroup(child, "SIGTERM");
  try {
    await within(stopMs, "The editor's end", exited);
  } catch {
    // It had its chance; the group is ended below.
  }
  // What the group writes until it is gone, the caller could not remove.
  const isGone = (): true | undefined => !signalGroup(child, "SIGKILL") || undefined;
  await eventually("The end of all that the editor started", isGone, stopMs).catch(() => undefined);
}

/** @returns whether anybody of the group is left */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    return false;
  }
}
