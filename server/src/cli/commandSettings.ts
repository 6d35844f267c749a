// The settings of one run: the flags over the configuration file over the defaults.

import path from "node:path";
import { parseSkipList } from "../knative/skipList.ts";
import { defaultSettings, parseSettings, type Settings } from "../settings.ts";
import type { CommandCall, CommandOptions } from "./arguments.ts";
import type { CommandEnvironment } from "./commandEnvironment.ts";
import { readConfigFile, type ConfiguredSettings } from "./configFile.ts";
import { UsageError } from "./usageError.ts";

/** The flag that gives each setting, for what is said of a value that cannot be used. */
const flags = {
  skipRegistries: "--skip-registries",
  "pin.style": "--pin-style",
  requestsPerRegistry: "--jobs",
  timeoutSeconds: "--timeout",
  caFile: "--ca-file",
  registries: "--insecure",
  kubernetesWorkloads: "--kubernetes-workloads",
} as const satisfies Record<string, string>;

/**
 * The settings that hold for this run.
 * @throws {UsageError} for a flag's value or a configuration that cannot be used
 */
export async function readSettings(
  { verb, operands, options }: CommandCall,
  { files, folder }: Pick<CommandEnvironment, "files" | "folder">,
): Promise<ConfiguredSettings> {
  const isAboutImages = verb === "resolve" || verb === "explain";
  const firstPath = isAboutImages ? "." : (operands[0] ?? ".");
  const question = { files, folder, named: options.config, firstPath };
  const { settings: base, warnings } = await readConfigFile(question, defaultSettings);
  const { settings, problems } = parseSettings(fromFlags(options, folder, base), base);
  const [problem] = problems;
  if (problem !== undefined) throw new UsageError(inFlags(problem));
  return { settings, warnings };
}

function fromFlags(
  options: CommandOptions,
  folder: string,
  base: Settings,
): Partial<Record<keyof typeof flags, unknown>> {
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

function inFlags(problem: string): string {
  const name = Object.entries(flags).find(([setting]) => problem.includes(` ${setting} `));
  return name === undefined ? problem : `${name[1]}: ${problem}`;
}
