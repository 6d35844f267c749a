// Shows which registries Knative skips for the file in the editor, and where that is said.

import * as vscode from "vscode";
import type { SkipListPlace, SkipListReport } from "../../server/src/protocol.ts";
import type { ServerClient } from "./serverClient.ts";
import { fileTarget } from "./targets.ts";

interface Item extends vscode.QuickPickItem {
  readonly place?: SkipListPlace | null;
}

/** A list to choose from: an entry that stands in a file opens there. */
export async function showSkipList(server: ServerClient): Promise<void> {
  const target = fileTarget();
  const report = await server.execute<SkipListReport>("skipList", target ?? {});
  const file =
    target?.uri === undefined
      ? vscode.l10n.t("this workspace")
      : vscode.workspace.asRelativePath(vscode.Uri.parse(target.uri));
  const chosen = await vscode.window.showQuickPick(itemsOf(report), {
    title: vscode.l10n.t("Registries that Knative skips for {0}", file),
    placeHolder: report.explanation[0] ?? "",
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen?.place === undefined || chosen.place === null) return;
  const { uri, position } = chosen.place;
  const at = new vscode.Position(position.line, position.character);
  const selection = new vscode.Range(at, at);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection });
}

function itemsOf({ entries, explanation, location, others }: SkipListReport): Item[] {
  const [source = "", ...more] = explanation;
  return [
    separator(vscode.l10n.t("Where it comes from")),
    { label: source, description: location?.name ?? "", place: location },
    // What is not used has items of its own below.
    ...more.slice(0, more.length - others.length).map((label) => ({ label })),
    separator(vscode.l10n.t("Skipped")),
    ...(entries.length === 0 ? [{ label: vscode.l10n.t("No registry is skipped.") }] : []),
    ...entries.map(({ registry, meaning, place }) => ({
      label: `$(circle-slash) ${registry}`,
      description: place?.name ?? "",
      detail: meaning,
      place,
    })),
    ...(others.length === 0 ? [] : [separator(vscode.l10n.t("Not used for this file"))]),
    ...others.map(({ registries, place }) => ({
      label: registries.join(", "),
      description: place.name,
      place,
    })),
  ];
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
