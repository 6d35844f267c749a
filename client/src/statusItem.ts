// The language status item: whether the server runs, is restricted, or off.

import * as vscode from "vscode";
import type { ServerState } from "./languageClient.ts";
import type { ServerClient } from "./serverClient.ts";

export function createStatusItem(server: ServerClient): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem("knativeDigest.status", {
    language: "yaml",
  });
  item.name = "Knative Digest";
  item.command = { command: "knativeDigest.showLog", title: vscode.l10n.t("Show Log") };
  const update = (): void => {
    item.busy = server.state === "starting";
    item.severity =
      server.state === "stopped"
        ? vscode.LanguageStatusSeverity.Error
        : vscode.LanguageStatusSeverity.Information;
    item.text = words(server.state);
    item.detail = vscode.workspace.isTrusted
      ? ""
      : vscode.l10n.t("This workspace is not trusted: no registry is asked.");
  };
  update();
  return vscode.Disposable.from(
    item,
    server.onDidChangeState(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
}

function words(state: ServerState): string {
  if (state === "starting") return vscode.l10n.t("Knative Digest is starting");
  if (state === "stopped") return vscode.l10n.t("Knative Digest has stopped");
  return vscode.workspace.isTrusted
    ? vscode.l10n.t("Knative Digest")
    : vscode.l10n.t("Knative Digest: restricted");
}
