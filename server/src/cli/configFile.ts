// `.knative-digest.yaml`: where it is found, and which of its settings count.

import path from "node:path";
import * as l10n from "@vscode/l10n";
import { parseDocument } from "yaml";
import { withoutSource } from "../document/yamlTokens.ts";
import { findingCodes } from "../findings/findingCodes.ts";
import { parseSettings, type RegistrySettings, type Settings } from "../settings.ts";
import type { CommandFiles } from "./commandEnvironment.ts";
import { fileProblemMessage } from "./inputFiles.ts";
import { UsageError } from "./usageError.ts";

const fileName = ".knative-digest.yaml";

/**
 * Settings that decide where requests and credentials go. A file that comes with the checked manifests
 * may have been written by anybody, so they count only in a file that the user names.
 */
const networkSettings = ["registries", "caFile", "proxy", "trustedAuthHosts", "cluster"] as const;

export interface ConfiguredSettings {
  readonly settings: Settings;
  /** What was in the file and does not count, in sentences. */
  readonly warnings: readonly string[];
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
 * The settings of the file that the user named, else of the nearest one that is found.
 * @throws {UsageError} if it cannot be read or is no YAML map, or if a named one holds a value that cannot be used
 */
export async function readConfigFile(
  question: ConfigQuestion,
  base: Settings,
): Promise<ConfiguredSettings> {
  const { files, folder, named } = question;
  const file = named === undefined ? await findConfig(question) : path.resolve(folder, named);
  if (file === undefined) return { settings: base, warnings: [] };
  const shown = named ?? (path.relative(folder, file) || file);
  const raw = parseConfig(await readText(files, file, shown), shown);
  const { settings: parsed, problems, wrong } = parseSettings(raw, base);
  // As for a flag: who names the file means what it says.
  if (named !== undefined && wrong[0] !== undefined) throw new UsageError(`${shown}: ${wrong[0]}`);
  const settings: Settings =
    parsed.skipRegistries === null
      ? parsed
      : { ...parsed, skipRegistriesPlace: l10n.t("skipRegistries in {0}", shown) };
  const warnings = [...problems, ...unknownCodes(settings)].map(
    (problem) => `${shown}: ${problem}`,
  );
  if (named !== undefined) return { settings: withPaths(settings, path.dirname(file)), warnings };
  const kept: Settings = { ...settings, ...onlyNetwork(base) };
  const ignored = networkSettings.filter(
    (name) => JSON.stringify(settings[name]) !== JSON.stringify(base[name]),
  );
  const words = ignored.map((name) =>
    l10n.t(
      "{0}: “{1}” decides where requests and credentials go and does not count in a file that was found; name the file with --config if you trust it.",
      shown,
      name,
    ),
  );
  return { settings: kept, warnings: [...warnings, ...words] };
}

function unknownCodes({ diagnostics }: Settings): string[] {
  const known: readonly string[] = findingCodes;
  return Object.keys(diagnostics)
    .filter((code) => !known.includes(code))
    .map((code) => l10n.t("There is no diagnostic named {0}.", code));
}

async function findConfig({
  files,
  folder,
  firstPath,
}: ConfigQuestion): Promise<string | undefined> {
  const first = path.resolve(folder, firstPath);
  const isFolder = (await files.kindOf(first)) === "folder";
  const near = await findUpwards(files, isFolder ? first : path.dirname(first));
  return near ?? findUpwards(files, folder);
}

/** Stops at the root of the repository, if the folder is in one. */
async function findUpwards(files: CommandFiles, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const file = path.join(folder, fileName);
    if ((await files.kindOf(file)) === "file") return file;
    const isRoot = (await files.kindOf(path.join(folder, ".git"))) !== "missing";
    if (isRoot || path.dirname(folder) === folder) return undefined;
  }
}

async function readText(files: CommandFiles, file: string, shown: string): Promise<string> {
  const read = await files.read(file);
  if (read.kind === "text") return read.text;
  throw new UsageError(`${shown}: ${fileProblemMessage(read.problem)}`);
}

function parseConfig(text: string, shown: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) {
    const message = withoutSource(error.message);
    throw new UsageError(l10n.t("The configuration {0} is no YAML: {1}.", shown, message));
  }
  const raw = valueOf(document, shown);
  if (raw === null || raw === undefined) return {};
  if (typeof raw === "object" && !Array.isArray(raw)) return raw;
  throw new UsageError(l10n.t("The configuration {0} is no map of settings.", shown));
}

/** Aliases that stand for far more than is written are refused by the parser. */
function valueOf(document: ReturnType<typeof parseDocument>, shown: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw new UsageError(l10n.t("The configuration {0} cannot be used.", shown));
  }
}

function onlyNetwork(settings: Settings): Pick<Settings, (typeof networkSettings)[number]> {
  const { registries, caFile, proxy, trustedAuthHosts, cluster } = settings;
  return { registries, caFile, proxy, trustedAuthHosts, cluster };
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
