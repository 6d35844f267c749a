// A language client without an editor: starts a server over stdio, and speaks as the editor it plays would.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  createProtocolConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type CodeAction,
  type Command,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type Hover,
  type InitializeResult,
  type InlayHint,
  type MessageConnection,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  type TextDocumentContentChangeEvent,
  type WorkspaceFolder,
} from "vscode-languageserver/node";
import { bare } from "./clientProfiles.ts";
import { eventually, timeoutMs, within } from "./deadline.ts";
import { withLoopback } from "./loopbackIsFine.ts";
import { projectPath } from "./projectRoot.ts";

/** What to start, and which editor to play. */
export interface LanguageClientOptions {
  /** Program and arguments; default: the built server, `dist/server.cjs --stdio`. */
  readonly command?: readonly string[];
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: unknown;
  readonly workspaceFolders?: readonly WorkspaceFolder[] | null;
  readonly locale?: string;
  /** Requests that this editor answers with an error although it says that it can. */
  readonly refuses?: readonly string[];
  /** Answers `workspace/configuration`, by section. */
  readonly configuration?: (section: string | undefined, scopeUri: string | undefined) => unknown;
}

/** A started server, initialized. */
export interface LanguageClient {
  readonly process: ChildProcess;
  /** For everything that has no method of its own here. */
  readonly connection: ProtocolConnection;
  readonly initializeResult: InitializeResult;
  /** Methods of all that the server has sent of its own accord, in order. */
  readonly received: readonly { readonly method: string; readonly params: unknown }[];
  /** Methods of all requests that the played editor does not know: a server must ask none. */
  readonly unanswerable: readonly string[];
  /** What the server wrote to standard error so far. */
  standardError(): string;
  open(uri: string, text: string, languageId?: string): Promise<void>;
  /** Sends the changes as the document's next version. */
  change(uri: string, changes: readonly TextDocumentContentChangeEvent[]): Promise<void>;
  close(uri: string): Promise<void>;
  hover(uri: string, line: number, character: number): Promise<Hover | null>;
  inlayHints(uri: string, range: Range): Promise<readonly InlayHint[]>;
  codeActions(
    uri: string,
    range: Range,
    diagnostics?: readonly Diagnostic[],
    only?: readonly string[],
  ): Promise<readonly (Command | CodeAction)[]>;
  /**
   * The diagnostics of the version sent last: pulled if server and client agree on that, else pushed.
   * Waits until `accept` is true, asking again at each refresh, or now and then where there are none.
   */
  diagnostics(
    uri: string,
    accept?: (diagnostics: readonly Diagnostic[]) => boolean,
    milliseconds?: number,
  ): Promise<readonly Diagnostic[]>;
  /** Waits for the next notification or request of this method that the server has yet to send. */
  next(method: string, milliseconds?: number): Promise<unknown>;
  /** Says shutdown and exit, and waits for the end. @returns the exit code; null after a signal */
  stop(): Promise<number | null>;
}

interface Listener {
  readonly method: string;
  readonly call: (params: unknown) => void;
}

/**
 * Starts a server, initializes it, and answers what it asks.
 * @throws {Error} if it ends or does not answer in time
 */
export async function startLanguageServer(
  options: LanguageClientOptions = {},
): Promise<LanguageClient> {
  const [program, ...args] = options.command ?? builtServer();
  const child = spawn(program ?? process.execPath, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const inbox = createInbox(connection, options);
  connection.listen();
  const capabilities = options.capabilities ?? bare;
  const folders = options.workspaceFolders ?? null;
  const ended = exited.then((code): never => {
    throw new Error(`The server ended with code ${String(code)}: ${errors}`);
  });
  ended.catch(() => undefined);
  const initialized = connection.sendRequest("initialize", {
    processId: process.pid,
    clientInfo: { name: "test" },
    rootUri: folders?.[0]?.uri ?? null,
    workspaceFolders: folders,
    capabilities,
    locale: options.locale ?? "en",
    initializationOptions: withLoopback(options.initializationOptions),
  });
  const initializeResult = (await within(
    timeoutMs,
    "initialize",
    Promise.race([initialized, ended]),
  )) as InitializeResult;
  await connection.sendNotification("initialized", {});
  const pulls =
    capabilities.textDocument?.diagnostic !== undefined &&
    initializeResult.capabilities.diagnosticProvider !== undefined;
  const isNotified = !pulls || capabilities.workspace?.diagnostics?.refreshSupport === true;
  return {
    process: child,
    connection,
    initializeResult,
    received: inbox.received,
    unanswerable: inbox.unanswerable,
    standardError: () => errors,
    ...requests(connection),
    ...documents(connection, inbox, { pulls, isNotified }),
    next: inbox.next,
    async stop() {
      await within(timeoutMs, "shutdown", connection.sendRequest("shutdown"));
      await connection.sendNotification("exit");
      const code = await within(timeoutMs, "The server's exit", exited);
      connection.dispose();
      return code;
    },
  };
}

function builtServer(): readonly string[] {
  return [process.execPath, projectPath("dist/server.cjs"), "--stdio"];
}

interface Inbox {
  readonly received: { method: string; params: unknown }[];
  readonly unanswerable: string[];
  readonly next: LanguageClient["next"];
  readonly on: (listener: Listener) => () => void;
}

/** Takes what the server sends: keeps it, tells who waits for it, and answers as an editor would. */
function createInbox(connection: ProtocolConnection, options: LanguageClientOptions): Inbox {
  const received: { method: string; params: unknown }[] = [];
  const listeners = new Set<Listener>();
  const take = (method: string, params: unknown): void => {
    received.push({ method, params });
    for (const { call } of [...listeners].filter((each) => each.method === method)) call(params);
  };
  const on = (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  connection.onUnhandledNotification(({ method, params }) => take(method, params));
  const answer = (method: string, reply: (params: unknown) => unknown): void => {
    connection.onRequest(method, (params: unknown) => {
      take(method, params);
      if (options.refuses?.includes(method) === true) throw new Error(`${method} is refused`);
      return reply(params);
    });
  };
  const { capabilities = bare, configuration = () => null } = options;
  const { workspace, window } = capabilities;
  const canRegister = [workspace?.didChangeConfiguration, workspace?.didChangeWatchedFiles].some(
    (capability) => capability?.dynamicRegistration === true,
  );
  if (workspace?.configuration === true) {
    answer("workspace/configuration", (params) => {
      const { items } = params as { items: { section?: string; scopeUri?: string }[] };
      return items.map(({ section, scopeUri }) => configuration(section, scopeUri));
    });
  }
  const unanswerable: string[] = [];
  // The type of the connection lacks the handler for all the rest.
  (connection as unknown as MessageConnection).onRequest((method) => {
    unanswerable.push(method);
    throw new ResponseError(ErrorCodes.MethodNotFound, `This editor does not know ${method}`);
  });
  const known: readonly (readonly [string, unknown])[] = [
    ["client/registerCapability", canRegister],
    ["workspace/inlayHint/refresh", workspace?.inlayHint?.refreshSupport],
    ["workspace/diagnostic/refresh", workspace?.diagnostics?.refreshSupport],
    ["window/workDoneProgress/create", window?.workDoneProgress],
  ];
  for (const [method, isKnown] of known) if (isKnown === true) answer(method, () => null);
  if (workspace?.applyEdit === true) answer("workspace/applyEdit", () => ({ applied: true }));
  const next = (method: string, milliseconds = timeoutMs): Promise<unknown> => {
    let forget = (): void => undefined;
    const arrival = new Promise<unknown>((resolve) => {
      forget = on({ method, call: resolve });
    });
    return within(milliseconds, method, arrival).finally(() => forget());
  };
  return { received, unanswerable, next, on };
}

function requests(
  connection: ProtocolConnection,
): Pick<LanguageClient, "hover" | "inlayHints" | "codeActions"> {
  const ask = async (method: string, params: unknown): Promise<unknown> =>
    await within(timeoutMs, method, connection.sendRequest(method, params));
  return {
    async hover(uri, line, character) {
      const params = { textDocument: { uri }, position: { line, character } };
      return (await ask("textDocument/hover", params)) as Hover | null;
    },
    async inlayHints(uri, range) {
      const hints = await ask("textDocument/inlayHint", { textDocument: { uri }, range });
      return (hints ?? []) as readonly InlayHint[];
    },
    async codeActions(uri, range, diagnostics = [], only) {
      const context = { diagnostics, ...(only === undefined ? {} : { only }) };
      const params = { textDocument: { uri }, range, context };
      return ((await ask("textDocument/codeAction", params)) ?? []) as (Command | CodeAction)[];
    },
  };
}

function documents(
  connection: ProtocolConnection,
  inbox: Inbox,
  { pulls, isNotified }: { readonly pulls: boolean; readonly isNotified: boolean },
): Pick<LanguageClient, "open" | "change" | "close" | "diagnostics"> {
  const versions = new Map<string, number>();
  const pushed = new Map<string, PublishDiagnosticsParams>();
  inbox.on({
    method: "textDocument/publishDiagnostics",
    call: (params) => {
      const published = params as PublishDiagnosticsParams;
      pushed.set(published.uri, published);
    },
  });
  const current = async (uri: string): Promise<readonly Diagnostic[] | undefined> => {
    if (!pulls) return pushed.get(uri)?.diagnostics;
    const params = { textDocument: { uri } };
    const report = await connection.sendRequest("textDocument/diagnostic", params);
    const { kind, ...rest } = report as DocumentDiagnosticReport;
    return kind === "full" && "items" in rest ? rest.items : undefined;
  };
  const signal = pulls ? "workspace/diagnostic/refresh" : "textDocument/publishDiagnostics";
  return {
    async open(uri, text, languageId = "yaml") {
      versions.set(uri, 1);
      const textDocument = { uri, languageId, version: 1, text };
      await connection.sendNotification("textDocument/didOpen", { textDocument });
    },
    async change(uri, contentChanges) {
      const version = (versions.get(uri) ?? 0) + 1;
      versions.set(uri, version);
      // What was pushed belongs to the text before: only what comes from now on counts.
      pushed.delete(uri);
      const textDocument = { uri, version };
      const params = { textDocument, contentChanges };
      await connection.sendNotification("textDocument/didChange", params);
    },
    async close(uri) {
      pushed.delete(uri);
      await connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
    },
    async diagnostics(uri, accept = () => true, milliseconds = timeoutMs) {
      const what = `The awaited diagnostics of ${uri}`;
      if (isNotified) {
        const accepted = untilAccepted(inbox, signal, () => current(uri), accept);
        return await within(milliseconds, what, accepted);
      }
      const probe = async (): Promise<readonly Diagnostic[] | undefined> => {
        const found = await current(uri);
        return found !== undefined && accept(found) ? found : undefined;
      };
      return await eventually(what, probe, milliseconds);
    },
  };
}

/** Asks now and at each signal from the server, until the answer is accepted. */
function untilAccepted(
  inbox: Inbox,
  signal: string,
  ask: () => Promise<readonly Diagnostic[] | undefined>,
  accept: (diagnostics: readonly Diagnostic[]) => boolean,
): Promise<readonly Diagnostic[]> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      ask()
        .then((diagnostics) => {
          if (diagnostics === undefined || !accept(diagnostics)) return;
          forget();
          resolve(diagnostics);
        })
        .catch((error: unknown) => {
          forget();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
    };
    const forget = inbox.on({ method: signal, call: look });
    look();
  });
}
