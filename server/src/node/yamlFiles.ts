// Finds and reads the YAML files of folders: what git ignores is left out.

import fs from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { homeFolder, noHome } from "./homeFolder.ts";

/** YAML files larger than this are no manifests: generated bundles, data. In bytes. */
const maxFileBytes = 20_000_000;

export type FileProblem =
  | "missing"
  | "denied"
  | "folder"
  | "not-a-file"
  | "too-large"
  | "binary"
  | "utf-16"
  | "not-utf-8"
  | "failed";

/** A file's text, letter for letter: a byte order mark and line ends are kept. */
export type FileText =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "problem";
      readonly problem: FileProblem;
      /** What stands there as far as it can be told: to look for words in it, not to be read as a manifest. */
      readonly text?: string;
    };

export interface FoundFiles {
  /** Absolute paths in a fixed order. */
  readonly files: readonly string[];
  /** Folders that could not be looked into. */
  readonly unreadable: readonly { readonly path: string; readonly problem: FileProblem }[];
}

/**
 * The YAML files under a folder, as absolute paths in a fixed order. Hidden folders, `node_modules`
 * and what `.gitignore` files name are left out; what cannot be read is passed over.
 */
export async function findYamlFiles(folder: string): Promise<readonly string[]> {
  return (await findManifests(folder)).files;
}

/** The same, with the folders that could not be looked into. */
export function findManifests(folder: string): Promise<FoundFiles> {
  return matchFiles("**/*.{yaml,yml}", folder);
}

/** The files that a pattern names, counted from a folder; the same files are left out. */
export async function matchFiles(pattern: string, folder: string): Promise<FoundFiles> {
  // Loaded late: a call that names its files needs none of it.
  const { globby } = await import("globby");
  const unreadable = new Map<string, FileProblem>();
  const found = await globby([pattern.split(path.sep).join("/")], {
    cwd: folder,
    fs: watchedFileSystem((at, problem) => unreadable.set(at, problem)),
    gitignore: true,
    // Without a home it would be looked for in the current folder, whoever that belongs to.
    globalGitignore: homeFolder(process.env) !== noHome,
    ignore: ["**/node_modules/**"],
    absolute: true,
    expandDirectories: false,
    suppressErrors: true,
    followSymbolicLinks: false,
  });
  return {
    files: found.map((file) => path.normalize(file)).sort(),
    unreadable: [...unreadable].map(([at, problem]) => ({ path: path.normalize(at), problem })),
  };
}

type ListCall<Entry> = (error: NodeJS.ErrnoException | null, entries: Entry[]) => void;

/** The file system, telling of folders that cannot be read: the search itself passes over them. */
function watchedFileSystem(report: (folder: string, problem: FileProblem) => void) {
  const watched =
    <Entry>(folder: string, call: ListCall<Entry>): ListCall<Entry> =>
    (error, entries) => {
      // A folder that is gone by now is none.
      if (error !== null && error.code !== "ENOENT") report(folder, problemOf(error));
      call(error, entries);
    };
  function readdir(
    folder: string,
    options: { withFileTypes: true },
    call: ListCall<fs.Dirent>,
  ): void;
  function readdir(folder: string, call: ListCall<string>): void;
  function readdir(
    folder: string,
    options: { withFileTypes: true } | ListCall<string>,
    call?: ListCall<fs.Dirent>,
  ): void {
    if (typeof options === "function") fs.readdir(folder, watched(folder, options));
    else if (call !== undefined) fs.readdir(folder, options, watched(folder, call));
  }
  return { ...fs, readdir };
}

/** What stands at a path, links followed. */
export async function kindOfPath(at: string): Promise<"file" | "folder" | "missing" | "denied"> {
  try {
    return (await stat(at)).isDirectory() ? "folder" : "file";
  } catch (error) {
    return problemOf(error) === "denied" ? "denied" : "missing";
  }
}

/** A file's text, or why it is no text that could be a manifest. */
export async function readManifest(file: string): Promise<FileText> {
  try {
    // Asked first, since even opening a pipe may wait for ever.
    const status = await stat(file);
    if (status.isDirectory()) return { kind: "problem", problem: "folder" };
    if (!status.isFile()) return { kind: "problem", problem: "not-a-file" };
    if (status.size > maxFileBytes) return { kind: "problem", problem: "too-large" };
    return decode(await readFile(file));
  } catch (error) {
    return { kind: "problem", problem: problemOf(error) };
  }
}

/** The bytes as text; nothing is replaced, so that the text gives the same bytes again. */
export function decode(bytes: Uint8Array): FileText {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) {
    return { kind: "problem", problem: "utf-16", text: new TextDecoder(wide).decode(bytes) };
  }
  if (bytes.includes(0)) return { kind: "problem", problem: "binary" };
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { kind: "text", text: decoder.decode(bytes) };
  } catch {
    const text = new TextDecoder("latin1").decode(bytes);
    return { kind: "problem", problem: "not-utf-8", text };
  }
}

/** The encoding that a byte order mark of two bytes names, as PowerShell writes it. */
function wideEncoding([first, second]: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** What an error of the file system means. */
export function problemOf(error: unknown): FileProblem {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "missing";
  if (code === "EISDIR") return "folder";
  return code === "EACCES" || code === "EPERM" ? "denied" : "failed";
}

/** A file's text; undefined if it cannot be read, is too large, or holds bytes that no text has. */
export async function readTextFile(file: string): Promise<string | undefined> {
  const read = await readManifest(file);
  return read.kind === "text" ? read.text : undefined;
}
