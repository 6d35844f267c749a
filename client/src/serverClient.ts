// The language server's process and connection, as the rest of the extension sees it.

import path from "node:path";
import * as vscode from "vscode";
import {
  LanguageClient,
  RevealOutputChannelOn,
  TransportKind,
  type LanguageClientOptions,
  type State,
} from "vscode-languageclient/node";

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
  readonly state: State;
  readonly onDidChangeState: vscode.Event<void>;
  dispose(): void;
}

/** The commands that a hover may run: exactly these, since hovers show text from files and registries. */
const hoverCommands = [
  "knativeDigest.server.pin",
  "knativeDigest.server.update",
  "knativeDigest.server.refresh",
  "knativeDigest.copyDigestText",
  "knativeDigest.showPlatforms",
];

export function createServerClient(context: vscode.ExtensionContext): ServerClient {
  const log = vscode.window.createOutputChannel("Knative Digest", { log: true });
  const changed = new vscode.EventEmitter<void>();
  const module = path.join(context.extensionPath, "dist", "server.cjs");
  const client = new LanguageClient(
    "knativeDigest",
    "Knative Digest",
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ["--inspect=6019"] } },
    },
    clientOptions(context, log),
  );
  context.subscriptions.push(
    client.onDidChangeState(() => {
      changed.fire();
    }),
  );
  return {
    async start() {
      await client.start();
    },
    async restart() {
      await client.restart();
    },
    grantTrust() {
      if (client.isRunning()) void client.sendNotification("knativeDigest/trustGranted");
    },
    async execute<Result>(command: ServerCommand, argument: unknown = {}): Promise<Result> {
      return client.sendRequest<Result>("workspace/executeCommand", {
        command: `knativeDigest.server.${command}`,
        arguments: [argument],
      });
    },
    showLog() {
      log.show();
    },
    get state() {
      return client.state;
    },
    onDidChangeState: changed.event,
    dispose() {
      changed.dispose();
      log.dispose();
      void client.dispose();
    },
  };
}

function clientOptions(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): LanguageClientOptions {
  return {
    // Not `git:`: the other side of a diff is history.
    documentSelector: [
      { language: "yaml", scheme: "file" },
      { language: "yaml", scheme: "untitled" },
      { language: "yaml", scheme: "vscode-vfs" },
    ],
    outputChannel: log,
    traceOutputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    markdown: {
      isTrusted: { enabledCommands: hoverCommands },
      supportHtml: false,
      supportThemeIcons: false,
    },
    // A partial object would switch the missing ones off.
    diagnosticPullOptions: { onChange: true, onSave: false, onTabs: false, onFocus: false },
    initializationOptions: {
      commandLinks: true,
      trusted: vscode.workspace.isTrusted,
      cacheFolder: context.globalStorageUri.fsPath,
    },
  };
}
