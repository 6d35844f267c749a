// The settings of one run: the flags over the configuration file over the defaults.

import path from "node:path";
import * as l10n from "@vscode/l10n";
import type { Exclusions } from "../../node/files/findFiles.ts";
import { parseExclusion, type PathPattern } from "../../paths/pathPattern.ts";
import { parseSkipList } from "../../knative/skipList/skipList.ts";
import { defaultSettings, parseSettings, type Settings } from "../../settings.ts";
import type { CommandCall, CommandOptions } from "./arguments.ts";
import type { CommandEnvironment } from "../commandEnvironment.ts";
import { fileProblemMessage } from "./inputFiles.ts";
import { readConfigFile, type ConfiguredSettings } from "./configFile.ts";
import { UsageError } from "./usageError.ts";

/**
 * The settings that hold for this run.
 * @throws {UsageError} for a flag's value or a configuration that cannot be used
 */
export async function readSettings(
  { verb, operands, options }: CommandCall,
  { files, folder }: Pick<CommandEnvironment, "files" | "folder">,
): Promise<ConfiguredSettings & { readonly exclude: readonly Exclusions[] }> {
  const isAboutImages = verb === "resolve" || verb === "explain";
  const firstPath = isAboutImages ? "." : (operands[0] ?? ".");
  const question = { files, folder, named: options.config, firstPath };
  const configured = await readConfigFile(question, defaultSettings);
  const { settings: base, warnings } = configured;
  const { settings, problems } = parseSettings(fromFlags(options, folder, base), base);
  const [problem] = problems;
  if (problem !== undefined) throw new UsageError(problem);
  await readAuthorities(settings, files);
  const place =
    options.skipRegistries === undefined ? base.skipRegistriesPlace : "--skip-registries";
  const exclude = [
    { folder: configured.folder, patterns: exclusions(base.exclude) },
    { folder, patterns: exclusions(options.exclude ?? []) },
  ];
  const placed = place === undefined ? settings : { ...settings, skipRegistriesPlace: place };
  return { ...configured, settings: placed, warnings, exclude };
}

/** @throws {UsageError} for a pattern that cannot be understood: what it should leave out is not known */
function exclusions(patterns: readonly string[]): readonly PathPattern[] {
  return patterns.map((text) => {
    const pattern = parseExclusion(text);
    if (pattern !== undefined) return pattern;
    throw new UsageError(l10n.t("Invalid pattern to exclude: “{0}”.", text));
  });
}

/** Fails for certificates that cannot be read: without them registries would seem not to be trusted. */
async function readAuthorities(settings: Settings, files: CommandEnvironment["files"]) {
  const own = Object.values(settings.registries).map(({ caFile = "" }) => caFile);
  for (const file of [settings.caFile, ...own].filter((name) => path.isAbsolute(name))) {
    const read = await files.read(file);
    // Comments may be in any encoding.
    if (read.kind === "problem" && read.problem === "not-utf-8") continue;
    if (read.kind === "problem" && read.problem !== "binary") {
      throw new UsageError(`${file}: ${fileProblemMessage(read.problem)}`);
    }
    if (read.kind === "problem" || !read.text.includes("-----BEGIN CERTIFICATE-----")) {
      throw new UsageError(l10n.t("No PEM certificate found in {0}.", file));
    }
  }
}

function fromFlags(
  options: CommandOptions,
  folder: string,
  base: Settings,
): Readonly<Record<string, unknown>> {
  const { skipRegistries, pinStyle, jobs, timeout, caFile, insecure } = options;
  const given = {
    // As Knative reads the same text: an empty one skips nothing.
    skipRegistries:
      skipRegistries === undefined
        ? undefined
        : parseSkipList(skipRegistries).map(({ registry }) => registry),
    "pin.style": pinStyle,
    requestsPerRegistry: jobs,
    timeoutSeconds: timeout,
    caFile: caFile === undefined ? undefined : path.resolve(folder, caFile),
    registries: insecure === undefined ? undefined : withInsecure(base, insecure),
    kubernetesWorkloads: options.kubernetesWorkloads,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function withInsecure(base: Settings, hosts: readonly string[]): Settings["registries"] {
  const named = hosts.map((host) => [host, { ...base.registries[host], insecure: true }] as const);
  return { ...base.registries, ...Object.fromEntries(named) };
}
