// The extension's commands: each sends a request to the server and reports the result.

import * as vscode from "vscode";
import { checkPins, edit } from "./editCommands.ts";
import type { ImagesView } from "./imagesView.ts";
import { exportInventory } from "./inventory.ts";
import type { ServerClient } from "./serverClient.ts";
import { showSkipList } from "./skipListCommand.ts";
import type { WorkspaceProblems } from "./workspaceProblems.ts";
import { cursorTarget, digestOf, fileTarget, showsHover, targetOf } from "./targets.ts";
import type {
  CommandTarget,
  CompareReport,
  FindTagReport,
  ImageReport,
  PlatformsReport,
} from "../../server/src/protocol.ts";

export function registerCommands(
  server: ServerClient,
  { images, problems }: { readonly images: ImagesView; readonly problems: WorkspaceProblems },
): vscode.Disposable[] {
  const command = (name: string, run: (argument?: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`knativeDigest.${name}`, run);
  const edits = (["pin", "update", "unpin"] as const).flatMap((verb) => [
    // Of a hover's link or the tree's item, else at the cursor.
    command(`${verb}Image`, (argument) => edit(server, verb, targetOf(argument) ?? cursorTarget())),
    command(`${verb}File`, () => edit(server, verb, fileTarget())),
    command(`${verb}Workspace`, () => edit(server, verb, {})),
  ]);
  return [
    ...edits,
    command("checkPins", () => checkPins(server, images)),
    command("refresh", (argument) => refresh(server, argument)),
    command("clearCache", () => clearCache(server)),
    command("copyDigest", (argument) => copyDigest(server, argument)),
    command("showPlatforms", (argument) => showPlatforms(server, argument)),
    command("findTag", (argument) => findTag(server, argument)),
    command("dockerLogin", (argument) => {
      dockerLogin(argument);
    }),
    command("showImages", () => images.show()),
    command("refreshImages", () => refreshImages(server, images)),
    command("exportInventory", (argument) => exportInventory(server, argument)),
    command("compareCluster", () => compareCluster(server)),
    command("checkWorkspace", () => problems.show()),
    command("showSkipList", () => showSkipList(server)),
    command("turnOff", (argument) => turnOff(argument)),
    command("showDocumentation", (argument) => showDocumentation(argument)),
    command("openWalkthrough", () => openWalkthrough()),
    command("restartServer", () => server.restart()),
    command("showLog", () => {
      server.showLog();
    }),
  ];
}

async function refresh(server: ServerClient, argument: unknown): Promise<void> {
  const target = targetOf(argument) ?? fileTarget() ?? {};
  const title = vscode.l10n.t("Looking up digests");
  await server.executeShown("refresh", target, { title, isLong: false });
  if (showsHover(argument)) await showHoverAt(target);
}

/** Compares the open files with the cluster, and says how many differ: each is shown at its image. */
async function compareCluster(server: ServerClient): Promise<void> {
  const title = vscode.l10n.t("Asking the cluster");
  const progress = { title, isLong: true };
  const report = await server.executeShown<CompareReport>("compareCluster", {}, progress);
  if (report === undefined) return;
  const { problem, differs, failed } = report;
  if (problem !== null) void vscode.window.showWarningMessage(problem);
  else if (differs + failed === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("The open files agree with the cluster, as far as it is known."),
    );
  } else {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Compared with the cluster: {0} differ, {1} failed", differs, failed),
    );
  }
}

async function refreshImages(server: ServerClient, images: ImagesView): Promise<void> {
  await server.execute("refresh", {});
  await images.show();
}

async function clearCache(server: ServerClient): Promise<void> {
  await server.execute("clearCache");
  void vscode.window.showInformationMessage(vscode.l10n.t("Digest cache cleared."));
}

/** Of a link or the tree's item, else of the image on the cursor's line. */
async function copyDigest(server: ServerClient, argument: unknown): Promise<void> {
  const digest = digestOf(argument) ?? (await digestAtCursor(server));
  if (digest === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("No digest is known for an image on this line."),
    );
    return;
  }
  await vscode.env.clipboard.writeText(digest);
  const seconds = 3;
  vscode.window.setStatusBarMessage(vscode.l10n.t("Digest copied"), seconds * 1000);
}

async function digestAtCursor(server: ServerClient): Promise<string | undefined> {
  const target = cursorTarget();
  if (target === undefined) return undefined;
  const all = await server.execute<readonly ImageReport[]>("images");
  const here = all.find(
    ({ uri, position }) => uri === target.uri && position.line === target.position?.line,
  );
  return here?.digest ?? undefined;
}

async function showPlatforms(server: ServerClient, argument: unknown): Promise<void> {
  const target = targetOf(argument) ?? cursorTarget();
  if (target === undefined) return;
  const title = vscode.l10n.t("Reading the manifest…");
  const progress = { title, isLong: false };
  const report = await server.executeShown<PlatformsReport>("platforms", target, progress);
  const problem = report?.problem ?? undefined;
  if (problem !== undefined) void vscode.window.showWarningMessage(problem);
  else await showHoverAt(target);
}

async function findTag(server: ServerClient, argument: unknown): Promise<void> {
  const target = targetOf(argument) ?? cursorTarget();
  if (target === undefined) return;
  const progress = { title: vscode.l10n.t("Looking for a tag with this digest"), isLong: true };
  const report = await server.executeShown<FindTagReport>("findTag", target, progress);
  const problem = report?.problem ?? undefined;
  if (problem !== undefined) void vscode.window.showInformationMessage(problem);
  else if (report !== undefined) await showHoverAt(target);
}

/** Writes the line that signs in into a terminal; the user runs it, or does not. */
function dockerLogin(argument: unknown): void {
  const { line } = argument as { readonly line?: unknown };
  // A registry's name comes from a manifest: whatever could be more than a word in a shell is not written there.
  if (typeof line !== "string" || !/^docker login(?: '?[\w.:[\]-]+'?)?$/.test(line)) return;
  const terminal = vscode.window.createTerminal("docker login");
  terminal.show();
  terminal.sendText(line, false);
}

/**
 * Opens the popup of an image, with what is known now. The editor opens one only where the cursor is, so the cursor goes
 * there; a popup that is still open, such as the one whose link was clicked, would only get the focus.
 */
async function showHoverAt({ uri, position }: CommandTarget): Promise<void> {
  const editor = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === uri,
  );
  if (editor === undefined || position === undefined) return;
  const at = new vscode.Position(position.line, position.character);
  const selection = new vscode.Range(at, at);
  const { viewColumn } = editor;
  const column = viewColumn === undefined ? {} : { viewColumn };
  await vscode.window.showTextDocument(editor.document, { ...column, selection });
  await vscode.commands.executeCommand("editor.action.hideHover");
  await vscode.commands.executeCommand("editor.action.showHover");
}

/** Switches a diagnostic off for the workspace: what a quick fix does that names its code. */
async function turnOff(argument: unknown): Promise<void> {
  const { code, uri } = argument as { readonly code?: unknown; readonly uri?: unknown };
  if (typeof code !== "string" || typeof uri !== "string") return;
  const settings = vscode.workspace.getConfiguration("knativeDigest", vscode.Uri.parse(uri));
  const now = settings.inspect<Readonly<Record<string, string>>>("diagnostics")?.workspaceValue;
  const isWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  const target = isWorkspace ? Workspace : Global;
  await settings.update("diagnostics", { ...now, [code]: "off" }, target);
}

async function showDocumentation(argument: unknown): Promise<void> {
  const { url } = argument as { readonly url?: unknown };
  if (typeof url === "string") await vscode.env.openExternal(vscode.Uri.parse(url));
}

async function openWalkthrough(): Promise<void> {
  const id = "knative-digest.knative-digest#knativeDigest.start";
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", id, false);
}
