// The language client as this extension wants it. Loaded when the server is started: it is nearly all of the code.

import path from "node:path";
import * as vscode from "vscode";
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type LanguageClientOptions,
} from "vscode-languageclient/node";

export type ServerState = "starting" | "running" | "stopped";

/** The commands that a hover may run: exactly these, since hovers show text from files and registries. */
const hoverCommands = [
  "knativeDigest.server.pin",
  "knativeDigest.server.update",
  "knativeDigest.server.refresh",
  "knativeDigest.copyDigestText",
  "knativeDigest.showPlatforms",
];

/** A client for the server in dist/, not started yet. */
export function createLanguageClient(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): LanguageClient {
  const module = path.join(context.extensionPath, "dist", "server.cjs");
  return new LanguageClient(
    "knativeDigest",
    "Knative Digest",
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ["--inspect=6019"] } },
    },
    clientOptions(context, log),
  );
}

/** The client's state without its library's own type. */
export function serverStateOf(state: State): ServerState {
  switch (state) {
    case State.Starting:
      return "starting";
    case State.Running:
      return "running";
    case State.Stopped:
    case State.StartFailed:
      return "stopped";
  }
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
