// The language server in this process, with a clock that the test turns and a registry that the test answers for.

import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import {
  createConnection,
  createProtocolConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type Diagnostic,
  type Hover,
  type InlayHint,
  type Position,
  type ProtocolConnection,
  type Range,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import type { ReadElsewhere } from "../../server/src/document/documentAnalysis.ts";
import type { RunKubectl } from "../../server/src/environment.ts";
import { decodeIf } from "../../server/src/node/files/yamlFiles.ts";
import { createHostTraits } from "../../server/src/registry/transport/hostTraits.ts";
import type { ManifestAnswer } from "../../server/src/registry/manifestLookup.ts";
import { RegistryError, type RegistryProblem } from "../../server/src/registry/registryError.ts";
import type { ManifestKey } from "../../server/src/registry/registryHost.ts";
import type { RegistryClient } from "../../server/src/registry/registryClient.ts";
import {
  keyText,
  type ManifestDetails,
  type TagList,
} from "../../server/src/resolver/resolution.ts";
import { createResolver } from "../../server/src/resolver/resolver.ts";
import type { Outside } from "../../server/src/server/outside.ts";
import { startServer } from "../../server/src/server/server.ts";
import { defaultSettings, type Settings } from "../../server/src/settings.ts";
import { visualStudioCode } from "./clientProfiles.ts";
import { createHandClock, type HandClock } from "./handClock.ts";
import { settled } from "./settled.ts";

/** A lookup that a registry was asked for, and that waits for the test's answer. */
export interface Lookup {
  /** `registry/repository:tag`. */
  readonly key: string;
  readonly answer: (digest: string) => void;
}

/** What a registry says of a manifest: its digest, or why there is none. */
type RegistryAnswer = string | RegistryProblem;

/** What a registry answers by itself; a lookup of anything else waits for the test. */
interface KnownRegistry {
  /** By `registry/repository:tag` or `…@digest`. */
  readonly manifests?: Readonly<Record<string, RegistryAnswer>>;
  /** By the same names; of all others the reading of the manifest never ends. */
  readonly details?: Readonly<Record<string, ManifestDetails | RegistryProblem>>;
  /** By `registry/repository`; of all others the list never comes. */
  readonly tags?: Readonly<Record<string, TagList>>;
}

/** A manifest that was read, and whether that might count as a pull. */
interface DetailsRead {
  readonly key: string;
  readonly mayPull: boolean;
}

export interface InProcessOptions {
  /** Default: those of VS Code. */
  readonly capabilities?: ClientCapabilities;
  /** The user's, as `workspace/configuration` is answered. */
  readonly settings?: unknown;
  readonly runKubectl?: RunKubectl;
  /** Reads long documents; default: they are read at once. */
  readonly readElsewhere?: ReadElsewhere;
  readonly initializationOptions?: unknown;
  readonly registry?: KnownRegistry;
  /** Texts by path: the files of the folders. */
  readonly files?: Readonly<Record<string, string>>;
  /** Paths of the workspace's folders; none without. */
  readonly folders?: readonly string[];
}

export interface InProcessServer {
  readonly connection: ProtocolConnection;
  readonly clock: HandClock;
  /** All lookups so far. */
  readonly lookups: readonly Lookup[];
  readonly detailsReads: readonly DetailsRead[];
  /** The edits that the client was asked to make, all of which it says it made. */
  readonly edits: readonly WorkspaceEdit[];
  /** The diagnostics and states that the server sent, and its requests to refresh, in order. */
  readonly told: readonly { readonly method: string; readonly params: unknown }[];
  readonly logged: readonly string[];
  readonly open: (uri: string, text: string) => Promise<void>;
  readonly close: (uri: string) => Promise<void>;
  /** Types a text at a place. */
  readonly type: (uri: string, line: number, character: number, text: string) => Promise<void>;
  readonly hints: (uri: string) => Promise<readonly InlayHint[]>;
  readonly diagnostics: (uri: string) => Promise<readonly Diagnostic[]>;
  readonly codeActions: (uri: string, range: Range) => Promise<readonly unknown[]>;
  readonly hover: (uri: string, position: Position) => Promise<Hover | null>;
  /** Executes a command by the end of its name. */
  readonly execute: <Result>(command: string, argument?: unknown) => Promise<Result>;
  /** Resolves when the server has done all that it can without an answer or more time. */
  readonly idle: () => Promise<void>;
  readonly stop: () => void;
}

/** Starts the server for a client with these abilities; what it logs goes nowhere. */
export async function startInProcess(
  capabilities: ClientCapabilities,
  options: InProcessOptions = {},
): Promise<InProcessServer> {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const clock = createHandClock();
  const { client, lookups, detailsReads } = registryOf(options.registry ?? {});
  const edits: WorkspaceEdit[] = [];
  const told: { method: string; params: unknown }[] = [];
  const logged: string[] = [];
  const server = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(toServer),
    new StreamMessageWriter(toClient),
  );
  startServer(server, () => ({
    clock,
    log: (level, text) => void logged.push(`${level}: ${text}`),
    ...answersOf(client, clock),
    files: filesOf(options.files ?? {}),
    runKubectl: options.runKubectl ?? (() => Promise.resolve("not-found")),
    readElsewhere: options.readElsewhere,
    networkStamp: () => "",
    version: "1.2.3",
  }));
  const connection = createProtocolConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  connection.onRequest("workspace/configuration", ({ items }: { items: readonly unknown[] }) =>
    items.map(() => options.settings ?? null),
  );
  connection.onRequest("client/registerCapability", () => null);
  for (const method of ["workspace/diagnostic/refresh", "workspace/inlayHint/refresh"]) {
    connection.onRequest(method, () => {
      told.push({ method, params: null });
      return null;
    });
  }
  for (const method of ["knativeDigest/status", "textDocument/publishDiagnostics"]) {
    connection.onNotification(method, (params: unknown) => void told.push({ method, params }));
  }
  connection.onRequest("window/workDoneProgress/create", () => null);
  connection.onRequest("workspace/applyEdit", ({ edit }: { edit: WorkspaceEdit }) => {
    edits.push(edit);
    return { applied: true };
  });
  connection.listen();
  const { initializationOptions } = options;
  const workspaceFolders =
    options.folders?.map((path) => ({
      uri: `file://${path}`,
      name: path.slice(path.lastIndexOf("/") + 1),
    })) ?? null;
  const folders = { rootUri: null, workspaceFolders, initializationOptions };
  await connection.sendRequest("initialize", { processId: null, capabilities, ...folders });
  await connection.sendNotification("initialized", {});
  const requests = requestsOf(connection);
  return {
    ...{ connection, clock, lookups, detailsReads, edits, told, logged },
    ...requests,
    async idle() {
      // Two round trips: what the first one sets off on the way back is over after the second.
      for (let trip = 0; trip < 2; trip += 1) {
        await connection.sendRequest("textDocument/documentLink", textDocument("file:///no.yaml"));
        await settled();
      }
    },
    stop() {
      connection.dispose();
      server.dispose();
    },
  };
}

/** Runs `body` with a server that has read its folders. No fault may hide behind an answer that stands in for another. */
export async function withInProcess(
  options: InProcessOptions,
  body: (server: InProcessServer) => Promise<void>,
): Promise<void> {
  const server = await startInProcess(options.capabilities ?? visualStudioCode, options);
  try {
    await server.idle();
    await body(server);
    assert.deepEqual(
      server.logged.filter((line) => line.startsWith("error: ")),
      [],
    );
  } finally {
    server.stop();
  }
}

interface OpenDocument {
  readonly uri: string;
  readonly text: string;
}

/** Runs `body` once a server has read this document. */
export function withRead(
  { uri, text }: OpenDocument,
  options: InProcessOptions,
  body: (server: InProcessServer) => Promise<void>,
): Promise<void> {
  return withInProcess(options, async (server) => {
    await server.open(uri, text);
    await server.idle();
    await body(server);
  });
}

/** Runs `body` once this document is open, and once what is in it has been looked up as far as it is answered. */
export function withOpened(
  document: OpenDocument,
  options: InProcessOptions,
  body: (server: InProcessServer) => Promise<void>,
): Promise<void> {
  return withRead(document, options, async (server) => {
    for (const milliseconds of [0, 1000]) {
      server.clock.advance(milliseconds);
      await server.idle();
    }
    await body(server);
  });
}

const textDocument = (uri: string) => ({ textDocument: { uri } });

function requestsOf(
  connection: ProtocolConnection,
): Pick<
  InProcessServer,
  "open" | "close" | "type" | "hints" | "diagnostics" | "codeActions" | "hover" | "execute"
> {
  let version = 1;
  const everything = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
  return {
    open: (uri, text) =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "yaml", version, text },
      }),
    close: (uri) => connection.sendNotification("textDocument/didClose", textDocument(uri)),
    type(uri, line, character, text) {
      version += 1;
      const at = { line, character };
      return connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: at, end: at }, text }],
      });
    },
    async hints(uri) {
      const params = { ...textDocument(uri), range: everything };
      return await connection.sendRequest<InlayHint[]>("textDocument/inlayHint", params);
    },
    async diagnostics(uri) {
      const report = await connection.sendRequest<{ items: Diagnostic[] }>(
        "textDocument/diagnostic",
        textDocument(uri),
      );
      return report.items;
    },
    async codeActions(uri, range) {
      const params = { ...textDocument(uri), range, context: { diagnostics: [] } };
      return await connection.sendRequest<unknown[]>("textDocument/codeAction", params);
    },
    async hover(uri, position) {
      const params = { ...textDocument(uri), position };
      return await connection.sendRequest<Hover | null>("textDocument/hover", params);
    },
    async execute<Result>(command: string, argument: unknown = {}) {
      const params = { command: `knativeDigest.server.${command}`, arguments: [argument] };
      return await connection.sendRequest<Result>("workspace/executeCommand", params);
    },
  };
}

/** Files that lie in memory, by their paths. */
function filesOf(texts: Readonly<Record<string, string>>): Outside["files"] {
  return {
    find: (folder) =>
      Promise.resolve(Object.keys(texts).filter((path) => path.startsWith(`${folder}/`))),
    isFound: (_, path) => Promise.resolve(texts[path] !== undefined),
    isWithin: () => Promise.resolve(true),
    readIf(path, interest) {
      const text = texts[path];
      return Promise.resolve(
        text === undefined
          ? { kind: "problem", problem: "missing" }
          : decodeIf(Buffer.from(text), interest),
      );
    },
  };
}

/** A registry that answers what is known of it, and all other lookups when the test does. */
function registryOf({ manifests = {}, details = {}, tags = {} }: KnownRegistry): {
  readonly client: RegistryClient;
  readonly lookups: readonly Lookup[];
  readonly detailsReads: readonly DetailsRead[];
} {
  const lookups: Lookup[] = [];
  const detailsReads: DetailsRead[] = [];
  const unused = (): never => {
    throw new Error("not asked here");
  };
  const nothing = () => Promise.resolve("");
  const client: RegistryClient = {
    findManifest: (name: ManifestKey, { signal }) =>
      new Promise<ManifestAnswer>((resolve, reject) => {
        const rest = {
          mediaType: undefined,
          size: undefined,
          notices: [],
          credentialPlace: "",
          byToken: false,
        };
        signal.addEventListener("abort", () => reject(signal.reason as Error));
        const answer = (digest: string): void =>
          resolve({ ...rest, digest, host: name.registry, route: "" });
        lookups.push({ key: keyText(name), answer });
        const known = manifests[keyText(name)];
        if (typeof known === "string") answer(known);
        else if (known !== undefined) reject(new RegistryError(known, name.registry));
      }),
    readDetails(name, { mayPull, signal }) {
      detailsReads.push({ key: keyText(name), mayPull });
      const known = details[keyText(name)];
      if (known === undefined) return unlessAborted(signal);
      return "platforms" in known
        ? Promise.resolve(known)
        : Promise.reject(new RegistryError(known, name.registry));
    },
    listTags: ({ registry, repository }, { signal }) => {
      const known = tags[`${registry}/${repository}`];
      return known === undefined ? unlessAborted(signal) : Promise.resolve(known);
    },
    keychain: {
      ...{ credentialFor: unused, explain: unused, clear: () => undefined },
      remember: () => undefined,
      ...{ placeOf: nothing, stamp: nothing },
    },
    traits: createHostTraits(),
    controllerTraits: () => undefined,
    pinged: () => undefined,
    routeOf: () => "",
    closedFor: () => 0,
    forgive: () => undefined,
    reset: () => undefined,
    close: () => Promise.resolve(),
  };
  return { client, lookups, detailsReads };
}

/** Nothing comes until somebody gives up. */
function unlessAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

function answersOf(
  client: RegistryClient,
  clock: HandClock,
): Pick<Outside, "answers" | "configure" | "setProxy"> {
  let settings: Settings = defaultSettings;
  const resolver = createResolver({
    ...{ client, clock, log: () => undefined, settings: () => settings },
    policy: { trusted: false, offline: false },
  });
  return {
    answers: resolver,
    configure(next, { trusted }) {
      settings = next;
      resolver.settingsChanged();
      resolver.setPolicy({ trusted, offline: false });
    },
    setProxy: () => undefined,
  };
}
