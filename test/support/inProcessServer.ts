// The language server in this process, with a clock that the test turns and a registry that the test answers for.

import { PassThrough } from "node:stream";
import {
  createConnection,
  createProtocolConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type Diagnostic,
  type InlayHint,
  type ProtocolConnection,
  type Range,
} from "vscode-languageserver/node";
import type { RunKubectl } from "../../server/src/environment.ts";
import { createHostTraits } from "../../server/src/registry/transport/hostTraits.ts";
import type { ManifestAnswer } from "../../server/src/registry/manifestLookup.ts";
import type { ManifestKey } from "../../server/src/registry/registryHost.ts";
import type { RegistryClient } from "../../server/src/registry/registryClient.ts";
import { keyText } from "../../server/src/resolver/resolution.ts";
import { createResolver } from "../../server/src/resolver/resolver.ts";
import type { Outside } from "../../server/src/server/outside.ts";
import { startServer } from "../../server/src/server/server.ts";
import { defaultSettings, type Settings } from "../../server/src/settings.ts";
import { createHandClock, type HandClock } from "./handClock.ts";
import { settled } from "./settled.ts";

/** A lookup that a registry was asked for, and that waits for the test's answer. */
export interface Lookup {
  /** `registry/repository:tag`. */
  readonly key: string;
  readonly answer: (digest: string) => void;
}

export interface InProcessServer {
  readonly connection: ProtocolConnection;
  readonly clock: HandClock;
  /** All lookups so far. */
  readonly lookups: readonly Lookup[];
  readonly open: (uri: string, text: string) => Promise<void>;
  /** Types a text at a place. */
  readonly type: (uri: string, line: number, character: number, text: string) => Promise<void>;
  readonly hints: (uri: string) => Promise<readonly InlayHint[]>;
  readonly diagnostics: (uri: string) => Promise<readonly Diagnostic[]>;
  readonly codeActions: (uri: string, range: Range) => Promise<readonly unknown[]>;
  /** Resolves when the server has done all that it can without an answer or more time. */
  readonly idle: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * Starts the server for a client with these abilities; what it logs goes nowhere.
 * @param options.settings the user's, as `workspace/configuration` is answered
 */
export async function startInProcess(
  capabilities: ClientCapabilities,
  options: { readonly settings?: unknown; readonly runKubectl?: RunKubectl } = {},
): Promise<InProcessServer> {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  const clock = createHandClock();
  const { client, lookups } = registryOf();
  const server = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(toServer),
    new StreamMessageWriter(toClient),
  );
  startServer(server, () => ({
    clock,
    log: () => undefined,
    ...answersOf(client, clock),
    files: {
      find: () => Promise.resolve([]),
      isFound: () => Promise.resolve(false),
      isWithin: () => Promise.resolve(true),
      readIf: () => Promise.resolve({ kind: "problem", problem: "missing" }),
    },
    runKubectl: options.runKubectl ?? (() => Promise.resolve("not-found")),
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
  for (const method of ["client/registerCapability", "workspace/diagnostic/refresh"]) {
    connection.onRequest(method, () => null);
  }
  connection.onRequest("workspace/inlayHint/refresh", () => null);
  connection.listen();
  const folders = { rootUri: null, workspaceFolders: null };
  await connection.sendRequest("initialize", { processId: null, capabilities, ...folders });
  await connection.sendNotification("initialized", {});
  const requests = requestsOf(connection);
  return {
    ...{ connection, clock, lookups },
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

const textDocument = (uri: string) => ({ textDocument: { uri } });

function requestsOf(
  connection: ProtocolConnection,
): Pick<InProcessServer, "open" | "type" | "hints" | "diagnostics" | "codeActions"> {
  let version = 1;
  const everything = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
  return {
    open: (uri, text) =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "yaml", version, text },
      }),
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
  };
}

/** A registry that answers lookups when the test does, and nothing else. */
function registryOf(): { client: RegistryClient; lookups: readonly Lookup[] } {
  const lookups: Lookup[] = [];
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
        lookups.push({
          key: keyText(name),
          answer: (digest) => resolve({ ...rest, digest, host: name.registry, route: "" }),
        });
      }),
    readDetails: unused,
    listTags: unused,
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
  return { client, lookups };
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
