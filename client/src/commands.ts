// The extension's commands: each asks the server, and tells what came of it.

import * as vscode from "vscode";
import type { ImagesView } from "./imagesView.ts";
import type { ServerClient } from "./serverClient.ts";

/** What a pin command did. */
interface EditReport {
  readonly changed: number;
  readonly failed: readonly string[];
}

interface SkipListReport {
  readonly registries: readonly string[];
  readonly explanation: readonly string[];
  readonly location: { readonly uri: string; readonly position: vscode.Position } | null;
}

type EditVerb = "pin" | "update" | "unpin";

export function registerCommands(server: ServerClient, images: ImagesView): vscode.Disposable[] {
  const command = (name: string, run: (argument?: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`knativeDigest.${name}`, run);
  const edits = (["pin", "update", "unpin"] as const).flatMap((verb) => [
    command(`${verb}Image`, () => edit(server, verb, cursor())),
    command(`${verb}File`, () => edit(server, verb, file())),
    command(`${verb}Workspace`, () => edit(server, verb, {})),
  ]);
  return [
    ...edits,
    command("refresh", () => server.execute("refresh", file() ?? {})),
    command("clearCache", () => clearCache(server)),
    command("copyDigest", () => copyDigestAtCursor(server)),
    command("copyDigestText", (argument) => copyDigest(argument)),
    command("showPlatforms", (argument) => showPlatforms(server, argument)),
    command("showImages", () => images.show()),
    command("showSkipList", () => showSkipList(server)),
    command("restartServer", () => server.restart()),
    command("showLog", () => {
      server.showLog();
    }),
  ];
}

interface Target {
  readonly uri?: string;
  readonly position?: { readonly line: number; readonly character: number };
}

function file(): Target | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document === undefined ? undefined : { uri: document.uri.toString() };
}

function cursor(): Target | undefined {
  const position = vscode.window.activeTextEditor?.selection.active;
  const target = file();
  if (position === undefined || target === undefined) return undefined;
  return { ...target, position: { line: position.line, character: position.character } };
}

async function edit(
  server: ServerClient,
  verb: EditVerb,
  target: Target | undefined,
): Promise<void> {
  if (target === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Open a YAML file first."));
    return;
  }
  const report = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Asking registries…") },
    () => server.execute<EditReport | null>(verb, target),
  );
  if (report === null) return;
  if (report.failed.length > 0) {
    const showLog = vscode.l10n.t("Show Log");
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t(
        "{0} image(s) were left as they are, because their registry gave no digest: {1}",
        report.failed.length,
        report.failed.slice(0, 3).join(", "),
      ),
      showLog,
    );
    if (chosen === showLog) server.showLog();
  } else if (report.changed === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("There is nothing to change here."));
  }
}

async function clearCache(server: ServerClient): Promise<void> {
  await server.execute("clearCache");
  void vscode.window.showInformationMessage(vscode.l10n.t("The known digests were forgotten."));
}

async function copyDigestAtCursor(server: ServerClient): Promise<void> {
  const target = cursor();
  if (target === undefined) return;
  const all = await server.execute<readonly ImageAt[]>("images");
  const here = all.find(
    (image) => image.uri === target.uri && image.position.line === target.position?.line,
  );
  if (typeof here?.digest !== "string") {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("No digest is known for an image on this line."),
    );
    return;
  }
  await copyDigest({ digest: here.digest });
}

interface ImageAt {
  readonly uri: string;
  readonly position: { readonly line: number };
  readonly digest: string | null;
}

async function copyDigest(argument: unknown): Promise<void> {
  const { digest } = (argument ?? {}) as { readonly digest?: unknown };
  if (typeof digest !== "string") return;
  await vscode.env.clipboard.writeText(digest);
}

async function showPlatforms(server: ServerClient, argument: unknown): Promise<void> {
  await server.execute("platforms", argument);
  await vscode.commands.executeCommand("editor.action.showHover");
}

async function showSkipList(server: ServerClient): Promise<void> {
  const report = await server.execute<SkipListReport>("skipList", file() ?? {});
  const open = vscode.l10n.t("Open");
  const list =
    report.registries.filter((registry) => registry !== "").join(", ") ||
    vscode.l10n.t("nothing is skipped");
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t("Skipped registries: {0}", list),
    { modal: true, detail: report.explanation.join("\n\n") },
    ...(report.location === null ? [] : [open]),
  );
  if (chosen !== open || report.location === null) return;
  const { line, character } = report.location.position;
  const at = new vscode.Position(line, character);
  await vscode.window.showTextDocument(vscode.Uri.parse(report.location.uri), {
    selection: new vscode.Range(at, at),
  });
}
