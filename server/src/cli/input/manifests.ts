// The files of a call, read and analyzed, with what they say together.

import { append } from "../../base/append.ts";
import path from "node:path";
import * as l10n from "@vscode/l10n";
import type { ClusterConfig } from "../../cluster/answers/config.ts";
import type { FileAnalysis } from "../../document/analysis.ts";
import { inFile } from "../../document/span.ts";
import { type AnalysisOptions, analysisOptions } from "../../document/analysisOptions.ts";
import { analyzeFile } from "../../document/documentAnalysis.ts";
import { bytesNameKnative, isWorthDecoding, namesKnative } from "../../document/relevance.ts";
import { readDocument, readFile, type FileReading } from "../../findings/reading.ts";
import type { Known } from "../../findings/imageState.ts";
import { skipListOf } from "../../knative/skipList/skipList.ts";
import { inOrder } from "../../inOrder.ts";
import type { Settings } from "../../settings.ts";
import { locateIntentions } from "../../workspace/intentions.ts";
import { effectiveSkipList, type SkipList } from "../../workspace/effectiveSkipList.ts";
import { fileFacts, mergeFacts, type WorkspaceFacts } from "../../workspace/workspaceFacts.ts";
import type { Exclusions } from "../../node/files/findFiles.ts";
import type { FileProblem } from "../../node/files/regularFile.ts";
import type { FileText, UnwantedFile } from "../../node/files/yamlFiles.ts";
import type { CommandEnvironment, CommandIo } from "../commandEnvironment.ts";
import {
  fileProblemMessage,
  findInputFiles,
  standardInput,
  type InputFile,
  type InputProblem,
  type UnreadFile,
  type UnreadKind,
} from "./inputFiles.ts";
import { readFates } from "./kustomizeFiles.ts";
import { createPlaces } from "../output/places.ts";

/** A file that says something of images or of Knative's configuration. */
export interface Manifest {
  /** As it is printed. */
  readonly name: string;
  /** Absolute; undefined for standard input. */
  readonly path: string | undefined;
  /** What the workspace's facts name it by. */
  readonly uri: string;
  readonly analysis: FileAnalysis;
  /** Whether the user named this very file. */
  readonly named: boolean;
}

export interface Manifests {
  readonly files: readonly Manifest[];
  readonly facts: WorkspaceFacts;
  readonly problems: readonly InputProblem[];
  /** What was not read, and does not count. */
  readonly unread: readonly UnreadFile[];
  /** How many files were read. */
  readonly lookedAt: number;
}

/** A manifest with what is known of it. */
export interface ManifestReading {
  readonly manifest: Manifest;
  readonly reading: FileReading;
  readonly skipList: SkipList;
}

interface Inputs {
  readonly io: Pick<CommandIo, "stdin">;
  readonly environment: CommandEnvironment;
  readonly exclude: readonly Exclusions[];
}

/** Files read at the same time: reading waits, analyzing does not. */
const ahead = 8;

/** Reads everything that the operands name; what cannot be read becomes a problem and ends nothing. */
export async function readManifests(
  operands: readonly string[],
  settings: Settings,
  { io, environment, exclude }: Inputs,
): Promise<Manifests> {
  const { files: access, folder, signal } = environment;
  const inputs = await findInputFiles(operands, { access, folder, exclude });
  const problems = [...inputs.problems];
  const unread = [...inputs.unread];
  const files: Manifest[] = [];
  let lookedAt = 0;
  const readOne = (file: InputFile): Promise<FileText | UnwantedFile> =>
    readInput(file, { io, environment, settings });
  for await (const { item: file, result: read } of inOrder(inputs.files, ahead, readOne)) {
    signal.throwIfAborted();
    if (read.kind !== "problem") lookedAt += 1;
    const taken =
      read.kind === "text" ? take(file, read.text, { settings, folder }) : leave(file, read);
    append(problems, taken.problems);
    append(files, taken.files);
    append(unread, taken.unread);
  }
  const folders = startFolders(operands, inputs.files, folder);
  const fates = await readFates({ files, folders, settings, environment, exclude });
  const facts = mergeFacts(files.map(fileFacts), fates);
  return { files, facts, problems, unread, lookedAt };
}

/** The folders that were named, and those of files that were; the current one for a pattern. */
function startFolders(
  operands: readonly string[],
  files: readonly InputFile[],
  folder: string,
): readonly string[] {
  const named = new Set(files.flatMap(({ named, path }) => (named && path ? [path] : [])));
  const starts = (operands.length === 0 ? ["."] : operands).map((operand) => {
    const at = path.resolve(folder, operand);
    if (named.has(at)) return path.dirname(at);
    return operand === standardInput || /[*?[{]/.test(operand) ? folder : at;
  });
  return [...new Set(starts.map((start) => start.replaceAll("\\", "/")))];
}

function readInput(
  input: InputFile,
  { io, environment, settings }: Pick<Inputs, "io" | "environment"> & { settings: Settings },
): Promise<FileText | UnwantedFile> {
  const { files, signal, folder } = environment;
  if (input.path === undefined) return io.stdin(signal);
  const options = optionsOf(input, { settings, folder });
  return files.readIf(input.path, {
    isWanted: (bytes) => isWorthDecoding(bytes, options),
    matters: bytesNameKnative,
  });
}

/** Where and under which settings files are read. */
interface Circumstances {
  readonly settings: Settings;
  readonly folder: string;
}

function uriOf({ path }: InputFile, folder: string): string {
  return (path ?? `${folder}/${standardInput}`).replaceAll("\\", "/");
}

function optionsOf(input: InputFile, { settings, folder }: Circumstances): AnalysisOptions {
  return { ...analysisOptions(uriOf(input, folder), settings), isNamed: input.named };
}

type Taken = Pick<Manifests, "files" | "problems" | "unread">;

const nothing: Taken = { files: [], problems: [], unread: [] };

/** What becomes of a file without a text: it counts only if it would matter. */
function leave({ name, named }: InputFile, read: FileText | UnwantedFile): Taken {
  if (read.kind !== "problem") return nothing;
  const { problem, matters = false } = read;
  const kind = unreadKinds[problem];
  if (!named && kind !== undefined && !matters) {
    return { ...nothing, unread: [{ name, kind }] };
  }
  return { ...nothing, problems: [{ name, message: fileProblemMessage(problem) }] };
}

/** Files that need not be read. A file that could not be read may hold anything, so it is not one of them. */
const unreadKinds: Readonly<Partial<Record<FileProblem, UnreadKind>>> = {
  "not-a-file": "special",
  "too-large": "too-large",
  binary: "binary",
  "utf-16": "encoding",
  "not-utf-8": "encoding",
  missing: "broken-link",
};

/** Analyzes a file's text; a file that says nothing to us gives no manifest. */
function take(input: InputFile, text: string, how: Circumstances): Taken {
  const uri = uriOf(input, how.folder);
  const options = optionsOf(input, how);
  const analysis = analyzeFile(text, options);
  const { name, named } = input;
  const manifest = { name, path: input.path, uri, analysis, named };
  return {
    // Standard input is kept, since the pin family prints it again.
    files: input.path === undefined || saysSomething(analysis) ? [manifest] : [],
    ...syntaxProblems(manifest, input.named),
  };
}

function saysSomething({ parts }: FileAnalysis): boolean {
  return parts.some(
    ({
      document: {
        images,
        configs,
        pullSecrets,
        kustomization,
        localRegistries,
        kserveModes,
        ignores,
        chart,
      },
    }) =>
      chart !== undefined ||
      kustomization !== undefined ||
      [images, configs, pullSecrets, localRegistries, kserveModes, ignores].some(
        (found) => found.length > 0,
      ),
  );
}

/** Marks of template languages that make a text no YAML until some tool has filled it in. */
const templateMarks = /\{\{|\{%|\$\{|\$\(|<%|\(\(|\(@/;

/** Whether a YAML document is broken or larger than we read, and not just a template. */
export function isBroken(analysis: FileAnalysis, part: FileAnalysis["parts"][number]): boolean {
  const problems = part.document.syntaxProblems;
  if (problems.some(({ isLimit }) => isLimit)) return true;
  return problems.length > 0 && !templateMarks.test(analysis.text.slice(part.start, part.end));
}

/** @param named whether the user named the file: then every document counts */
function syntaxProblems(
  { name, analysis }: Manifest,
  named: boolean,
): Pick<Taken, "problems" | "unread"> {
  const faulty = analysis.parts.filter(({ document }) => document.syntaxProblems.length > 0);
  if (faulty.length === 0) return { problems: [], unread: [] };
  const matters = ({ start, end }: FileAnalysis["parts"][number]): boolean =>
    named || namesKnative(analysis.text.slice(start, end));
  const broken = faulty.filter((part) => isBroken(analysis, part));
  const problems = placedProblems({ name, analysis }, broken.filter(matters));
  if (problems.length > 0 || faulty.some(matters)) return { problems, unread: [] };
  return { problems, unread: [{ name, kind: broken.length > 0 ? "invalid" : "template" }] };
}

function placedProblems(
  { name, analysis }: Pick<Manifest, "name" | "analysis">,
  parts: FileAnalysis["parts"],
): InputProblem[] {
  const places = createPlaces(analysis.text);
  return parts.flatMap(({ start, document }) => {
    const [first] = document.syntaxProblems;
    if (first === undefined) return [];
    const { line } = places.at(inFile(first.span.start, start));
    const message =
      first.isLimit === true
        ? l10n.t("Only a part of this YAML document could be read: {0}.", first.message)
        : l10n.t("Invalid YAML document: {0}.", first.message);
    return [{ name, message, line }];
  });
}

/** Reads all manifests with what is known now. */
export function readReadings(
  { files, facts }: Manifests,
  settings: Settings,
  known: Known,
): ManifestReading[] {
  const intentions = locateIntentions(facts, settings.knativeVersion);
  return files.map((manifest) => {
    const skipList = skipListFor(manifest.uri, facts, settings, known.cluster?.config);
    const joined = facts.charts.images.get(manifest.uri) ?? [];
    const fates = facts.kustomize.get(manifest.uri);
    const context = { settings, skipList, facts, intentions, known, joined, fates };
    const reading = readFile(manifest.analysis, (document, textOf) =>
      readDocument(document, context, textOf),
    );
    return { manifest, reading, skipList };
  });
}

/** The skip list for a manifest by its URI, or for a folder by its path and a slash. */
export function skipListFor(
  uri: string,
  facts: WorkspaceFacts,
  settings: Settings,
  config?: ClusterConfig,
): SkipList {
  const { skipRegistries: setting, skipRegistriesPlace: settingPlace } = settings;
  const cluster = config && [...skipListOf(config.settings).registries];
  return effectiveSkipList({ uri, facts, setting, settingPlace, cluster });
}
