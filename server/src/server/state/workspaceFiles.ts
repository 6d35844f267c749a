// The workspace's YAML files that are not open: found at the start, read again when they change.

import { URI } from "vscode-uri";
import { type AnalysisOptions, analysisOptions } from "../../document/analysisOptions.ts";
import { analyzeInSteps, type ReadElsewhere } from "../../document/documentAnalysis.ts";
import { bytesNameKnative, isWorthDecoding, searchable } from "../../document/relevance.ts";
import type { Clock, Log } from "../../environment.ts";
import { inOrder } from "../../inOrder.ts";
import type { ManifestReader } from "../../node/files/yamlFiles.ts";
import type { Settings } from "../../settings.ts";
import type { WorkspaceIndex } from "../../workspace/workspaceIndex.ts";
import { canonicalUri } from "./openAnalyses.ts";
import { isInFolder } from "../folderUris.ts";
import { createSlices, inSlices, type Slices } from "../slices.ts";

/** How files are found and read. */
export interface FileAccess extends Pick<ManifestReader, "readIf"> {
  /** Finds the manifests under a folder, as absolute paths. */
  find(folder: string, exclude: readonly string[]): Promise<readonly string[]>;
  /** Whether a file is one of those, before the settings leave any out: none that git ignores. */
  isFound(folder: string, file: string): Promise<boolean>;
  /** Whether a path lies in one of the folders once all links are followed. */
  isWithin(folders: readonly string[], file: string): Promise<boolean>;
}

export interface WorkspaceFiles {
  /** Reads all files of the folders that are not known yet, a few at a time. */
  addFolders(folderUris: readonly string[]): Promise<void>;
  removeFolders(folderUris: readonly string[]): void;
  /** Reads one file again: it changed, came, went, or was closed. */
  refresh(uri: string): Promise<void>;
  /** Reads the known files that are not open again, or only this one, and tells nobody. */
  readAgain(uri?: string): Promise<void>;
  /** Reads all files again, as after a change of settings. */
  refreshAll(): Promise<void>;
}

/** Files beyond this many are left out: a workspace of that size has another owner's manifests, too. */
const maxFiles = 20_000;
/** Rounds at most of following what kustomizations name; in each, as many files as the index has room for. */
const maxRounds = 20;
/** Files read at the same time. */
const ahead = 8;

/** Reads what kustomizations name and what was not worth reading for itself, as far as it lies in the workspace. */
async function readNamed(
  { index }: { readonly index: WorkspaceIndex },
  read: (uri: string) => Promise<void>,
  isOurs: (uri: string) => Promise<boolean>,
): Promise<void> {
  for (let round = 0; round < maxRounds; round += 1) {
    const wanted = index.kustomize.wanted();
    if (wanted.length === 0) return;
    for (const uri of wanted) {
      if (uri.startsWith("file:") && (await isOurs(uri))) await read(uri);
      else index.kustomize.setOther(uri, null);
    }
  }
}

/** A file on disk that says something, or that a kustomization includes. */
interface LoadedFile {
  readonly uri: string;
  readonly how: AnalysisOptions;
  /** Whether a kustomization names it: what one includes counts, whatever it is. */
  readonly isNamed: boolean;
  /** Undefined if it says nothing, or cannot be read. */
  readonly text: string | undefined;
}

async function textOf(
  { uri, how, isNamed }: Omit<LoadedFile, "text">,
  { access, isExcluded, log }: Reading,
  turn: () => Promise<void>,
): Promise<string | undefined> {
  if (isExcluded(uri)) return undefined;
  const read = await access.readIf(URI.parse(uri).fsPath, {
    isWanted: (bytes) => isNamed || isWorthDecoding(bytes, how),
    matters: bytesNameKnative,
    turn,
  });
  if (read.kind === "problem" && read.matters === true) {
    log("warning", `${uri} names Knative and is not read: ${read.problem}`);
  }
  return read.kind === "text" ? read.text : undefined;
}

/** What a file is read with and for. */
interface Reading {
  readonly access: FileAccess;
  readonly index: WorkspaceIndex;
  readonly log: Log;
  readonly settings: (uri: string) => Settings;
  /** Whether the settings leave a file out. */
  readonly isExcluded: (uri: string) => boolean;
  readonly isOpen: (uri: string) => boolean;
  /** Reads long documents, so that nothing waits for them; without it they are read in one step. */
  readonly elsewhere?: ReadElsewhere | undefined;
}

/** Reading a file in two steps: the first waits for the disk, the second does not. */
interface Loader {
  /** Reads a file; undefined if it is open. */
  load(uri: string): Promise<LoadedFile | undefined>;
  /** Tells the index what a file says. */
  take(loaded: LoadedFile | undefined): Promise<void>;
}

function createLoader(reading: Reading, slices: Slices): Loader {
  const { index } = reading;
  return {
    async load(uri) {
      if (reading.isOpen(uri)) return undefined;
      const how = analysisOptions(uri, reading.settings(uri));
      const isNamed = index.kustomize.isNamed(uri);
      return {
        uri,
        how,
        isNamed,
        text: await textOf({ uri, how, isNamed }, reading, () => slices.turn()),
      };
    },
    async take(loaded) {
      if (loaded === undefined) return;
      const { uri, how, isNamed, text } = loaded;
      const isRead = text !== undefined && (!isNamed || isWorthDecoding(searchable(text), how));
      const context = { previous: index.get(uri), elsewhere: reading.elsewhere };
      const steps = isRead ? analyzeInSteps(text, how, context) : undefined;
      const analysis = steps === undefined ? undefined : await inSlices(steps, slices);
      // It may have been opened in the meantime: then the editor's text stands.
      if (reading.isOpen(uri)) return;
      index.set(uri, analysis);
      if (!isRead && isNamed) index.kustomize.setOther(uri, text ?? null);
    },
  };
}

export function createWorkspaceFiles(
  options: Reading & { readonly clock: Clock; readonly changed: () => void },
): WorkspaceFiles {
  const { access, index, clock, log } = options;
  let folders: string[] = [];

  const { load, take } = createLoader(options, createSlices(clock));
  const read = async (uri: string): Promise<void> => {
    await take(await load(uri));
  };
  /** Whether the scan would find a file, or a kustomization names it. */
  async function isOurs(uri: string): Promise<boolean> {
    const folder = folders.find((each) => isInFolder(each, uri));
    if (folder === undefined) return false;
    if (!uri.startsWith("file:")) return true;
    if (index.kustomize.isNamed(uri)) return isInside(uri);
    return access.isFound(URI.parse(folder).fsPath, URI.parse(uri).fsPath);
  }
  /** What a kustomization names is chosen by the repository: a link must not lead it out of the workspace. */
  async function isInside(uri: string): Promise<boolean> {
    if (!folders.some((folder) => isInFolder(folder, uri))) return false;
    const roots = folders.filter((folder) => folder.startsWith("file:"));
    return access.isWithin(
      roots.map((folder) => URI.parse(folder).fsPath),
      URI.parse(uri).fsPath,
    );
  }
  async function scan(folder: string): Promise<void> {
    if (!folder.startsWith("file:")) return;
    const files = await access.find(URI.parse(folder).fsPath, options.settings(folder).exclude);
    if (files.length > maxFiles) {
      log("warning", `Only the first ${maxFiles} of ${files.length} YAML files are looked at.`);
    }
    const uris = files.slice(0, maxFiles).map((file) => URI.file(file).toString());
    for await (const { result } of inOrder(uris, ahead, load)) {
      await take(result);
    }
    await readNamed(options, read, isInside);
    options.changed();
  }
  return {
    async addFolders(uris) {
      folders = [...new Set([...folders, ...uris])];
      for (const uri of uris) await scan(uri);
    },
    removeFolders(uris) {
      folders = folders.filter((folder) => !uris.includes(folder));
      for (const { uri } of index.files()) {
        const gone = uris.some((folder) => isInFolder(folder, uri));
        if (gone && !options.isOpen(uri)) index.set(uri, undefined);
      }
      options.changed();
    },
    async refresh(written) {
      const uri = canonicalUri(written);
      if (uri !== written) index.set(written, undefined);
      if (await isOurs(uri)) await read(uri);
      else if (!options.isOpen(uri)) index.set(uri, undefined);
      await readNamed(options, read, isInside);
      options.changed();
    },
    async readAgain(uri) {
      const known = index.files().map((file) => file.uri);
      for (const each of uri === undefined ? known : known.filter((file) => file === uri)) {
        if (each.startsWith("file:")) await read(each);
      }
    },
    async refreshAll() {
      for (const { uri } of index.files()) {
        if (options.isExcluded(uri) && !options.isOpen(uri)) index.set(uri, undefined);
      }
      for (const folder of folders) await scan(folder);
    },
  };
}
