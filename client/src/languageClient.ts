// The language client as this extension wants it. Loaded when the server is started: it is nearly all of the code.

import path from "node:path";
import * as vscode from "vscode";
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  WorkDoneProgress,
  type ExecuteCommandParams,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import { editorProxy } from "./editorProxy.ts";

export type ServerState = "starting" | "running" | "stopped";

/** How long work shows itself. */
export interface ShownProgress {
  readonly title: string;
  /** Whether the user may well wait for it, sees how far it is, and can end it. */
  readonly isLong: boolean;
}

/** The commands that a hover may run: exactly these, since hovers show text from files and registries. */
const hoverCommands = [
  "knativeDigest.pinImage",
  "knativeDigest.updateImage",
  "knativeDigest.copyDigest",
  "knativeDigest.showPlatforms",
  "knativeDigest.refresh",
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
    // A function, so that a restarted server is told how things are then.
    initializationOptions: () => ({
      commandLinks: true,
      trusted: vscode.workspace.isTrusted,
      cacheFolder: context.globalStorageUri.fsPath,
      l10nBundle: vscode.l10n.uri?.fsPath ?? "",
      proxy: editorProxy(),
    }),
  };
}

/**
 * Has the server execute a command, and shows how far its work is. The progress may end before the command does, which
 * may then wait for the user.
 * @returns undefined if the user has cancelled it.
 */
export async function executeShown<Result>(
  client: LanguageClient,
  params: ExecuteCommandParams,
  { title, isLong }: ShownProgress,
): Promise<Result | undefined> {
  const location = isLong ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window;
  const workDoneToken = `knativeDigest/${Math.random().toString(36).slice(2)}`;
  const source = new vscode.CancellationTokenSource();
  const listeners: { dispose(): unknown }[] = [source];
  const answer = client.sendRequest<Result | null>(
    "workspace/executeCommand",
    { ...params, workDoneToken },
    source.token,
  );
  void vscode.window.withProgress({ location, title, cancellable: isLong }, (shown, token) => {
    listeners.push(
      token.onCancellationRequested(() => {
        source.cancel();
      }),
    );
    let done = 0;
    const ended = new Promise<void>((resolve) => {
      const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === "end") resolve();
        if (value.kind !== "report") return;
        const { message = "", percentage = done } = value;
        shown.report({ increment: percentage - done, message });
        done = percentage;
      });
      listeners.push(listener);
    });
    return Promise.race([ended, answer.then(nothing, nothing)]);
  });
  try {
    const result = await answer;
    return source.token.isCancellationRequested ? undefined : (result ?? undefined);
  } catch (error) {
    if (source.token.isCancellationRequested) return undefined;
    throw error;
  } finally {
    vscode.Disposable.from(...listeners).dispose();
  }
}

/** What became of the answer is for whoever waits for it. */
function nothing(): void {
  return undefined;
}
