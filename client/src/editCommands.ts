// Pinning, updating, unpinning and checking by command, and what is told about it.

import * as vscode from "vscode";
import type { CheckReport, CommandTarget, EditReport } from "../../server/src/protocol.ts";
import type { ImagesView } from "./imagesView.ts";
import type { ServerClient } from "./serverClient.ts";

export type EditVerb = "pin" | "update" | "unpin";

export async function edit(
  server: ServerClient,
  verb: EditVerb,
  target: CommandTarget | undefined,
): Promise<void> {
  if (target === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Open a YAML file first."));
    return;
  }
  const isLong = target.uri === undefined;
  const title = vscode.l10n.t("Asking registries…");
  const report = await server.executeShown<EditReport>(verb, target, { title, isLong });
  if (report === undefined) return;
  if (report.failed.length > 0) await tellFailures(server, report);
  else if (report.changed === 0) void vscode.window.showInformationMessage(nothingToDo(verb));
}

function nothingToDo(verb: EditVerb): string {
  switch (verb) {
    case "pin":
      return vscode.l10n.t("There is no image here that could be pinned.");
    case "update":
      return vscode.l10n.t("There is no pin here whose tag has moved.");
    case "unpin":
      return vscode.l10n.t("There is no pin here.");
  }
}

async function tellFailures(server: ServerClient, { failed }: EditReport): Promise<void> {
  const [first] = failed;
  const reason = first?.problem ?? vscode.l10n.t("its registry was not asked.");
  const words =
    failed.length === 1
      ? vscode.l10n.t("{0} stays as it is: {1}", first?.image ?? "", reason)
      : vscode.l10n.t(
          "{0} images stay as they are. The first is {1}: {2}",
          failed.length,
          first?.image ?? "",
          reason,
        );
  const showLog = vscode.l10n.t("Show Log");
  if ((await vscode.window.showWarningMessage(words, showLog)) === showLog) server.showLog();
}

/** Asks for all pins of the workspace, then shows all images. */
export async function checkPins(server: ServerClient, images: ImagesView): Promise<void> {
  const title = vscode.l10n.t("Checking pins");
  const report = await server.executeShown<CheckReport>("check", {}, { title, isLong: true });
  if (report === undefined) return;
  await images.show();
  void vscode.window.showInformationMessage(checkWords(report));
}

function checkWords({ pins, moved, gone, unanswered }: CheckReport): string {
  if (pins === 0) return vscode.l10n.t("No image of this workspace is pinned.");
  const counts = [
    vscode.l10n.t("pins checked: {0}", pins),
    vscode.l10n.t("moved: {0}", moved),
    vscode.l10n.t("gone: {0}", gone),
    ...(unanswered === 0 ? [] : [vscode.l10n.t("without an answer: {0}", unanswered)]),
  ];
  return counts.join(" · ");
}
