// The extension's entry: makes the parts, starts the server, and takes all of it down again.

import * as vscode from "vscode";
import { registerCommands } from "./commands.ts";
import { createImagesView } from "./imagesView.ts";
import { createServerClient } from "./serverClient.ts";
import { createStatusItem } from "./statusItem.ts";

/** What the extension's own tests may look at. */
export interface ExtensionApi {
  /** Resolves when the server has answered its first request. */
  readonly ready: Promise<void>;
}

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const server = createServerClient(context);
  const images = createImagesView(server);
  context.subscriptions.push(
    server,
    images,
    createStatusItem(server),
    ...registerCommands(server, images),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.grantTrust()),
  );
  // Nothing waits for the server: the editor stays quick while it starts.
  return { ready: server.start() };
}
