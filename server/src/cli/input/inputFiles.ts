// Which files a call is about: paths, folders, patterns and standard input become a list.

import { append } from "../../base/append.ts";
import path from "node:path";
import * as l10n from "@vscode/l10n";
import { isLeftOut, type Exclusions, type FoundFiles } from "../../node/files/findFiles.ts";
import { isWithin } from "../../node/files/insideFolder.ts";
import type { FileProblem } from "../../node/files/regularFile.ts";
import type { CommandFiles } from "../commandEnvironment.ts";

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

/** A file that was not read although it may be a manifest for another tool. */
export interface UnreadFile {
  readonly name: string;
  readonly kind: UnreadKind;
}

export type UnreadKind =
  | "template"
  | "invalid"
  | "binary"
  | "encoding"
  | "special"
  | "broken-link"
  | "too-large"
  | "excluded";

export interface InputFiles {
  readonly files: readonly InputFile[];
  readonly problems: readonly InputProblem[];
  readonly unread: readonly UnreadFile[];
}

/** Where files are looked for. */
interface Search {
  readonly access: CommandFiles;
  /** The current folder. */
  readonly folder: string;
  readonly exclude: readonly Exclusions[];
}

/** The name of standard input among paths. */
export const standardInput = "-";

/** @param operands as given; none means the current folder. */
export async function findInputFiles(
  operands: readonly string[],
  search: Search,
): Promise<InputFiles> {
  const found = new Map<string, InputFile>();
  const problems: InputProblem[] = [];
  const unread: UnreadFile[] = [];
  for (const operand of operands.length === 0 ? ["."] : operands) {
    const expanded = await expand(operand, search);
    append(problems, expanded.problems);
    append(unread, expanded.unread);
    for (const file of expanded.files) {
      // A link and what it points at are one file, which is changed once. One operand names no file twice.
      const key =
        file.path !== undefined && operands.length > 1
          ? await search.access.realPath(file.path)
          : (file.path ?? standardInput);
      if (file.named || !found.has(key)) found.set(key, file);
    }
  }
  return { files: [...found.values()], problems, unread };
}

const nothing: InputFiles = { files: [], problems: [], unread: [] };

async function expand(operand: string, search: Search): Promise<InputFiles> {
  const { access, folder, exclude } = search;
  if (operand === standardInput) {
    return { ...nothing, files: [{ name: standardInput, path: undefined, named: true }] };
  }
  const absolute = path.resolve(folder, operand);
  const name = (file: string): string => shownPath(file, folder, path.isAbsolute(operand));
  switch (await access.kindOf(absolute)) {
    case "file":
      return isLeftOut(absolute, exclude)
        ? { ...nothing, unread: [{ name: name(absolute), kind: "excluded" }] }
        : { ...nothing, files: [{ name: name(absolute), path: absolute, named: true }] };
    case "folder":
      return listed(await access.find(absolute, { exclude }), name);
    case "denied":
      return failed(operand, fileProblemMessage("denied"));
    case "missing":
      break;
  }
  if (!isPattern(operand)) return failed(operand, fileProblemMessage("missing"));
  const { base, pattern } = splitPattern(operand);
  if (/^!(?!\()/.test(pattern)) {
    return failed(
      operand,
      l10n.t("A pattern cannot start with “!”: use --exclude to leave files out."),
    );
  }
  // Counted from the folder that it names, whose .gitignore files are the ones that matter.
  const matched = await access.match(pattern, path.resolve(folder, base), { exclude });
  if (matched === undefined) return failed(operand, l10n.t("Invalid pattern."));
  if (matched.files.length > 0 || matched.unreadable.length > 0) return listed(matched, name);
  return failed(operand, l10n.t("No file matches this pattern."));
}

function listed({ files, unreadable }: FoundFiles, name: (file: string) => string): InputFiles {
  const isBrokenLink = ({ problem }: FoundFiles["unreadable"][number]): boolean =>
    problem === "missing" || problem === "too-many-links";
  return {
    files: files.map((file) => ({ name: name(file), path: file, named: false })),
    problems: unreadable
      .filter((one) => !isBrokenLink(one))
      .map(({ path: at, problem }) => ({ name: name(at), message: fileProblemMessage(problem) })),
    unread: unreadable
      .filter(isBrokenLink)
      .map(({ path: at }) => ({ name: name(at), kind: "broken-link" })),
  };
}

function failed(name: string, message: string): InputFiles {
  return { ...nothing, problems: [{ name, message }] };
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
  const isInside = relative !== "" && isWithin(folder, file);
  const shown = (!isInside && keepAbsolute) || path.isAbsolute(relative) ? file : relative;
  return (shown === "" ? "." : shown).split(path.sep).join("/");
}

/** The nearest folder, from the current one upwards, that holds all of the files. */
export function commonFolder(files: readonly string[], folder: string): string {
  let base = folder;
  while (path.dirname(base) !== base && !files.every((file) => isWithin(base, file))) {
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
      return l10n.t("No such file or folder.");
    case "denied":
      return l10n.t("Permission denied.");
    case "folder":
      return l10n.t("Is a folder, not a file.");
    case "not-a-file":
      return l10n.t("Not a regular file.");
    case "too-large":
      return l10n.t("Larger than 20 MB, not read.");
    case "binary":
      return l10n.t("Binary file, not read.");
    case "utf-16":
      return l10n.t("UTF-16 text, not read: save it as UTF-8.");
    case "not-utf-8":
      return l10n.t("Not UTF-8 text, not read.");
    case "name-not-utf-8":
      return l10n.t("Not read: its name is not UTF-8. Rename it.");
    case "too-many-links":
      return l10n.t("Broken symbolic link.");
    case "ignore-too-costly":
      return l10n.t("Not read: its ignore files (.gitignore) take too long to match.");
    case "failed":
      return l10n.t("Cannot be read.");
  }
}
