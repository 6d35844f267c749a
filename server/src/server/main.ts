// The language server's entry: puts the session's parts together with this machine.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { isMainThread } from "node:worker_threads";
import * as l10n from "@vscode/l10n";
import { createConnection, ProposedFeatures } from "./lspLibrary.ts";
import type { DocumentAnalysis } from "../document/analysis.ts";
import type { AnalysisOptions } from "../document/analysisOptions.ts";
import type { ReadElsewhere } from "../document/documentAnalysis.ts";
import { analyzeDocument } from "../document/oneDocument.ts";
import type { Log } from "../environment.ts";
import { isReallyWithin } from "../node/files/insideFolder.ts";
import { networkStamp } from "../node/networkStamp.ts";
import { createRegistryAccess } from "../node/registryAccess.ts";
import {
  createManifestReader,
  findWorkspaceFiles,
  isWorkspaceFile,
} from "../node/files/yamlFiles.ts";
import { answerInThread, createThreadWork } from "../node/programs/threadWork.ts";
import { createResolver } from "../resolver/resolver.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import { bundleFor } from "./language.ts";
import type { WorkspaceTrust, ClientStart, Outside } from "./outside.ts";
import type { OwnOptions } from "./ownOptions.ts";
import { createLog, stackOf } from "./log.ts";
import { startServer } from "./server.ts";
import { readStartArguments } from "./startArguments.ts";

const usage = `knative-digest-language-server [--stdio | --node-ipc | --socket=PORT | --pipe=NAME]

Speaks the Language Server Protocol, over standard input and output by default.
      --clientProcessId=PID  ends when this process does
  -V, --version              prints the version
  -h, --help                 prints this text
`;

function main(): void {
  const version = readVersion();
  const start = readStartArguments(process.argv.slice(2));
  switch (start.kind) {
    case "help":
      end(process.stdout, usage, 0);
      break;
    case "version":
      end(process.stdout, `${version}\n`, 0);
      break;
    case "misused":
      end(process.stderr, `knative-digest-language-server: ${start.problem}\n\n${usage}`, 2);
      break;
    case "serve":
      if (!start.namesTransport) process.argv.push("--stdio");
      serve(version);
  }
}

/** Ends with a text, also where the protocol's library already watches the client. */
function end(stream: NodeJS.WriteStream, text: string, code: number): void {
  stream.write(text, () => {
    process.exit(code);
  });
}

function serve(version: string): void {
  keepHeapSmall();
  const connection = createConnection(ProposedFeatures.all);
  const log = createLog(connection.console);
  // The last resort: whatever was not caught is logged and ends nothing.
  const survive = (reason: unknown): void => {
    log("error", `not caught: ${stackOf(reason)}`);
  };
  process.on("unhandledRejection", survive);
  process.on("uncaughtException", survive);
  startServer(connection, (client) => {
    configureLanguage(client, log);
    return { ...openMachine(client.own, log), log, version };
  });
}

/**
 * An editor's server runs for days next to others: a heap that is collected a little more often takes a third less
 * memory with a large file open, and a key takes no longer (`npm run bench -- file`).
 */
function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=75");
  // So little is young here that several threads take longer over it than one: they must be woken for each key.
  setFlagsFromString("--no-parallel-scavenge");
}

/** Chooses the language of all texts, before the first one is made. */
function configureLanguage({ own, locale }: ClientStart, log: Log): void {
  try {
    const folder = path.join(import.meta.dirname, "..", "l10n");
    const file = own.l10nBundle === "" ? bundleFor(locale, readdirSync(folder)) : own.l10nBundle;
    if (file !== undefined) l10n.config({ fsPath: path.resolve(folder, file) });
  } catch (error) {
    log("warning", `the texts for ${locale ?? "this language"} cannot be read: ${String(error)}`);
  }
}

/** Everything that depends on this machine; the settings and the trust come when the session finds them out. */
function openMachine(own: OwnOptions, log: Log): Omit<Outside, "log" | "version"> {
  let settings: Settings = defaultSettings;
  let trust: WorkspaceTrust = { trusted: false, workspaceFolders: [] };
  let proxy = own.proxy;
  // Whose answers on the disk may be shown depends on settings and trust: it is not read before those are known.
  let setConfigured: () => void = () => undefined;
  const configured = new Promise<void>((resolve) => {
    setConfigured = resolve;
  });
  const access = createRegistryAccess({
    settings: () => settings,
    variables: process.env,
    workspaceFolders: () => trust.workspaceFolders,
    log,
    editorProxy: () => proxy,
    cacheFolder: own.cacheFolder === "" ? "" : configured.then(() => own.cacheFolder),
  });
  const { clock, client, cacheFile, runKubectl } = access;
  const resolver = createResolver({
    ...{ client, clock, log, cacheFile },
    settings: () => settings,
    policy: { trusted: false, offline: false },
  });
  const configure: Outside["configure"] = (newSettings, newTrust) => {
    settings = newSettings;
    trust = newTrust;
    resolver.settingsChanged();
    resolver.setPolicy({ trusted: trust.trusted, offline: false });
    setConfigured();
  };
  const setProxy: Outside["setProxy"] = (newProxy) => {
    proxy = newProxy;
    resolver.settingsChanged();
  };
  const files = {
    find: findWorkspaceFiles,
    isFound: isWorkspaceFile,
    isWithin: isReallyWithin,
    ...createManifestReader(),
  };
  const readElsewhere = createReadElsewhere();
  const world = { clock, runKubectl, files, networkStamp, readElsewhere };
  return { answers: resolver, configure, setProxy, ...world };
}

/** A document for another thread. */
interface LongDocument {
  readonly text: string;
  readonly options: AnalysisOptions;
}

/** A minute and 2 GB: several times what the largest document takes that is read (`maxTokens` in `yamlTokens.ts`). */
const longRead = { milliseconds: 60_000, megabytes: 2048 };

/** Reads long documents in another thread, which runs this program, too. */
function createReadElsewhere(): ReadElsewhere {
  const work = createThreadWork(import.meta.filename, longRead);
  return async (text, options) => {
    const document: LongDocument = { text, options };
    return (await work(document)) as DocumentAnalysis | undefined;
  };
}

function readLongDocument(work: unknown): DocumentAnalysis {
  const { text, options } = work as LongDocument;
  return analyzeDocument(text, options);
}

function readVersion(): string {
  const file = path.join(import.meta.dirname, "..", "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}

if (isMainThread) main();
else answerInThread(readLongDocument);
