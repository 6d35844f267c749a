// Answers code actions, and finds out what a chosen one needs.

import type { CodeAction, CodeActionParams, Position } from "vscode-languageserver";
import { CodeActionKind, CodeActionTriggerKind, Command } from "../lspLibrary.ts";
import {
  pinActions,
  pinFileAction,
  type PinAction,
  type PinVerb,
} from "../../features/pinActions.ts";
import { isAt, placedStatesAround, stateAt } from "../../findings/reading.ts";
import type { ActionContext } from "./actionContext.ts";
import { codeActions, editOf, isKindOf, type ActionData } from "./actions.ts";
import { fileSpanOf, offsetOf, positionOf } from "../convert.ts";
import { serverCommands } from "./commandNames.ts";
import { waitForTags } from "./missingTags.ts";
import { openReading, type Session } from "../state/session.ts";

export async function onCodeActions(
  session: Session,
  params: CodeActionParams,
  signal: AbortSignal,
): Promise<(CodeAction | Command)[]> {
  const found = await openReading(session, params.textDocument.uri);
  if (found === undefined) return [];
  await tagsFor(session, found, { params, signal });
  const context = contextOf(session, found);
  return session.profile.codeActionLiterals
    ? codeActions(context, params)
    : commandsAt(context, params.range.start);
}

/** How long the list of fixes waits for a registry's tags. */
const timeoutMs = 1000;

/** Reads the tags that tell what a missing one was meant to be, if a person asks for fixes: a moved cursor is not a request. */
async function tagsFor(
  session: Session,
  { document, reading }: Found,
  { params, signal }: { readonly params: CodeActionParams; readonly signal: AbortSignal },
): Promise<void> {
  const { only, triggerKind } = params.context;
  const isWanted =
    only === undefined || only.some((kind) => isKindOf(CodeActionKind.QuickFix, kind));
  if (triggerKind === CodeActionTriggerKind.Automatic || !isWanted) return;
  const span = fileSpanOf(document, params.range);
  const states = placedStatesAround(reading, span).filter((placed) => isAt(placed, span));
  await waitForTags(
    session,
    states.map(({ state }) => state),
    { timeoutMs, signal },
  );
}

type Found = Pick<ActionContext, "document" | "reading" | "settings">;

function contextOf({ outside, profile }: Session, found: Found): ActionContext {
  return { ...found, profile, answers: outside.answers };
}

/** For clients that know only commands: the server has them make the edits. */
function commandsAt({ document, reading, settings }: ActionContext, at: Position): Command[] {
  const placed = stateAt(reading, offsetOf(document, at));
  if (placed === undefined) return [];
  const { uri } = document;
  const position = positionOf(document, placed.place.start);
  const byCommand = new Map<string, Command>();
  for (const { verb, title } of pinActions(placed, settings.pin.style)) {
    const command = commandsByVerb[verb];
    // The first of its kind renames the revision where Knative requires that, as the command does.
    if (command === undefined || byCommand.has(command)) continue;
    byCommand.set(command, Command.create(title, command, { uri, position }));
  }
  const single = [...byCommand.values()];
  const file = pinFileAction(reading, settings.pin.style);
  if (file === undefined || reading.parts.flatMap(({ states }) => states).length < 2) return single;
  return [...single, Command.create(file.title, serverCommands.pin, { uri })];
}

const commandsByVerb: Readonly<Partial<Record<PinVerb, string>>> = {
  pin: serverCommands.pin,
  "pin-and-rename": serverCommands.pin,
  update: serverCommands.update,
  "update-and-rename": serverCommands.update,
  unpin: serverCommands.unpin,
  "unpin-and-rename": serverCommands.unpin,
};

/** Asks the registries what the action needs, then gives it its edit. */
export async function onCodeActionResolve(
  session: Session,
  action: CodeAction,
  signal: AbortSignal,
): Promise<CodeAction> {
  const data = action.data as ActionData | undefined;
  if (data === undefined) return action;
  const first = await currentAction(session, data);
  if (first === undefined) return action;
  const { answers } = session.outside;
  await Promise.all(
    first.action.ask.map((key) => answers.resolve(key, { signal, priority: "hover" })),
  );
  const second = await currentAction(session, data);
  if (second === undefined) return action;
  const edit = editOf(second.action, second.context);
  return edit === undefined ? action : { ...action, edit };
}

/** The action as it would be listed now; undefined if the document has changed since. */
async function currentAction(
  session: Session,
  data: ActionData,
): Promise<{ action: PinAction; context: ActionContext } | undefined> {
  const found = await openReading(session, data.uri);
  if (found === undefined || found.document.version !== data.version) return undefined;
  const context = contextOf(session, found);
  const { style } = found.settings.pin;
  const placed = data.offset === undefined ? undefined : stateAt(found.reading, data.offset);
  const action =
    placed === undefined
      ? pinFileAction(found.reading, style)
      : pinActions(placed, style).find(({ verb }) => verb === data.verb);
  return action === undefined ? undefined : { action, context };
}
