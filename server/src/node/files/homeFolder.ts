// The user's home folder, where there is one.

import { homedir } from "node:os";
import { namesOnePlace } from "./systemPaths.ts";

/**
 * The home folder, absolute. On Windows it is the user's profile, as docker and podman take it; HOME is what a shell of
 * Unix sets there. Without one it is a folder that does not exist: a relative path would name files of the
 * current folder, and its author must not choose credentials.
 */
export function homeFolder(
  variables: Readonly<Record<string, string | undefined>>,
  platform = process.platform,
): string {
  const named = (platform === "win32" ? variables["USERPROFILE"] : undefined) ?? variables["HOME"];
  if (named !== undefined && namesOnePlace(named, platform)) return named;
  try {
    const own = homedir();
    return namesOnePlace(own, platform) ? own : noHome;
  } catch {
    return noHome;
  }
}

/** What stands in for a home that is not there. */
export const noHome = "/nonexistent";
