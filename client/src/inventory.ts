// Writes all images of the workspace into a new document, for an audit: where it is kept is the user's choice.

import * as vscode from "vscode";
import type { InventoryFormat } from "../../server/src/protocol.ts";
import type { ServerClient } from "./serverClient.ts";

/** @param argument `{ format }`, for keybindings and tasks; else the user is asked. */
export async function exportInventory(server: ServerClient, argument: unknown): Promise<void> {
  const format = formatOf(argument) ?? (await pickFormat());
  if (format === undefined) return;
  const content = await server.execute<string>("inventory", { format });
  // VS Code knows no language for comma-separated values by itself.
  const language = format === "markdown" ? "markdown" : "plaintext";
  const document = await vscode.workspace.openTextDocument({ language, content });
  await vscode.window.showTextDocument(document);
}

function formatOf(argument: unknown): InventoryFormat | undefined {
  if (typeof argument !== "object" || argument === null) return undefined;
  const { format } = argument as { readonly format?: unknown };
  return format === "markdown" || format === "csv" ? format : undefined;
}

async function pickFormat(): Promise<InventoryFormat | undefined> {
  const formats = [
    { label: "Markdown", description: vscode.l10n.t("a readable table"), format: "markdown" },
    { label: "CSV", description: vscode.l10n.t("for spreadsheets"), format: "csv" },
  ] as const;
  const placeHolder = vscode.l10n.t("Export the image inventory as…");
  return (await vscode.window.showQuickPick(formats, { placeHolder }))?.format;
}
