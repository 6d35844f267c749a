// Code actions for editors that know commands only: the pin family, carried out by the server.

import type { CodeActionParams, Command } from "vscode-languageserver";
import { pinActions, pinFileAction, type PinVerb } from "../features/pinActions.ts";
import { stateAt } from "../findings/reading.ts";
import type { ActionContext } from "./actions.ts";
import { serverCommands } from "./commandNames.ts";
import type { CommandTarget } from "./targets.ts";

/** Pinning one image by command takes the revision's name along, so both pins are the same one. */
const commandOf: Readonly<Record<PinVerb, string>> = {
  pin: serverCommands.pin,
  "pin-and-rename": serverCommands.pin,
  "pin-file": serverCommands.pin,
  update: serverCommands.update,
  unpin: serverCommands.unpin,
};

/** What can be done at a range; nothing for an editor that applies no edits either. */
export function commandActions(
  { document, reading, settings, profile }: ActionContext,
  { range }: CodeActionParams,
): Command[] {
  const placed = stateAt(reading, document.offsetAt(range.start));
  if (!profile.appliesEdits || placed === undefined) return [];
  const { uri } = document;
  const { style } = settings.pin;
  const toCommand = (verb: PinVerb, title: string, target: CommandTarget): Command => ({
    title,
    command: commandOf[verb],
    arguments: [target],
  });
  const single = pinActions(placed, style)
    .filter(({ verb }) => verb !== "pin-and-rename")
    .map(({ verb, title }) => toCommand(verb, title, { uri, position: range.start }));
  const file = pinFileAction(reading, style);
  return file === undefined ? single : [...single, toCommand(file.verb, file.title, { uri })];
}
