// Which files a call is about: paths, folders, patterns and standard input become a list.

import path from "node:path";
import * as l10n from "@vscode/l10n";
import type { FileProblem, FoundFiles } from "../node/yamlFiles.ts";
import type { CommandFiles } from "./commandEnvironment.ts";

export interface InputFile {
  /** As it is printed: from the current folder, where the file is inside it. */
  readonly name: string;
  /** Absolute; undefined for standard input. */
  readonly path: string | undefined;
  /** Whether the user named this very file: then it is read whatever it looks like. */
  readonly named: boolean;
}

/** Something that could not be read, in one sentence. */
export interface InputProblem {
  readonly name: string;
  readonly message: string;
  /** Counted from 1, where the problem has a place in the file. */
  readonly line?: number;
}

export interface InputFiles {
  readonly files: readonly InputFile[];
  readonly problems: readonly InputProblem[];
}

/** The name of standard input among paths. */
export const standardInput = "-";

/** @param operands as given; none means the current folder. */
export async function findInputFiles(
  operands: readonly string[],
  files: CommandFiles,
  folder: string,
): Promise<InputFiles> {
  const found = new Map<string, InputFile>();
  const problems: InputProblem[] = [];
  for (const operand of operands.length === 0 ? ["."] : operands) {
    const expanded = await expand(operand, files, folder);
    problems.push(...expanded.problems);
    for (const file of expanded.files) {
      // A link and what it points at are one file, which is changed once. One operand names no file twice.
      const key =
        file.path !== undefined && operands.length > 1
          ? await files.realPath(file.path)
          : (file.path ?? standardInput);
      if (file.named || !found.has(key)) found.set(key, file);
    }
  }
  return { files: [...found.values()], problems };
}

async function expand(operand: string, files: CommandFiles, folder: string): Promise<InputFiles> {
  if (operand === standardInput) {
    return { files: [{ name: standardInput, path: undefined, named: true }], problems: [] };
  }
  const absolute = path.resolve(folder, operand);
  const name = (file: string): string => shownPath(file, folder, path.isAbsolute(operand));
  switch (await files.kindOf(absolute)) {
    case "file":
      return { files: [{ name: name(absolute), path: absolute, named: true }], problems: [] };
    case "folder":
      return listed(await files.find(absolute), name);
    case "denied":
      return failed(operand, fileProblemMessage("denied"));
    case "missing":
      break;
  }
  if (!isPattern(operand)) return failed(operand, fileProblemMessage("missing"));
  const { base, pattern } = splitPattern(operand);
  if (/^!(?!\()/.test(pattern)) {
    return failed(operand, l10n.t("A pattern names files to read: it cannot leave any out."));
  }
  // Counted from the folder that it names, whose .gitignore files are the ones that matter.
  const matched = await files.match(pattern, path.resolve(folder, base));
  if (matched.files.length > 0 || matched.unreadable.length > 0) return listed(matched, name);
  return failed(operand, l10n.t("No file matches this pattern."));
}

function listed({ files, unreadable }: FoundFiles, name: (file: string) => string): InputFiles {
  return {
    files: files.map((file) => ({ name: name(file), path: file, named: false })),
    problems: unreadable.map((one) => ({
      name: name(one.path),
      message: fileProblemMessage(one.problem),
    })),
  };
}

function failed(name: string, message: string): InputFiles {
  return { files: [], problems: [{ name, message }] };
}

const patternMark = /[*?[\]{}!]/;

function isPattern(operand: string): boolean {
  return patternMark.test(operand);
}

/** The folder that stands before everything that varies, and the pattern from there. */
function splitPattern(operand: string): { readonly base: string; readonly pattern: string } {
  const segments = operand.split(path.sep === "\\" ? /[/\\]/ : "/");
  const first = segments.findIndex((segment) => patternMark.test(segment) || segment.includes("("));
  const base = segments.slice(0, first).join("/");
  const isRoot = base === "" && operand.startsWith("/");
  return { base: isRoot ? "/" : base, pattern: segments.slice(first).join("/") };
}

/** Relative where the file is inside the folder; else as the user named it, relative or absolute. */
export function shownPath(file: string, folder: string, keepAbsolute: boolean): string {
  const relative = path.relative(folder, file);
  const isInside = relative !== "" && !/^\.\.([/\\]|$)/.test(relative);
  const shown = (!isInside && keepAbsolute) || path.isAbsolute(relative) ? file : relative;
  return (shown === "" ? "." : shown).split(path.sep).join("/");
}

/** The nearest folder, from the current one upwards, that holds all of the files. */
export function commonFolder(files: readonly string[], folder: string): string {
  const isInside = (file: string, base: string): boolean =>
    !/^\.\.([/\\]|$)/.test(path.relative(base, file));
  let base = folder;
  while (path.dirname(base) !== base && !files.every((file) => isInside(file, base))) {
    base = path.dirname(base);
  }
  return base;
}

/**
 * A printed path as a pipeline knows it: from the root of what was checked out, where the environment names that.
 * @param folder the current folder, from which the path counts
 */
export function repositoryPath(
  shown: string,
  folder: string,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const root = variables["GITHUB_WORKSPACE"] ?? "";
  if (shown === standardInput || root === "") return shown;
  return shownPath(path.resolve(folder, shown), root, true);
}

/** One sentence: why a file or a folder was not read. */
export function fileProblemMessage(problem: FileProblem): string {
  switch (problem) {
    case "missing":
      return l10n.t("There is no such file or folder.");
    case "denied":
      return l10n.t("It may not be read: permission denied.");
    case "folder":
      return l10n.t("It is a folder.");
    case "not-a-file":
      return l10n.t("It is no regular file.");
    case "too-large":
      return l10n.t("It is larger than 20 MB, so it is no manifest.");
    case "binary":
      return l10n.t("It holds binary data, so it is no manifest.");
    case "utf-16":
      return l10n.t("It is UTF-16 text. Fix: save it as UTF-8.");
    case "not-utf-8":
      return l10n.t("It is not UTF-8 text.");
    case "failed":
      return l10n.t("It cannot be read.");
  }
}
