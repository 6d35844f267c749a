// URIs of files and of the workspace's folders: what lies in which, and what the settings leave out.

import { isExcluded, parseExclusion, type PathPattern } from "../paths/pathPattern.ts";
import type { Settings } from "../settings.ts";

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
