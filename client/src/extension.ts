// The extension's entry: makes the parts, starts the server, and takes all of it down again.

import type * as vscode from "vscode";
import { registerCommands } from "./commands.ts";
import { keepContextKeys } from "./contextKeys.ts";
import { createImagesView } from "./imagesView.ts";
import { registerImageTool } from "./imageTool.ts";
import { createServerClient } from "./serverClient.ts";
import { createStatusItem } from "./statusItem.ts";
import { createWorkspaceProblems } from "./workspaceProblems.ts";

/** What the extension's own tests may look at. */
export interface ExtensionApi {
  /** Resolves when the server has answered its first request. */
  readonly ready: Promise<void>;
}

/** VS Code hands nothing over when it ends the extension, so what it must wait for is kept here. */
const endings: (() => Promise<void>)[] = [];

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const server = createServerClient(context);
  const images = createImagesView(server);
  const problems = createWorkspaceProblems(server);
  context.subscriptions.push(
    server,
    images,
    problems,
    keepContextKeys(server),
    createStatusItem(server),
    registerImageTool(server),
  );
  for (const command of registerCommands(server, { images, problems })) {
    context.subscriptions.push(command);
  }
  endings.push(() => server.stop());
  // Nothing waits for the server: the editor stays quick while it starts.
  return { ready: server.start() };
}

/** Called by VS Code: the server ends with its answers written. */
export async function deactivate(): Promise<void> {
  await Promise.all(endings.splice(0).map((end) => end()));
}
