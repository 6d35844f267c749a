// Commands that pin, update, unpin and check, and the notifications about their results.

import * as vscode from "vscode";
import type {
  CheckReport,
  CommandTarget,
  EditReport,
  FailedImage,
} from "../../server/src/protocol.ts";
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
  const title = vscode.l10n.t("Looking up digests…");
  const report = await server.executeShown<EditReport>(verb, target, { title, isLong });
  if (report === undefined) return;
  await tell(verb, target, report);
}

/** Reports the result: images left out, a discarded preview, and changes in files that are not visible. */
async function tell(verb: EditVerb, target: CommandTarget, report: EditReport): Promise<void> {
  const { applied, changed, failed } = report;
  const isWorkspace = target.uri === undefined;
  if (changed === 0 && failed.length === 0) {
    void vscode.window.showInformationMessage(nothingToDo(verb));
    return;
  }
  if (changed > 0 && !applied) {
    const words = vscode.l10n.t("Discarded: no file was changed.");
    if (isWorkspace) void vscode.window.showInformationMessage(words);
    return;
  }
  const done = changed > 0 && isWorkspace ? tellSuccess(verb, report) : Promise.resolve();
  await Promise.all([done, failed.length > 0 ? tellFailures(failed) : Promise.resolve()]);
}

async function tellSuccess(verb: EditVerb, { changed, files }: EditReport): Promise<void> {
  const saveAll = vscode.l10n.t("Save All");
  const show = vscode.l10n.t("Show");
  const words = doneWords(verb, changed, files);
  const chosen = await vscode.window.showInformationMessage(words, saveAll, show);
  if (chosen === saveAll) await saveChanged();
  if (chosen === show) await vscode.commands.executeCommand("knativeDigest.showImages");
}

/**
 * Saves every changed file. `workspace.saveAll` saves files that have a tab, and VS Code opens one for a file that was
 * changed without it only about a second later.
 */
async function saveChanged(): Promise<void> {
  const changed = vscode.workspace.textDocuments.filter((each) => each.isDirty && !each.isUntitled);
  await Promise.all(changed.map(async (each) => await each.save()));
}

function doneWords(verb: EditVerb, images: number, files: number): string {
  switch (verb) {
    case "pin":
      return vscode.l10n.t("Pinned images: {0}, in files: {1}", images, files);
    case "update":
      return vscode.l10n.t("Updated pins: {0}, in files: {1}", images, files);
    case "unpin":
      return vscode.l10n.t("Unpinned images: {0}, in files: {1}", images, files);
  }
}

function nothingToDo(verb: EditVerb): string {
  switch (verb) {
    case "pin":
      return vscode.l10n.t("No image to pin here.");
    case "update":
      return vscode.l10n.t("All pins are up to date.");
    case "unpin":
      return vscode.l10n.t("No pin to remove here.");
  }
}

async function tellFailures(failed: EditReport["failed"]): Promise<void> {
  const [first] = failed;
  const image = first?.image ?? "";
  const reason = reasonOf(first);
  if (failed.length === 1) {
    void vscode.window.showWarningMessage(vscode.l10n.t("{0} was not changed: {1}", image, reason));
    return;
  }
  const words = vscode.l10n.t(
    "{0} images were not changed. {1}: {2}",
    failed.length,
    image,
    reason,
  );
  const list = vscode.l10n.t("List");
  if ((await vscode.window.showWarningMessage(words, list)) === list) await listFailures(failed);
}

function reasonOf(failed: FailedImage | undefined): string {
  return failed?.problem ?? vscode.l10n.t("not looked up.");
}

/** All of them with their reasons; choosing one goes to its place. */
async function listFailures(failed: EditReport["failed"]): Promise<void> {
  const items = failed.map((each) => {
    const uri = vscode.Uri.parse(each.uri);
    const place = `${vscode.workspace.asRelativePath(uri)}:${each.position.line + 1}`;
    return { label: each.image, description: place, detail: reasonOf(each), uri, failed: each };
  });
  const placeHolder = vscode.l10n.t("Images that were not changed");
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true });
  if (chosen === undefined) return;
  const { line, character } = chosen.failed.position;
  const at = new vscode.Position(line, character);
  await vscode.window.showTextDocument(chosen.uri, { selection: new vscode.Range(at, at) });
}

/** Looks all pins of the workspace up, and offers to update those whose tag moved. */
export async function checkPins(server: ServerClient, images: ImagesView): Promise<void> {
  const title = vscode.l10n.t("Checking pins");
  const report = await server.executeShown<CheckReport>("check", {}, { title, isLong: true });
  if (report === undefined) return;
  const update =
    report.moved === 1
      ? vscode.l10n.t("Update 1 Pin…")
      : vscode.l10n.t("Update {0} Pins…", report.moved);
  const show = vscode.l10n.t("Show");
  const buttons = [...(report.moved > 0 ? [update] : []), ...(report.pins > 0 ? [show] : [])];
  const chosen = await vscode.window.showInformationMessage(checkWords(report), ...buttons);
  if (chosen === update) await edit(server, "update", {});
  if (chosen === show) await images.show();
}

function checkWords({ pins, moved, gone, unanswered }: CheckReport): string {
  if (pins === 0) return vscode.l10n.t("No image of this workspace is pinned.");
  const counts = [
    ...(moved === 0 ? [] : [vscode.l10n.t("tag moved: {0}", moved)]),
    ...(gone === 0 ? [] : [vscode.l10n.t("digest not found: {0}", gone)]),
    ...(unanswered === 0 ? [] : [vscode.l10n.t("no answer: {0}", unanswered)]),
  ];
  const checked = vscode.l10n.t("pins checked: {0}", pins);
  if (counts.length === 0) return `${vscode.l10n.t("All pins are up to date.")} (${checked})`;
  return [...counts, checked].join(" · ");
}
