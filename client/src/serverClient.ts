// The language server's process and connection, as the rest of the extension sees it.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { ServerStatus } from "../../server/src/protocol.ts";
import { editorProxy, proxySection } from "./editorProxy.ts";
import type { ServerState, ShownProgress } from "./languageClient.ts";

/** One of the server's commands, with its single argument. */
export type ServerCommand =
  | "pin"
  | "update"
  | "unpin"
  | "check"
  | "refresh"
  | "clearCache"
  | "platforms"
  | "compareCluster"
  | "findTag"
  | "skipList"
  | "images"
  | "inventory"
  | "problems"
  | "resolveImage";

export interface ServerClient {
  start(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** Executes a command of the server. Rejects if the server does not run. */
  execute<Result>(
    command: ServerCommand,
    argument?: unknown,
    token?: vscode.CancellationToken,
  ): Promise<Result>;
  /** The same, with its progress shown. @returns undefined if the user has cancelled it. */
  executeShown<Result>(
    command: ServerCommand,
    argument: unknown,
    progress: ShownProgress,
  ): Promise<Result | undefined>;
  showLog(): void;
  readonly state: ServerState;
  readonly onDidChangeState: vscode.Event<void>;
  /** What the server said last of how things stand; undefined until it did. */
  readonly status: ServerStatus | undefined;
  readonly onDidChangeStatus: vscode.Event<ServerStatus>;
  dispose(): void;
}

const method = "workspace/executeCommand";

export function createServerClient(context: vscode.ExtensionContext): ServerClient {
  const log = vscode.window.createOutputChannel("Knative Digest", { log: true });
  const changed = new vscode.EventEmitter<void>();
  const statusChanged = new vscode.EventEmitter<ServerStatus>();
  let state: ServerState = "starting";
  let status: ServerStatus | undefined;
  let loading: Promise<LanguageClient> | undefined;
  const load = async (): Promise<LanguageClient> => {
    // The client is most of the extension's code: activation is over before it is loaded.
    await new Promise((resolve) => setImmediate(resolve));
    const { createLanguageClient, serverStateOf } = await import("./languageClient.ts");
    const client = createLanguageClient(context, log);
    context.subscriptions.push(
      client,
      client.onDidChangeState(({ newState }) => {
        state = serverStateOf(newState);
        changed.fire();
      }),
      client.onNotification("knativeDigest/status", (reported: ServerStatus) => {
        status = reported;
        statusChanged.fire(reported);
      }),
    );
    for (const listener of tellChanges(client)) context.subscriptions.push(listener);
    return client;
  };
  const loaded = (): Promise<LanguageClient> => (loading ??= load());
  return {
    async start() {
      await (await loaded()).start();
    },
    async restart() {
      await (await loaded()).restart();
    },
    async stop() {
      await (await loading)?.stop();
    },
    async execute(command, argument = {}, token) {
      const client = await loaded();
      const params = { command: `knativeDigest.server.${command}`, arguments: [argument] };
      // A token that is undefined would count as one more parameter.
      return token === undefined
        ? client.sendRequest(method, params)
        : client.sendRequest(method, params, token);
    },
    async executeShown(command, argument, progress) {
      const { executeShown } = await import("./languageClient.ts");
      const params = { command: `knativeDigest.server.${command}`, arguments: [argument] };
      return executeShown(await loaded(), params, progress);
    },
    showLog() {
      log.show();
    },
    get state() {
      return state;
    },
    onDidChangeState: changed.event,
    get status() {
      return status;
    },
    onDidChangeStatus: statusChanged.event,
    dispose() {
      changed.dispose();
      statusChanged.dispose();
      log.dispose();
    },
  };
}

/** Notifies a running server of changes of trust, proxy and window; a starting one gets them as options. */
function tellChanges(client: LanguageClient): vscode.Disposable[] {
  const tell = async (method: string, params?: unknown): Promise<void> => {
    // A server that is just starting may have got its options before the change.
    if (client.needsStart()) return;
    await client.start();
    await client.sendNotification(method, params);
  };
  return [
    vscode.workspace.onDidGrantWorkspaceTrust(() => tell("knativeDigest/trustGranted")),
    vscode.window.onDidChangeWindowState(({ focused }) =>
      focused ? tell("knativeDigest/focused") : undefined,
    ),
    vscode.workspace.onDidChangeConfiguration((event) =>
      event.affectsConfiguration(proxySection)
        ? tell("knativeDigest/proxy", editorProxy())
        : undefined,
    ),
  ];
}
