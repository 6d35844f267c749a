// The language status item: lookups in progress, problems, and why lookups are off.

import * as vscode from "vscode";
import type { FileStatus, ServerStatus } from "../../server/src/protocol.ts";
import type { ServerClient } from "./serverClient.ts";

export function createStatusItem(server: ServerClient): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem("knativeDigest.status", {
    language: "yaml",
  });
  item.name = "Knative Digest";
  const update = (): void => {
    const look = lookOf(server);
    item.busy = look.isBusy;
    item.severity = look.severity;
    item.text = look.text;
    item.detail = look.detail;
    item.command = look.command;
    item.accessibilityInformation = { label: `${item.name}: ${look.text}. ${look.detail}` };
  };
  update();
  return vscode.Disposable.from(
    item,
    server.onDidChangeState(update),
    server.onDidChangeStatus(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}

interface Look {
  readonly isBusy: boolean;
  readonly severity: vscode.LanguageStatusSeverity;
  readonly text: string;
  readonly detail: string;
  readonly command: vscode.Command;
}

const { Error: error, Information: information } = vscode.LanguageStatusSeverity;

function lookOf({ state, status }: ServerClient): Look {
  const showLog = { command: "knativeDigest.showLog", title: vscode.l10n.t("Show Log") };
  const name = "Knative Digest";
  if (state === "stopped") {
    const title = vscode.l10n.t("Restart");
    const command = { command: "knativeDigest.restartServer", title };
    const text = vscode.l10n.t("Knative Digest has stopped");
    return { isBusy: false, severity: error, text, detail: "", command };
  }
  if (state === "starting" || status === undefined) {
    const text = vscode.l10n.t("Starting");
    return { isBusy: true, severity: information, text, detail: name, command: showLog };
  }
  if (!vscode.workspace.isTrusted) return restricted(status);
  const { unreachable } = status;
  const resolving = activeFile(status)?.resolving ?? 0;
  const title = vscode.l10n.t("Show Images");
  const showImages = { command: "knativeDigest.showImages", title };
  const isReached = unreachable.length === 0;
  const cluster = status.cluster ?? undefined;
  return {
    isBusy: resolving > 0,
    // Being offline is not an error.
    severity: information,
    text: resolving > 0 ? vscode.l10n.t("Looking up images: {0}", resolving) : countWords(status),
    detail: isReached
      ? (cluster ?? silence(status) ?? name)
      : vscode.l10n.t("No answer from {0}", unreachable.join(", ")),
    command: isReached ? showImages : showLog,
  };
}

/** Without trust the user is shown how to grant it. */
function restricted(status: ServerStatus): Look {
  const command = {
    command: "workbench.trust.manage",
    title: vscode.l10n.t("Manage Workspace Trust"),
  };
  const detail = vscode.l10n.t("Restricted Mode: registries are not contacted");
  return { isBusy: false, severity: information, text: countWords(status), detail, command };
}

/** What is known of the file in the editor; undefined if it has no images. */
function activeFile({ files }: ServerStatus): FileStatus | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  return files.find((file) => file.uri === uri);
}

/** The item stands next to the language of the file in the editor, so it is about that file. */
function countWords(status: ServerStatus): string {
  const file = activeFile(status);
  if (file === undefined) return vscode.l10n.t("No image in this file");
  const { images, problems } = file;
  if (problems === 0) return vscode.l10n.t("Images: {0}", images);
  return vscode.l10n.t("Images: {0}, problems: {1}", images, problems);
}

/** Why there are no automatic lookups; undefined if there are. */
function silence({ notAsked }: ServerStatus): string | undefined {
  switch (notAsked) {
    case "off":
      return vscode.l10n.t("Lookups are off (knativeDigest.resolve)");
    case "on-demand":
      return vscode.l10n.t("Lookups on demand only");
    case "offline":
      return vscode.l10n.t("Offline");
    case "untrusted":
    case "not-yet":
    case null:
      return undefined;
  }
}
