// Finds and reads the YAML files of folders: what git ignores is left out.

import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { globby } from "globby";

/** YAML files larger than this are no manifests: generated bundles, data. In bytes. */
export const maxFileBytes = 20_000_000;

/**
 * The YAML files under a folder, as absolute paths in a fixed order. Hidden folders, `node_modules`
 * and what `.gitignore` files name are left out; what cannot be read is passed over.
 */
export async function findYamlFiles(folder: string): Promise<string[]> {
  const found = await globby(["**/*.{yaml,yml}"], {
    cwd: folder,
    gitignore: true,
    ignore: ["**/node_modules/**"],
    absolute: true,
    suppressErrors: true,
    followSymbolicLinks: false,
  });
  return found.map((file) => path.normalize(file)).sort();
}

/** A file's text; undefined if it cannot be read, is too large, or holds bytes that no text has. */
export async function readTextFile(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) return undefined;
    const text = await readFile(file, "utf8");
    return text.includes("\u0000") ? undefined : text;
  } catch {
    return undefined;
  }
}
