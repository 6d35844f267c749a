// Where the project is on disk, whether the code runs from out/ or from a bundle.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder that holds package.json and dist/; a path inside it if `parts` are given. */
export function projectPath(...parts: readonly string[]): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package-lock.json"))) {
    if (dirname(folder) === folder) throw new Error(`No project above ${import.meta.dirname}.`);
    folder = dirname(folder);
  }
  return join(folder, ...parts);
}
