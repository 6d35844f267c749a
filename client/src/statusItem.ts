// The language status item: whether the server runs, is restricted, or off.

import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";
import type { ServerClient } from "./serverClient.ts";

export function createStatusItem(server: ServerClient): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem("knativeDigest.status", {
    language: "yaml",
  });
  item.name = "Knative Digest";
  item.command = { command: "knativeDigest.showLog", title: vscode.l10n.t("Show Log") };
  const update = (): void => {
    item.busy = server.state === State.Starting;
    item.severity =
      server.state === State.Stopped
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

function words(state: State): string {
  if (state === State.Starting) return vscode.l10n.t("Knative Digest is starting");
  if (state === State.Stopped) return vscode.l10n.t("Knative Digest has stopped");
  return vscode.workspace.isTrusted
    ? vscode.l10n.t("Knative Digest")
    : vscode.l10n.t("Knative Digest: restricted");
}
