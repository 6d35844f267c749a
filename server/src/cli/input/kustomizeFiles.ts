// Reads the files that kustomizations of a call name, and the kustomizations around its files: for checking, not to be reported.

import path from "node:path";
import { analyzeFile } from "../../document/documentAnalysis.ts";
import { analysisOptions } from "../../document/analysisOptions.ts";
import { isKustomizationName, kustomizationNames } from "../../paths/fileNames.ts";
import { isLeftOut, type Exclusions } from "../../node/files/findFiles.ts";
import type { Settings } from "../../settings.ts";
import type { WorkspaceFates } from "../../workspace/kustomize/fate.ts";
import {
  createKustomizeIndex,
  type KustomizeIndex,
} from "../../workspace/kustomize/kustomizeIndex.ts";
import type { AnalyzedFile } from "../../workspace/workspaceFacts.ts";
import type { CommandEnvironment } from "../commandEnvironment.ts";

export interface KustomizeInputs {
  readonly files: readonly AnalyzedFile[];
  /** The folders of what the user named: kustomizations there and above may change it. */
  readonly folders: readonly string[];
  readonly settings: Settings;
  readonly environment: CommandEnvironment;
  readonly exclude: readonly Exclusions[];
}

/** Rounds at most in which what the files name is read in turn; in each, as many as the index has room for. */
const maxRounds = 50;
/** Folders above a file that are looked at. */
const maxAbove = 12;
/** Files read at the same time. */
const batch = 32;

/**
 * What becomes of the images because of kustomizations. Files outside of what was named are read only inside the same
 * tree, links followed: the git repository, or the current folder where there is none.
 */
export async function readFates(inputs: KustomizeInputs): Promise<WorkspaceFates> {
  const { files, folders, settings, environment } = inputs;
  const index = createKustomizeIndex();
  for (const { uri, analysis } of files) index.set(uri, analysis);
  const roots = await rootsOf(folders, environment);
  const isInside = (file: string): boolean => roots.some((root) => isBelow(file, root));
  const realRoots = await Promise.all(roots.map((root) => realPath(root, environment)));
  const isReallyInside = async (file: string): Promise<boolean> => {
    if (!isInside(file)) return false;
    const real = await realPath(file, environment);
    return realRoots.some((root) => isBelow(real, root));
  };
  const read = (uris: readonly string[]): Promise<void> =>
    readAll(uris, index, { ...inputs, isInside: isReallyInside, settings });
  const known = new Set(files.map(({ uri }) => uri));
  const around = folders.flatMap((folder) => above(folder).filter(isInside));
  const names = new Set(
    around.flatMap((folder) => kustomizationNames.map((name) => `${folder}/${name}`)),
  );
  await read([...names].filter((uri) => !known.has(uri)));
  for (let round = 0; round < maxRounds; round += 1) {
    const wanted = index.wanted();
    if (wanted.length === 0) break;
    await read(wanted);
  }
  return index.fates();
}

interface Reading extends KustomizeInputs {
  readonly isInside: (file: string) => Promise<boolean>;
}

async function readAll(
  uris: readonly string[],
  index: KustomizeIndex,
  { environment, settings, exclude, isInside }: Reading,
): Promise<void> {
  const { files, signal } = environment;
  for (let at = 0; at < uris.length; at += batch) {
    signal.throwIfAborted();
    const some = uris.slice(at, at + batch);
    const texts = await Promise.all(
      some.map(async (uri) => {
        if (!(await isInside(uri)) || isLeftOut(uri, exclude)) return null;
        const read = await files.read(uri);
        return read.kind === "text" ? read.text : null;
      }),
    );
    for (const [place, uri] of some.entries()) {
      const text = texts[place] ?? null;
      if (text === null || !isKustomizationName(uri)) index.setOther(uri, text);
      else index.set(uri, analyzeFile(text, analysisOptions(uri, settings)));
    }
  }
}

/** The trees in which files may be read that were not named as operands. */
async function rootsOf(
  folders: readonly string[],
  { files, folder }: CommandEnvironment,
): Promise<readonly string[]> {
  const roots = new Set<string>();
  for (const each of new Set(folders)) {
    const own = above(each);
    const kinds = await Promise.all(own.map((one) => files.kindOf(`${one}/.git`)));
    const repository = own[kinds.findIndex((kind) => kind === "folder" || kind === "file")];
    const current = slashed(folder);
    roots.add(repository ?? (isBelow(each, current) ? current : each));
  }
  return [...roots];
}

async function realPath(file: string, { files }: CommandEnvironment): Promise<string> {
  return slashed(await files.realPath(file));
}

/** A folder and those above it, the nearest first. */
function above(folder: string): string[] {
  const found: string[] = [];
  let at = folder;
  while (found.length < maxAbove && !found.includes(at)) {
    found.push(at);
    at = slashed(path.dirname(at));
  }
  return found;
}

function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

function slashed(file: string): string {
  return file.replaceAll("\\", "/");
}
