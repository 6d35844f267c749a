// What menus and views depend on: whether there are images at all, and in which files.

import * as vscode from "vscode";
import type { ServerClient } from "./serverClient.ts";

export function keepContextKeys(server: ServerClient): vscode.Disposable {
  return server.onDidChangeStatus(({ hasImages, imageFiles }) => {
    const set = (name: string, value: unknown): void =>
      void vscode.commands.executeCommand("setContext", `knativeDigest.${name}`, value);
    set("hasImages", hasImages);
    set("imageFiles", [...new Set(imageFiles.flatMap(pathsOf))]);
  });
}

/**
 * What `resourcePath` may be for a file. A window onto another machine has other URIs than its extensions, but the
 * same paths; on this machine they are those of the file system.
 */
function pathsOf(uri: string): string[] {
  const { fsPath, path } = vscode.Uri.parse(uri);
  return [path, fsPath];
}
