// The configured language client. Loaded when the server is started, since it is nearly all of the code.

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
import { withoutSecrets } from "./traceText.ts";

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
  "knativeDigest.findTag",
  "knativeDigest.dockerLogin",
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
      // What other extensions make of the templates of charts.
      { language: "helm", scheme: "file" },
      { language: "helm", scheme: "vscode-vfs" },
    ],
    outputChannel: log,
    traceOutputChannel: withTraceCleaned(log),
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    markdown: {
      isTrusted: { enabledCommands: hoverCommands },
      supportHtml: false,
      supportThemeIcons: false,
    },
    // A partial object would switch the missing ones off.
    diagnosticPullOptions: { onChange: true, onSave: false, onTabs: false, onFocus: false },
    // A function, so that a restarted server gets the current values.
    initializationOptions: () => ({
      commandLinks: true,
      trusted: vscode.workspace.isTrusted,
      cacheFolder: context.globalStorageUri.fsPath,
      l10nBundle: vscode.l10n.uri?.fsPath ?? "",
      proxy: editorProxy(),
    }),
  };
}

/** The same log, but for the protocol's messages, which the setting `trace.server` has written to it. */
function withTraceCleaned(log: vscode.LogOutputChannel): vscode.LogOutputChannel {
  const trace = (message: string): void => {
    log.trace(withoutSecrets(message));
  };
  return Object.create(log, { trace: { value: trace } }) as vscode.LogOutputChannel;
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
  const cancelled = new vscode.CancellationTokenSource();
  let shown: vscode.Progress<{ increment: number; message: string }> | undefined;
  let done = 0;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  // Before anything is sent: the answer may come sooner than the editor shows a progress.
  const listener = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind === "end") end();
    if (value.kind !== "report") return;
    const { message = "", percentage = done } = value;
    shown?.report({ increment: percentage - done, message });
    done = percentage;
  });
  void vscode.window.withProgress({ location, title, cancellable: isLong }, (progress, token) => {
    shown = progress;
    token.onCancellationRequested(() => {
      cancelled.cancel();
      end();
    });
    return ended;
  });
  try {
    const result = await client.sendRequest<Result | null>(
      "workspace/executeCommand",
      { ...params, workDoneToken },
      cancelled.token,
    );
    return cancelled.token.isCancellationRequested ? undefined : (result ?? undefined);
  } catch (error) {
    if (cancelled.token.isCancellationRequested) return undefined;
    throw error;
  } finally {
    end();
    listener.dispose();
    cancelled.dispose();
  }
}
