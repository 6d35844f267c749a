// The files of a call, read and analyzed, with what they say together.

import * as l10n from "@vscode/l10n";
import type { DocumentAnalysis, FileAnalysis } from "../document/analysis.ts";
import { analysisOptions } from "../document/analysisOptions.ts";
import { inFile } from "../document/span.ts";
import { analyzeFile } from "../document/documentAnalysis.ts";
import { isWorthReading, namesKnative } from "../document/relevance.ts";
import { readDocument, readFile, type FileReading } from "../findings/reading.ts";
import type { Known } from "../findings/imageState.ts";
import type { FileProblem, FileText } from "../node/yamlFiles.ts";
import type { Settings } from "../settings.ts";
import { locateIntentions } from "../workspace/intentions.ts";
import { effectiveSkipList, type SkipList } from "../workspace/effectiveSkipList.ts";
import { fileFacts, mergeFacts, type WorkspaceFacts } from "../workspace/workspaceFacts.ts";
import type { CommandEnvironment, CommandIo } from "./commandEnvironment.ts";
import {
  fileProblemMessage,
  findInputFiles,
  standardInput,
  type InputFile,
  type InputProblem,
} from "./inputFiles.ts";
import { createPlaces } from "./places.ts";

/** A file that says something of images or of Knative's configuration. */
export interface Manifest {
  /** As it is printed. */
  readonly name: string;
  /** Absolute; undefined for standard input. */
  readonly path: string | undefined;
  /** What the workspace's facts name it by. */
  readonly uri: string;
  readonly analysis: FileAnalysis;
}

export interface Manifests {
  readonly files: readonly Manifest[];
  readonly facts: WorkspaceFacts;
  readonly problems: readonly InputProblem[];
  /** What was not read and does not matter: nothing in it names Knative. */
  readonly passedOver: readonly PassedOver[];
  /** How many YAML files were read. */
  readonly lookedAt: number;
}

/** A file, or a document of it, that was not read without that being an error. */
export interface PassedOver {
  readonly name: string;
  readonly kind: "template" | "broken" | "binary" | "not-utf-8" | "too-large" | "not-a-file";
}

/** A manifest with what is known of it. */
export interface ManifestReading {
  readonly manifest: Manifest;
  readonly reading: FileReading;
  readonly skipList: SkipList;
}

/** Files read at the same time: reading waits, analyzing does not. */
const batch = 32;

/** Reads everything that the operands name; what cannot be read becomes a problem and ends nothing. */
export async function readManifests(
  operands: readonly string[],
  settings: Settings,
  { io, environment }: { readonly io: CommandIo; readonly environment: CommandEnvironment },
): Promise<Manifests> {
  const { files: access, folder, signal } = environment;
  const inputs = await findInputFiles(operands, access, folder);
  const problems = [...inputs.problems];
  const passedOver: PassedOver[] = [];
  const files: Manifest[] = [];
  let lookedAt = 0;
  for (let at = 0; at < inputs.files.length; at += batch) {
    signal.throwIfAborted();
    const some = inputs.files.slice(at, at + batch);
    const texts = await Promise.all(some.map((file) => readInput(file, { io, environment })));
    lookedAt += texts.filter(({ kind }) => kind === "text").length;
    for (const [index, input] of some.entries()) {
      const read = texts[index];
      if (read === undefined) continue;
      const one = take(input, read, { settings, folder });
      problems.push(...one.problems);
      passedOver.push(...one.passedOver);
      files.push(...one.files);
    }
  }
  const facts = mergeFacts(files.map(fileFacts));
  return { files, facts, problems, passedOver, lookedAt };
}

async function readInput(
  { path }: InputFile,
  { io, environment }: { readonly io: CommandIo; readonly environment: CommandEnvironment },
): Promise<FileText> {
  const { files, signal } = environment;
  return path === undefined ? await io.stdin(signal) : await files.read(path);
}

type Taken = Pick<Manifests, "files" | "problems" | "passedOver">;

const nothing: Taken = { files: [], problems: [], passedOver: [] };

/** Analyzes a file's text; a file that was not read, or that says nothing to us, gives no manifest. */
function take(
  input: InputFile,
  read: FileText,
  { settings, folder }: { readonly settings: Settings; readonly folder: string },
): Taken {
  if (read.kind === "problem") return unreadFile(input, read);
  const { text } = read;
  const uri = (input.path ?? `${folder}/${standardInput}`).replaceAll("\\", "/");
  const options = { ...analysisOptions(uri, settings), isNamed: input.named };
  if (!isWorthReading(text, options)) return nothing;
  const analysis = analyzeFile(text, options);
  const manifest = { name: input.name, path: input.path, uri, analysis };
  return {
    // Standard input is kept, since the pin family prints it again.
    files: input.path === undefined || saysSomething(analysis) ? [manifest] : [],
    ...unreadParts(input, analysis),
  };
}

/** A file that cannot be read is an error if the user named it, or if it would matter as far as can be told. */
function unreadFile(input: InputFile, { problem, text }: FileText & { kind: "problem" }): Taken {
  const { name, named } = input;
  const matters = named || (text !== undefined && namesKnative(text));
  const kind = passedOverKind(problem);
  if (!matters && kind !== undefined) return { ...nothing, passedOver: [{ name, kind }] };
  return { ...nothing, problems: [{ name, message: fileProblemMessage(problem) }] };
}

function saysSomething({ parts }: FileAnalysis): boolean {
  return parts.some(({ document }) => hasAnything(document));
}

function hasAnything(document: DocumentAnalysis): boolean {
  const { images, configs, pullSecrets, patchFiles, localRegistries, ignores } = document;
  return [images, configs, pullSecrets, patchFiles, localRegistries, ignores].some(
    (found) => found.length > 0,
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

/** How a file counts that does not matter; undefined if that cannot be told. */
function passedOverKind(problem: FileProblem): PassedOver["kind"] | undefined {
  switch (problem) {
    case "utf-16":
    case "not-utf-8":
      return "not-utf-8";
    case "binary":
    case "too-large":
    case "not-a-file":
      return problem;
    case "missing":
    case "denied":
    case "folder":
    case "failed":
      return undefined;
  }
}

/** What of a file was not read: an error where it was named or names Knative, else no more than counted. */
function unreadParts(
  { name, named }: InputFile,
  analysis: FileAnalysis,
): Pick<Manifests, "problems" | "passedOver"> {
  const unread = analysis.parts.filter(({ document }) => document.syntaxProblems.length > 0);
  if (unread.length === 0) return { problems: [], passedOver: [] };
  const places = createPlaces(analysis.text);
  const problems: InputProblem[] = [];
  const passedOver: PassedOver[] = [];
  for (const part of unread) {
    const { start, end, document } = part;
    const [first] = document.syntaxProblems;
    if (first === undefined) continue;
    if (!isBroken(analysis, part)) {
      if (!hasAnything(document)) passedOver.push({ name, kind: "template" });
    } else if (!named && !namesKnative(analysis.text.slice(start, end))) {
      passedOver.push({ name, kind: "broken" });
    } else {
      const { line } = places.at(inFile(first.span.start, start));
      const message =
        first.isLimit === true
          ? l10n.t("This YAML document cannot be read whole: {0}.", first.message)
          : l10n.t("This YAML document cannot be read: {0}.", first.message);
      problems.push({ name, message, line });
    }
  }
  return { problems, passedOver };
}

/** Reads all manifests with what is known now. */
export function readReadings(
  { files, facts }: Manifests,
  settings: Settings,
  known: Known,
): ManifestReading[] {
  const intentions = locateIntentions(facts, settings.knativeVersion);
  return files.map((manifest) => {
    const skipList = skipListFor(manifest.uri, facts, settings);
    const context = { settings, skipList, facts, intentions, known };
    const reading = readFile(manifest.analysis, (document) => readDocument(document, context));
    return { manifest, reading, skipList };
  });
}

/** The skip list for a manifest by its URI, or for a folder by its path and a slash. */
export function skipListFor(uri: string, facts: WorkspaceFacts, settings: Settings): SkipList {
  const { skipRegistries: setting, skipRegistriesPlace: settingPlace } = settings;
  return effectiveSkipList({ uri, facts, setting, settingPlace, cluster: undefined });
}
