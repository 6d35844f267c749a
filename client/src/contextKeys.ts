// What menus and views depend on: whether there are images at all, in which files, and what can be done with them. A
// menu is drawn before the extension hears where the mouse is, so it goes by the file and not by the line.

import * as vscode from "vscode";
import type { FileStatus } from "../../server/src/protocol.ts";
import type { ServerClient } from "./serverClient.ts";

export function keepContextKeys(server: ServerClient): vscode.Disposable {
  // Open files without a pin: the first one that gets one was pinned here, by whatever means.
  let unpinned = new Set<string>();
  return server.onDidChangeStatus(({ hasImages, files }) => {
    const set = (name: string, value: unknown): void =>
      void vscode.commands.executeCommand("setContext", `knativeDigest.${name}`, value);
    const setFiles = (name: string, fits: (file: FileStatus) => boolean): void => {
      set(name, [...new Set(files.filter(fits).flatMap(({ uri }) => pathsOf(uri)))]);
    };
    set("hasImages", hasImages);
    if (files.length > 0) set("hasSeen", true);
    if (files.some(({ uri, canUnpin }) => canUnpin && unpinned.has(uri))) set("hasPinned", true);
    unpinned = new Set(files.filter(({ canUnpin }) => !canUnpin).map(({ uri }) => uri));
    setFiles("imageFiles", () => true);
    setFiles("filesToPin", ({ canPin }) => canPin);
    setFiles("filesToUpdate", ({ canUpdate }) => canUpdate);
    setFiles("filesToUnpin", ({ canUnpin }) => canUnpin);
    setFiles("filesWithDigests", ({ hasDigest }) => hasDigest);
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
