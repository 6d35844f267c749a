// Where a program may be: in the folders of the PATH, as the system reads it.

import { namesOnePlace, pathsOf } from "../files/systemPaths.ts";

/** Where a program may be, in the order of the PATH. Empty and relative entries are passed over. */
export function programPlaces(
  name: string,
  {
    variables,
    platform,
  }: {
    readonly variables: Readonly<Record<string, string | undefined>>;
    readonly platform: NodeJS.Platform;
  },
): readonly string[] {
  const windows = platform === "win32";
  const value = variables["PATH"] ?? variables["Path"] ?? "";
  return value
    .split(windows ? ";" : ":")
    .map((folder) => (windows ? folder.replace(/^"(.*)"$/, "$1") : folder))
    .filter((folder) => namesOnePlace(folder, platform))
    .map((folder) => pathsOf(platform).join(folder, windows ? `${name}.exe` : name));
}
