// URIs of files and of the workspace's folders: what lies in which, and what the settings leave out.

import type { InitializeParams } from "vscode-languageserver";
import { URI } from "vscode-uri";
import { withoutEnd } from "../image/trim.ts";
import { isExcluded, parseExclusion, type PathPattern } from "../paths/pathPattern.ts";
import type { Settings } from "../settings.ts";
import { canonicalUri } from "./state/openAnalyses.ts";

/**
 * The names of a file below a folder, decoded; undefined if it does not lie in it.
 * @param folder a canonical URI without a slash at its end @param uri a canonical URI
 */
function namesInFolder(folder: string, uri: string): readonly string[] | undefined {
  if (!isInFolder(folder, uri)) return undefined;
  return uri
    .slice(folder.length + 1)
    .split("/")
    .map(decoded);
}

/** Whether a file lies in a folder, at any depth. Both as canonical URIs. */
export function isInFolder(folder: string, uri: string): boolean {
  return uri.startsWith(`${folder}/`);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Tells which files the setting `exclude` leaves out. Patterns are read once for each value of the setting. */
export function createExclusion(options: {
  readonly settings: (uri: string) => Settings;
  readonly folders: () => readonly string[];
}): (uri: string) => boolean {
  const parsed = new WeakMap<readonly string[], readonly PathPattern[]>();
  const patternsOf = (exclude: readonly string[]): readonly PathPattern[] => {
    const known = parsed.get(exclude) ?? exclude.flatMap((text) => parseExclusion(text) ?? []);
    parsed.set(exclude, known);
    return known;
  };
  return (uri) => {
    const { exclude } = options.settings(uri);
    if (exclude.length === 0) return false;
    return options.folders().some((folder) => {
      const names = namesInFolder(folder, uri);
      return names !== undefined && isExcluded(patternsOf(exclude), names, { spent: 0 });
    });
  };
}

/** The workspace's folders as a client names them at its start. */
export function folderUris(params: InitializeParams): string[] {
  const { workspaceFolders } = params;
  if (Array.isArray(workspaceFolders)) return workspaceFolders.map(({ uri }) => folderUri(uri));
  // Older clients know one folder and no list.
  const { rootUri } = params as { readonly rootUri?: string | null };
  return typeof rootUri === "string" ? [folderUri(rootUri)] : [];
}

/** A folder's URI as those of its files begin: clients escape it in their own ways and may end it with a slash. */
export function folderUri(uri: string): string {
  return withoutEnd(canonicalUri(uri), "/");
}

/** The paths of the folders that lie on this machine. */
export function folderPaths(uris: readonly string[]): string[] {
  return uris.filter((uri) => uri.startsWith("file:")).map((uri) => URI.parse(uri).fsPath);
}
