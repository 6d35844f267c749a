// Which ignore files of git apply to a folder: those of its repository, of the repository's owner, and the user's own.

import { lstat } from "node:fs/promises";
import path from "node:path";
import { parseIgnoreFile, type IgnoreFile } from "../../paths/ignoreRules.ts";
import { homeFolder, noHome } from "./homeFolder.ts";
import { readRegularFile, type FileProblem } from "./regularFile.ts";

/** A hundred times what long ignore files have. In bytes. */
const maxIgnoreBytes = 1_000_000;

/** An ignore file as it was found; a problem if it is there and cannot be read. */
export type FoundRules =
  | { readonly kind: "rules"; readonly file: IgnoreFile }
  | { readonly kind: "none" }
  | { readonly kind: "problem"; readonly path: string; readonly problem: FileProblem };

/** Reads the `.gitignore` of a folder. As git does, it follows no link. @param depth see {@link IgnoreFile} */
export async function folderRules(folder: string, depth: number): Promise<FoundRules> {
  const file = path.join(folder, ".gitignore");
  try {
    if ((await lstat(file)).isSymbolicLink()) return { kind: "none" };
  } catch {
    return { kind: "none" };
  }
  return readRules(file, depth);
}

async function readRules(file: string, depth: number): Promise<FoundRules> {
  const read = await readRegularFile(file, maxIgnoreBytes);
  if (read.kind === "bytes") {
    return { kind: "rules", file: parseIgnoreFile(read.bytes.toString("utf8"), depth) };
  }
  const isNone = read.problem === "missing" || read.problem === "folder";
  return isNone ? { kind: "none" } : { kind: "problem", path: file, problem: read.problem };
}

/** The root of the repository that a folder is in: the nearest one upwards that holds `.git`. */
export async function repositoryRoot(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (await holdsRepository(at)) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/** Whether a folder is the root of a repository. */
export async function holdsRepository(folder: string): Promise<boolean> {
  return lstat(path.join(folder, ".git")).then(
    () => true,
    () => false,
  );
}

/** The rules that stand in no folder of the repository, the weakest first: the user's own and `.git/info/exclude`. */
export async function repositoryRules(
  root: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<readonly FoundRules[]> {
  const own = await userIgnoreFile(root, variables);
  return Promise.all([
    own === undefined ? ({ kind: "none" } as const) : readRules(own, 0),
    readRules(path.join(root, ".git", "info", "exclude"), 0),
  ]);
}

/** `core.excludesFile` of the user's configuration, and where git looks without it. */
async function userIgnoreFile(
  root: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const home = homeFolder(variables);
  // Without a home it would be looked for in the current folder, which may belong to somebody else.
  if (home === noHome) return undefined;
  const given = variables["XDG_CONFIG_HOME"] ?? "";
  const config = path.join(path.isAbsolute(given) ? given : path.join(home, ".config"), "git");
  const named = variables["GIT_CONFIG_GLOBAL"];
  const configs =
    named === undefined ? [path.join(config, "config"), path.join(home, ".gitconfig")] : [named];
  let found = path.join(config, "ignore");
  for (const file of configs) {
    const read = await readRegularFile(path.resolve(root, file), maxIgnoreBytes);
    const value = read.kind === "bytes" ? excludesFile(read.bytes.toString("utf8")) : undefined;
    if (value === undefined) continue;
    found = value.startsWith("~/") ? path.join(home, value.slice(2)) : path.resolve(root, value);
  }
  return found;
}

/** The last `excludesFile` of the section `core` (git-config(1)). */
function excludesFile(text: string): string | undefined {
  let inCore = false;
  let found: string | undefined;
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed.startsWith("[")) inCore = trimmed.toLowerCase().startsWith("[core]");
    const at = trimmed.indexOf("=");
    if (!inCore || at < 0 || trimmed.slice(0, at).trim().toLowerCase() !== "excludesfile") continue;
    const value = trimmed.slice(at + 1).trim();
    found = value.startsWith('"')
      ? value.slice(1).split('"', 1)[0]
      : value.split(/[#;]/, 1)[0]?.trim();
  }
  return found;
}
