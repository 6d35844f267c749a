// Shows which registries Knative skips for the file in the editor, and where that is said.

import * as vscode from "vscode";
import type { SkipListReport } from "../../server/src/protocol.ts";
import type { ServerClient } from "./serverClient.ts";
import { fileTarget } from "./targets.ts";

export async function showSkipList(server: ServerClient): Promise<void> {
  const report = await server.execute<SkipListReport>("skipList", fileTarget() ?? {});
  const { explanation, location, registries } = report;
  const open = vscode.l10n.t("Open");
  const named = registries.filter((registry) => registry !== "").join(", ");
  const chosen = await vscode.window.showInformationMessage(
    named === ""
      ? vscode.l10n.t("No registry is skipped.")
      : vscode.l10n.t("Skipped registries: {0}", named),
    { modal: true, detail: explanation.join("\n\n") },
    ...(location === null ? [] : [open]),
  );
  if (chosen !== open || location === null) return;
  const { line, character } = location.position;
  const at = new vscode.Position(line, character);
  const selection = new vscode.Range(at, at);
  await vscode.window.showTextDocument(vscode.Uri.parse(location.uri), { selection });
}
