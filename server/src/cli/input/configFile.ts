// `.knative-digest.yaml`: where it is found, and which of its settings count.

import path from "node:path";
import * as l10n from "@vscode/l10n";
import { parseDocument } from "yaml";
import { findingCodes } from "../../findings/findingCodes.ts";
import { editDistance } from "../../knative/config/unknownKey.ts";
import { isWithin } from "../../node/files/insideFolder.ts";
import {
  parseSettings,
  settingNames,
  type RegistrySettings,
  type Settings,
} from "../../settings.ts";
import type { CommandFiles } from "../commandEnvironment.ts";
import { fileProblemMessage } from "./inputFiles.ts";
import { UsageError } from "./usageError.ts";

const fileName = ".knative-digest.yaml";
/** A hundred times what a long one needs; the parser takes a tenth of a second for it. In UTF-16 units. */
const maxLength = 100_000;

/**
 * Settings that decide where requests and credentials go. A file that comes with the checked manifests
 * may have been written by anybody, so they count only in a file that the user names.
 */
const networkSettings = ["registries", "caFile", "proxy", "trustedAuthHosts", "cluster"] as const;

export interface ConfiguredSettings {
  readonly settings: Settings;
  /** What was in the file and does not count, in sentences. */
  readonly warnings: readonly string[];
  /** The folder that patterns of files count from. */
  readonly folder: string;
}

export interface ConfigQuestion {
  readonly files: CommandFiles;
  /** The current folder. */
  readonly folder: string;
  /** The file that the user named; undefined to look for one. */
  readonly named: string | undefined;
  /** The first path that is to be read: the file is looked for from there upwards, then from the current folder. */
  readonly firstPath: string;
}

/**
 * Reads the settings of the file that the user named, else of the nearest one that is found. Messages quote
 * nothing of the file but names that are, or are close to, names of settings: the file may be another than it seems.
 * @throws {UsageError} if the file cannot be read or is not a YAML map, if a named file has a wrong value, or if the
 *   patterns to exclude are wrong
 */
export async function readConfigFile(
  question: ConfigQuestion,
  base: Settings,
): Promise<ConfiguredSettings> {
  const { files, folder, named } = question;
  const file = named === undefined ? await findConfig(question) : path.resolve(folder, named);
  if (file === undefined) return { settings: base, warnings: [], folder };
  const shown = named ?? (path.relative(folder, file) || file);
  const raw = parseConfig(await readText(files, file, shown), shown);
  const { settings: parsed, problems, wrong } = parseSettings(raw, base, quoted);
  // In a file that the user named, every wrong value ends the run, as that of a flag does.
  const fatal = wrong.find(({ setting }) => named !== undefined || setting === "exclude");
  if (fatal !== undefined) throw new UsageError(`${shown}: ${fatal.message}`);
  const settings: Settings =
    parsed.skipRegistries === null
      ? parsed
      : { ...parsed, skipRegistriesPlace: l10n.t("skipRegistries in {0}", shown) };
  const warnings = [...problems, ...unknownCodes(settings)].map(
    (problem) => `${shown}: ${problem}`,
  );
  const own = path.dirname(file);
  // What a named file excludes is counted from the current folder, as with a flag.
  if (named !== undefined) return { settings: withPaths(settings, own), warnings, folder };
  const kept: Settings = { ...settings, ...onlyNetwork(base) };
  const ignored = networkSettings.filter(
    (name) => JSON.stringify(settings[name]) !== JSON.stringify(base[name]),
  );
  const words = ignored.map((name) =>
    l10n.t(
      "{0}: “{1}” is ignored, because it decides where requests and credentials go: if you trust this file, pass it with --config.",
      shown,
      name,
    ),
  );
  return { settings: kept, warnings: [...warnings, ...words], folder: own };
}

function unknownCodes({ diagnostics }: Settings): string[] {
  const known: readonly string[] = findingCodes;
  return Object.keys(diagnostics)
    .filter((code) => !known.includes(code))
    .map((code) => l10n.t("Unknown diagnostic {0}.", quoted(code)));
}

/** Quotes a name of the file only if it is a misspelt name of a setting or a diagnostic. */
function quoted(name: string): string {
  const isClose = (known: string): boolean =>
    Math.abs(known.length - name.length) <= 2 && editDistance(known, name) <= 2;
  const isSlip = [...settingNames, ...findingCodes].some(isClose);
  return isSlip ? name : l10n.t("(name not shown)");
}

/** The nearest file with the name of ours; a link out of the repository is refused. */
async function findConfig(question: ConfigQuestion): Promise<string | undefined> {
  const { files, folder, firstPath } = question;
  const first = path.resolve(folder, firstPath);
  const isFolder = (await files.kindOf(first)) === "folder";
  const near = await findUpwards(files, isFolder ? first : path.dirname(first));
  const found = near ?? (await findUpwards(files, folder));
  if (found === undefined) return undefined;
  const [real, root] = await Promise.all([files.realPath(found.file), files.realPath(found.root)]);
  if (isWithin(root, real)) return found.file;
  throw new UsageError(
    l10n.t(
      "{0} was not read, because it is a symbolic link out of its repository. Fix: replace it with a file, or pass the file with --config.",
      path.relative(folder, found.file),
    ),
  );
}

interface FoundConfig {
  readonly file: string;
  /** The root of the repository; the file's own folder where there is none. */
  readonly root: string;
}

/** Stops at the root of the repository, if the folder is in one. */
async function findUpwards(files: CommandFiles, from: string): Promise<FoundConfig | undefined> {
  let file: string | undefined;
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, fileName);
    if (file === undefined && (await files.kindOf(candidate)) === "file") file = candidate;
    const isRoot = (await files.kindOf(path.join(folder, ".git"))) !== "missing";
    const isEnd = isRoot || path.dirname(folder) === folder;
    if (isEnd && file === undefined) return undefined;
    if (isEnd && file !== undefined) return { file, root: isRoot ? folder : path.dirname(file) };
  }
}

async function readText(files: CommandFiles, file: string, shown: string): Promise<string> {
  const read = await files.read(file);
  if (read.kind === "problem") {
    throw new UsageError(`${shown}: ${fileProblemMessage(read.problem)}`);
  }
  if (read.text.length <= maxLength) return read.text;
  throw new UsageError(l10n.t("The configuration {0} is too large.", shown));
}

function parseConfig(text: string, shown: string): unknown {
  const raw = parseYaml(text, shown);
  if (raw === null || raw === undefined) return {};
  if (typeof raw === "object" && !Array.isArray(raw)) return raw;
  throw new UsageError(l10n.t("The configuration {0} must be a YAML map of settings.", shown));
}

function parseYaml(text: string, shown: string): unknown {
  try {
    const document = parseDocument(text, {
      ...{ prettyErrors: false, logLevel: "silent", uniqueKeys: false },
    });
    const [error] = document.errors;
    if (error === undefined) return document.toJS();
    const line = text.slice(0, error.pos[0]).split("\n").length;
    throw new UsageError(l10n.t("{0}:{1}: Invalid YAML in the configuration.", shown, line));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // The parser gives up on what is nested too deeply, and on aliases that stand for far more than is written.
    throw new UsageError(
      l10n.t(
        "Cannot read the configuration {0}: it is nested too deeply, or its aliases expand too far.",
        shown,
      ),
    );
  }
}

function onlyNetwork(
  settings: Settings,
): Pick<Settings, (typeof networkSettings)[number] | "unusable"> {
  const { registries, caFile, proxy, trustedAuthHosts, cluster, unusable } = settings;
  return { registries, caFile, proxy, trustedAuthHosts, cluster, unusable };
}

/** Files are named from the folder that the configuration stands in. */
function withPaths(settings: Settings, folder: string): Settings {
  const absolute = (file: string): string =>
    file === "" || file.startsWith("~/") ? file : path.resolve(folder, file);
  const registries = Object.entries(settings.registries).map(
    ([host, { caFile, ...rest }]): [string, RegistrySettings] => [
      host,
      caFile === undefined ? rest : { ...rest, caFile: absolute(caFile) },
    ],
  );
  return {
    ...settings,
    caFile: absolute(settings.caFile),
    registries: Object.fromEntries(registries),
  };
}
