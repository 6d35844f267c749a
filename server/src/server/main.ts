// The language server's entry: puts the session's parts together with this machine.

import { readFileSync } from "node:fs";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import type { Log, LogLevel } from "../environment.ts";
import { createRegistryAccess } from "../node/registryAccess.ts";
import { findYamlFiles, readTextFile } from "../node/yamlFiles.ts";
import { createResolver } from "../resolver/resolver.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import type { Answers, AskPolicy } from "./outside.ts";
import { startServer } from "./server.ts";

const usage = `knative-digest-language-server [--stdio | --node-ipc | --socket=PORT | --pipe=NAME]

Speaks the Language Server Protocol; over standard input and output unless told otherwise.
  --version  prints the version
  --help     prints this text
`;

function main(): void {
  const version = readVersion();
  if (process.argv.includes("--help")) process.stdout.write(usage);
  else if (process.argv.includes("--version")) process.stdout.write(`${version}\n`);
  else serve(version);
}

function serve(version: string): void {
  keepHeapSmall();
  const transports = /^--(stdio|node-ipc|socket|pipe)/;
  if (!process.argv.some((argument) => transports.test(argument))) process.argv.push("--stdio");
  const connection = createConnection(ProposedFeatures.all);
  const log: Log = (level, message) => {
    write[level](message);
  };
  const write: Readonly<Record<LogLevel, (message: string) => void>> = {
    error: (message) => connection.console.error(message),
    warning: (message) => connection.console.warn(message),
    info: (message) => connection.console.info(message),
    debug: (message) => connection.console.debug(message),
  };
  // The last resort: whatever was not caught is logged and ends nothing.
  process.on("unhandledRejection", (reason) => {
    log(
      "error",
      `unhandled rejection: ${reason instanceof Error ? String(reason.stack) : String(reason)}`,
    );
  });
  const { answers, clock } = createAnswers(log);
  startServer(connection, {
    clock,
    log,
    files: { find: findYamlFiles, read: readTextFile },
    answers,
    version,
  });
}

/**
 * An editor's server lives for days beside others: a heap that is collected a little more often takes a third less
 * memory with a large file open, and a key takes no longer (`npm run bench -- file`).
 */
function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=75");
}

/** The resolver, with the settings and the policy that the session finds out later. */
function createAnswers(log: Log): {
  answers: Answers;
  clock: ReturnType<typeof createRegistryAccess>["clock"];
} {
  let settings: Settings = defaultSettings;
  let policy: AskPolicy = { trusted: false, workspaceFolders: [], cacheFolder: "" };
  let tellCacheFolder: (folder: string) => void = () => undefined;
  const cacheFolder = new Promise<string>((resolve) => {
    tellCacheFolder = resolve;
  });
  const access = createRegistryAccess({
    settings: () => settings,
    variables: process.env,
    workspaceFolders: () => policy.workspaceFolders,
    log,
    cacheFolder,
  });
  const resolver = createResolver({
    client: access.client,
    clock: access.clock,
    log,
    settings: () => settings,
    policy: { trusted: false, offline: false },
    cacheFile: access.cacheFile,
  });
  const answers: Answers = Object.assign(Object.create(resolver) as typeof resolver, {
    configure(newSettings: Settings, newPolicy: AskPolicy) {
      settings = newSettings;
      policy = newPolicy;
      tellCacheFolder(policy.cacheFolder);
      resolver.settingsChanged();
      resolver.setPolicy({ trusted: policy.trusted, offline: false });
    },
  });
  return { answers, clock: access.clock };
}

function readVersion(): string {
  const file = path.join(import.meta.dirname, "..", "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}

main();
