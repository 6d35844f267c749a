// Finds the files of a folder as git and kubectl see them: what git ignores is left out, and nothing is passed over silently.

import type { Dirent } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { isKustomizationName } from "../../paths/fileNames.ts";
import { isIgnored, type IgnoreFile } from "../../paths/ignoreRules.ts";
import {
  isExcluded,
  matchesPattern,
  mayMatchIn,
  type PathPattern,
} from "../../paths/pathPattern.ts";
import type { Effort } from "../../paths/wildcards.ts";
import { namesBelow } from "./insideFolder.ts";
import {
  folderRules,
  holdsRepository,
  repositoryRoot,
  repositoryRules,
  type FoundRules,
} from "./gitRules.ts";
import { problemOf, type FileProblem } from "./regularFile.ts";

/** What is left out, with the folder that the patterns count from. */
export interface Exclusions {
  readonly folder: string;
  readonly patterns: readonly PathPattern[];
}

export interface FindOptions {
  /** Counted from the folder; without one, files that kubectl and kustomize would read (`*.yaml`, `*.yml`, `*.json`, `Kustomization`), and `*.tpl` of charts. */
  readonly pattern?: PathPattern;
  readonly exclude?: readonly Exclusions[];
  /** For the user's configuration of git. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

export interface FoundFiles {
  /** Absolute paths in a fixed order. A link is listed only if its file is not found by itself. */
  readonly files: readonly string[];
  /** What could not be looked into. */
  readonly unreadable: readonly UnreadablePath[];
}

export interface UnreadablePath {
  readonly path: string;
  readonly problem: FileProblem;
}

/** About a second of matching: a hundred times what a large repository with long ignore files costs. */
const maxEffort = 300_000_000;
/** After this long without a pause others go first. In milliseconds. */
const sliceMs = 10;

/**
 * Finds files below a folder. Hidden folders and `node_modules` are not looked into; links to folders are not followed,
 * links to files are. Never rejects.
 */
export async function findFiles(folder: string, options: FindOptions = {}): Promise<FoundFiles> {
  const walk = newWalk(folder, options);
  const start = await startOf(folder, walk);
  if (start !== undefined) await visit(folder, start, walk);
  const found = new Set(walk.files);
  for (const link of walk.links.sort()) {
    const target = await realpath(link).catch(() => link);
    if (!found.has(target)) walk.files.push(link);
    found.add(target);
  }
  return { files: walk.files.sort(), unreadable: walk.unreadable };
}

/**
 * Whether a file is one that {@link findFiles} finds below a folder: none that git ignores, none in a hidden folder.
 * Never rejects.
 */
export async function isFindable(
  folder: string,
  file: string,
  options: FindOptions = {},
): Promise<boolean> {
  const walk = newWalk(folder, options);
  const names = namesBelow(folder, file) ?? [];
  let position = names.length === 0 ? undefined : await startOf(folder, walk);
  for (const [depth, name] of names.entries()) {
    if (position === undefined) return false;
    position = await step(name, {
      position,
      walk,
      folder: path.join(folder, ...names.slice(0, depth)),
    });
  }
  return position !== undefined;
}

/** The position at an entry of a folder; undefined if the entry is left out or is not there. */
async function step(
  name: string,
  at: { readonly position: Position; readonly walk: Walk; readonly folder: string },
): Promise<Position | undefined> {
  const { folder, walk } = at;
  const entries = await list(folder, walk);
  const entry = entries.find((each) => each.name === name);
  const here = await rulesOf(folder, entries, at);
  if (entry === undefined || here === undefined) return undefined;
  const [names, below] = [
    [...here.names, name],
    [...here.below, name],
  ];
  if (!isWanted(entry, { ...here, below }, walk)) return undefined;
  const isFolder = entry.isDirectory();
  if (isIgnored(here.rules, names, { isFolder, effort: walk.effort })) return undefined;
  if (!(await hasReadableName(path.join(folder, name), name, walk))) return undefined;
  const isChart = entries.some((each) => each.name === "Chart.yaml");
  const isTemplates = here.isTemplates || (isChart && name === "templates");
  return { names, below, rules: here.rules, isTemplates };
}

function newWalk(folder: string, options: FindOptions): Walk {
  return {
    ...{ folder, options, files: [], links: [], unreadable: [] },
    effort: { spent: 0 },
    sliceStart: performance.now(),
  };
}

interface Walk {
  readonly folder: string;
  readonly options: FindOptions;
  readonly files: string[];
  readonly links: string[];
  readonly unreadable: UnreadablePath[];
  readonly effort: Effort;
  sliceStart: number;
}

/** Where the walk is. */
interface Position {
  /** The names of the folder below the repository's root, or below where the walk began. */
  readonly names: readonly string[];
  /** The names of the folder below where the walk began. */
  readonly below: readonly string[];
  readonly rules: readonly IgnoreFile[];
  /** Whether this is the folder of a Helm chart's templates, or below it: there `*.tpl` counts, too. */
  readonly isTemplates: boolean;
}

/** Reads the rules above the folder; undefined if they leave the folder itself out. */
async function startOf(folder: string, walk: Walk): Promise<Position | undefined> {
  const root = await repositoryRoot(folder);
  if (root === undefined) return { names: [], below: [], rules: [], isTemplates: false };
  const variables = walk.options.variables ?? process.env;
  const rules: IgnoreFile[] = [];
  for (const found of await repositoryRules(root, variables)) {
    if (!take(found, rules, walk)) return undefined;
  }
  const names = namesBelow(root, folder) ?? [];
  for (let depth = 0; depth < names.length; depth++) {
    const at = path.join(root, ...names.slice(0, depth));
    if (!take(await folderRules(at, depth), rules, walk)) return undefined;
    const next = names.slice(0, depth + 1);
    if (isIgnored(rules, next, { isFolder: true, effort: walk.effort })) return undefined;
  }
  return { names, below: [], rules, isTemplates: false };
}

/** @returns false if the rules cannot be read: then it is not known what they leave out */
function take(found: FoundRules, rules: IgnoreFile[], { unreadable }: Walk): boolean {
  if (found.kind === "rules") rules.push(found.file);
  if (found.kind === "problem") unreadable.push({ path: found.path, problem: found.problem });
  return found.kind !== "problem";
}

async function visit(folder: string, position: Position, walk: Walk): Promise<void> {
  const entries = await list(folder, walk);
  const here = await rulesOf(folder, entries, { position, walk });
  if (here === undefined) return;
  const isChart = entries.some(({ name }) => name === "Chart.yaml");
  for (const entry of entries) {
    if (walk.effort.spent > maxEffort) {
      walk.unreadable.push({ path: folder, problem: "ignore-too-costly" });
      return;
    }
    if (performance.now() - walk.sliceStart > sliceMs) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      walk.sliceStart = performance.now();
    }
    const at = path.join(folder, entry.name);
    const below = [...here.below, entry.name];
    if (!isWanted(entry, { ...here, below }, walk)) continue;
    const names = [...here.names, entry.name];
    const isFolder = entry.isDirectory();
    if (isIgnored(here.rules, names, { isFolder, effort: walk.effort })) continue;
    if (isLeftOut(at, walk.options.exclude ?? [], walk.effort)) continue;
    if (!(await hasReadableName(at, entry.name, walk))) continue;
    const isTemplates = here.isTemplates || (isChart && entry.name === "templates");
    if (isFolder) await visit(at, { names, below, rules: here.rules, isTemplates }, walk);
    else if (!entry.isSymbolicLink()) walk.files.push(at);
    else await followLink(at, walk);
  }
}

async function list(folder: string, { unreadable }: Walk): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const problem = problemOf(error);
    // A folder that is gone by now holds nothing.
    if (problem !== "missing") unreadable.push({ path: folder, problem });
    return [];
  }
}

/** The position with the rules of the folder's own ignore file; a nested repository has rules of its own. */
async function rulesOf(
  folder: string,
  entries: readonly Dirent[],
  { position, walk }: { readonly position: Position; readonly walk: Walk },
): Promise<Position | undefined> {
  const isInner = position.below.length > 0 && entries.some(({ name }) => name === ".git");
  if (isInner && (await holdsRepository(folder))) return startWithin(folder, position, walk);
  if (!entries.some((entry) => entry.name === ".gitignore")) return position;
  const rules = [...position.rules];
  const found = await folderRules(folder, position.names.length);
  return take(found, rules, walk) ? { ...position, rules } : undefined;
}

async function startWithin(
  folder: string,
  position: Position,
  walk: Walk,
): Promise<Position | undefined> {
  const rules: IgnoreFile[] = [];
  const variables = walk.options.variables ?? process.env;
  const all = [...(await repositoryRules(folder, variables)), await folderRules(folder, 0)];
  return all.every((found) => take(found, rules, walk))
    ? { ...position, names: [], rules }
    : undefined;
}

const manifestEnding = /\.(?:yaml|yml|json)$/;

function isWanted(entry: Dirent, { below, isTemplates }: Position, walk: Walk): boolean {
  const { pattern } = walk.options;
  const rules = { effort: walk.effort, hidesDots: true };
  if (entry.isDirectory()) {
    if (entry.name === "node_modules" || entry.name === ".git") return false;
    return pattern === undefined ? !entry.name.startsWith(".") : mayMatchIn(pattern, below, rules);
  }
  if (pattern !== undefined) return matchesPattern(pattern, below, rules);
  if (entry.name.startsWith(".")) return false;
  if (manifestEnding.test(entry.name) || isKustomizationName(entry.name)) return true;
  return isTemplates && entry.name.endsWith(".tpl");
}

/** Whether patterns leave out a path. */
export function isLeftOut(
  at: string,
  exclude: readonly Exclusions[],
  effort: Effort = { spent: 0 },
): boolean {
  return exclude.some(({ folder, patterns }) => {
    const names = patterns.length === 0 ? undefined : namesBelow(folder, at);
    return names !== undefined && isExcluded(patterns, names, effort);
  });
}

/** A name that is not UTF-8 comes with replacement characters, under which nothing is found. */
async function hasReadableName(at: string, name: string, { unreadable }: Walk): Promise<boolean> {
  if (!name.includes("\uFFFD")) return true;
  const isThere = await lstat(at).then(
    () => true,
    () => false,
  );
  if (!isThere) unreadable.push({ path: at, problem: "name-not-utf-8" });
  return isThere;
}

/** A link to a folder is not followed: it may form a circle. */
async function followLink(link: string, { links, unreadable }: Walk): Promise<void> {
  try {
    if (!(await stat(link)).isDirectory()) links.push(link);
  } catch (error) {
    unreadable.push({ path: link, problem: problemOf(error) });
  }
}
