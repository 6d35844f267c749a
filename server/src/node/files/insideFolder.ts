// What lies inside a folder: the one place where paths are compared.

import { realpath } from "node:fs/promises";
import path from "node:path";

/** How paths are written and compared on a system. */
export interface PathSystem {
  readonly paths: Pick<path.PlatformPath, "relative" | "isAbsolute" | "sep" | "resolve">;
  /** Whether names that differ in case alone are one. */
  readonly ignoresCase: boolean;
}

/** This machine. Windows and macOS ignore the case of names unless the caller says otherwise. */
const thisSystem: PathSystem = {
  paths: path,
  ignoresCase: process.platform === "win32" || process.platform === "darwin",
};

/**
 * The names of a path below a folder: none for the folder itself, undefined for what does not lie inside it. Both are
 * taken as they are written; links are not followed.
 */
export function namesBelow(
  folder: string,
  at: string,
  { paths, ignoresCase }: PathSystem = thisSystem,
): readonly string[] | undefined {
  const [from, to] = [paths.resolve(folder), paths.resolve(at)];
  const relative = ignoresCase
    ? paths.relative(from.toLowerCase(), to.toLowerCase())
    : paths.relative(from, to);
  // Another drive of Windows has no relative path.
  if (paths.isAbsolute(relative)) return undefined;
  const names = relative === "" ? [] : relative.split(paths.sep);
  if (names[0] === "..") return undefined;
  if (!ignoresCase) return names;
  return names.length === 0 ? [] : to.split(paths.sep).slice(-names.length);
}

/** Whether a path is one of the folders or lies in it, as both are written. */
export function isWithin(folder: string, at: string, system?: PathSystem): boolean {
  return namesBelow(folder, at, system) !== undefined;
}

/** The same once all links are followed. */
export async function isReallyWithin(folders: readonly string[], at: string): Promise<boolean> {
  if (folders.length === 0) return false;
  const target = await realPath(at);
  for (const folder of folders) if (isWithin(await realPath(folder), target)) return true;
  return false;
}

/** The path with all links followed; of what does not exist, the real path of the nearest folder that does. */
async function realPath(at: string): Promise<string> {
  try {
    // Not resolved before: what `..` means behind a link only the file system knows.
    return await realpath(at);
  } catch {
    const absolute = path.resolve(at);
    const parent = path.dirname(absolute);
    if (parent === absolute) return absolute;
    return path.join(await realPath(parent), path.basename(absolute));
  }
}
