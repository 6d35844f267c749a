// The user's home folder, where there is one.

import { homedir } from "node:os";
import path from "node:path";

/**
 * The home folder, absolute. Without one it is a folder that does not exist: a relative path would name files of the
 * current folder, and its author must not choose credentials.
 */
export function homeFolder(variables: Readonly<Record<string, string | undefined>>): string {
  const named = variables["HOME"] ?? variables["USERPROFILE"] ?? "";
  if (path.isAbsolute(named)) return named;
  try {
    const own = homedir();
    return path.isAbsolute(own) ? own : noHome;
  } catch {
    return noHome;
  }
}

/** What stands in for a home that is not there. */
export const noHome = "/nonexistent";
