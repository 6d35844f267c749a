// How paths are written on a system: which rules join them, and which of them name one place.

import path from "node:path";

/** The rules of a system, which is not this one in tests. */
export function pathsOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}

/**
 * Whether a path names one place, whatever the current folder is. On Windows `\tools` does not: it lies on the current
 * drive, and everybody may make folders at the top of a drive.
 */
export function namesOnePlace(file: string, platform: NodeJS.Platform): boolean {
  return platform === "win32"
    ? /^(?:[a-z]:[\\/]|[\\/]{2}[^\\/])/i.test(file)
    : path.posix.isAbsolute(file);
}
