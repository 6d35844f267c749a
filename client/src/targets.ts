// What a command is about: what its caller named, the image at the cursor, or the file in the editor.

import * as vscode from "vscode";
import type { CommandTarget } from "../../server/src/protocol.ts";

/**
 * What a hover's link or an item of the tree names: both have a URI and a position. Undefined if the command was
 * called otherwise.
 */
export function targetOf(argument: unknown): CommandTarget | undefined {
  const { uri, position } = fields(argument);
  const { line, character } = fields(position);
  if (typeof uri !== "string") return undefined;
  if (typeof line !== "number" || typeof character !== "number") return { uri };
  return { uri, position: { line, character } };
}

/** Whether the hover should be shown again with the result of a link in it. */
export function showsHover(argument: unknown): boolean {
  return fields(argument)["showsHover"] === true;
}

/** The digest that a hover's link or an item of the tree names. */
export function digestOf(argument: unknown): string | undefined {
  const { digest } = fields(argument);
  return typeof digest === "string" ? digest : undefined;
}

/** The file in the editor; undefined if there is none. */
export function fileTarget(): CommandTarget | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document === undefined ? undefined : { uri: document.uri.toString() };
}

/** The place of the cursor; undefined if there is no editor. */
export function cursorTarget(): CommandTarget | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
