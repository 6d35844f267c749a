// The language server's process and connection, as the rest of the extension sees it.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { ServerState } from "./languageClient.ts";

/** One of the server's commands, with its single argument. */
export type ServerCommand =
  "pin" | "update" | "unpin" | "refresh" | "clearCache" | "platforms" | "skipList" | "images";

export interface ServerClient {
  start(): Promise<void>;
  restart(): Promise<void>;
  grantTrust(): void;
  /** Executes a command of the server. Rejects if the server does not run. */
  execute<Result>(command: ServerCommand, argument?: unknown): Promise<Result>;
  showLog(): void;
  readonly state: ServerState;
  readonly onDidChangeState: vscode.Event<void>;
  dispose(): void;
}

export function createServerClient(context: vscode.ExtensionContext): ServerClient {
  const log = vscode.window.createOutputChannel("Knative Digest", { log: true });
  const changed = new vscode.EventEmitter<void>();
  let state: ServerState = "starting";
  let client: LanguageClient | undefined;
  let loading: Promise<LanguageClient> | undefined;
  const load = async (): Promise<LanguageClient> => {
    // The client is most of the extension's code: activation is over before it is loaded.
    await new Promise((resolve) => setImmediate(resolve));
    const { createLanguageClient, serverStateOf } = await import("./languageClient.ts");
    const made = createLanguageClient(context, log);
    context.subscriptions.push(
      made.onDidChangeState(({ newState }) => {
        state = serverStateOf(newState);
        changed.fire();
      }),
    );
    client = made;
    return made;
  };
  const loaded = (): Promise<LanguageClient> => (loading ??= load());
  return {
    async start() {
      await (await loaded()).start();
    },
    async restart() {
      await (await loaded()).restart();
    },
    grantTrust() {
      if (client?.isRunning() === true) {
        void client.sendNotification("knativeDigest/trustGranted");
      }
    },
    async execute<Result>(command: ServerCommand, argument: unknown = {}): Promise<Result> {
      return (await loaded()).sendRequest<Result>("workspace/executeCommand", {
        command: `knativeDigest.server.${command}`,
        arguments: [argument],
      });
    },
    showLog() {
      log.show();
    },
    get state() {
      return state;
    },
    onDidChangeState: changed.event,
    dispose() {
      changed.dispose();
      log.dispose();
      void client?.dispose();
    },
  };
}
