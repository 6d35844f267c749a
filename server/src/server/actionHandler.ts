// Answers code actions, and finds out what a chosen one needs.

import type { CodeAction, CodeActionParams, Command } from "vscode-languageserver";
import { pinActions, pinFileAction, type PinAction } from "../features/pinActions.ts";
import { stateAt } from "../findings/reading.ts";
import { codeActions, editOf, type ActionContext, type ActionData } from "./actions.ts";
import { commandActions } from "./commandActions.ts";
import { openReading, type Session } from "./session.ts";

export async function onCodeActions(
  session: Session,
  params: CodeActionParams,
): Promise<(CodeAction | Command)[]> {
  const found = await openReading(session, params.textDocument.uri);
  if (found === undefined) return [];
  const context: ActionContext = { ...found, profile: session.profile };
  return session.profile.codeActionLiterals
    ? codeActions(context, params)
    : commandActions(context, params);
}

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
  const context: ActionContext = { ...found, profile: session.profile };
  const { style } = found.settings.pin;
  const placed = data.offset === undefined ? undefined : stateAt(found.reading, data.offset);
  const action =
    placed === undefined
      ? pinFileAction(found.reading, style)
      : pinActions(placed, style).find(({ verb }) => verb === data.verb);
  return action === undefined ? undefined : { action, context };
}
