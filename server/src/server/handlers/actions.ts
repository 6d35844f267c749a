// Code actions: the pin family, as LSP has it.

import type { CodeAction, CodeActionParams, Diagnostic } from "vscode-languageserver";
import { CodeActionKind } from "../lspLibrary.ts";
import type { FileOffset } from "../../document/span.ts";
import {
  pinActions,
  pinFileAction,
  type PinAction,
  type PinVerb,
} from "../../features/pinActions.ts";
import { isAt, onePerPlace, placedStatesAround, type PlacedState } from "../../findings/reading.ts";
import type { ActionContext } from "./actionContext.ts";
import { fileSpanOf, pinImagesKind, workspaceEdit } from "../convert.ts";
import { findingActions } from "./findingActions.ts";
import { remedyActions } from "./remedyActions.ts";

/** What a listed action carries to its resolve request: the server keeps nothing in between. */
export interface ActionData {
  readonly uri: string;
  readonly version: number;
  readonly verb: PinVerb;
  /** Where the image stands in its file; absent for the whole file. */
  readonly offset?: FileOffset;
}

/** The actions at a range, drawn from what is known: nothing is asked here. */
export function codeActions(context: ActionContext, params: CodeActionParams): CodeAction[] {
  const { document, reading, settings } = context;
  const { diagnostics } = params.context;
  // The empty kind stands for all of them.
  const wanted = params.context.only?.includes("") === true ? undefined : params.context.only;
  if (wanted?.some((kind) => isKindOf(pinImagesKind, kind)) === true) {
    return onSaveActions(context);
  }
  const span = fileSpanOf(document, params.range);
  const touched = onePerPlace(placedStatesAround(reading, span)).filter((placed) =>
    isAt(placed, span),
  );
  const { fixes: written, others } = findingActions(context, span, diagnostics);
  const remedies = touched.flatMap((placed) => remedyActions(placed, context, diagnostics));
  const fixes = [...remedies, ...written];
  const single = touched.flatMap((placed) => imageActions(placed, context, diagnostics));
  const file = touched.length === 0 ? undefined : pinFileAction(reading, settings.pin.style);
  // Of a single image the pin is offered already.
  const isSame = file?.count === 1 && single.some(({ title }) => isPin(title, touched, settings));
  const pins = [
    ...single,
    ...(file === undefined || isSame ? [] : toCodeActions(file, context, { diagnostics })),
  ];
  // A mistake's own fix goes before a pin: who pins `localhost/app` pins somebody else's image.
  const isMistake = fixes.some(({ isPreferred }) => isPreferred === true);
  const offered = isMistake ? pins.map((pin) => ({ ...pin, isPreferred: false })) : pins;
  const best = isMistake ? [...fixes, ...offered] : [...offered, ...fixes];
  const all = [...best, ...others];
  return all.filter(
    ({ kind }) => wanted === undefined || wanted.some((each) => isKindOf(kind ?? "", each)),
  );
}

/** Whether an action's title is that of a pin of one of these images. */
function isPin(
  title: string,
  touched: readonly PlacedState[],
  { pin }: ActionContext["settings"],
): boolean {
  const pins = touched.flatMap((placed) => pinActions(placed, pin.style));
  return pins.some((action) => action.verb === "pin" && action.title === title);
}

function imageActions(
  placed: PlacedState,
  context: ActionContext,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const { start: offset } = placed.place;
  const own = diagnostics.filter(({ range }) => isAt(placed, fileSpanOf(context.document, range)));
  return pinActions(placed, context.settings.pin.style).flatMap((action) =>
    toCodeActions(action, context, { diagnostics: own, offset }),
  );
}

/** The changes that are known by now become the action's edit. */
export function editOf(action: PinAction, context: ActionContext): CodeAction["edit"] {
  const { document, profile } = context;
  if (action.changes === undefined || action.changes.length === 0) return undefined;
  return workspaceEdit([{ document, version: document.version, changes: action.changes }], profile);
}

/** On save nothing is asked and nothing waits: what is known is written, the rest stays. */
function onSaveActions(context: ActionContext): CodeAction[] {
  const action = pinFileAction(context.reading, context.settings.pin.style);
  const edit = action === undefined ? undefined : editOf(action, context);
  if (action === undefined || edit === undefined) return [];
  return [{ title: action.title, kind: pinImagesKind, edit }];
}

const kinds: Readonly<Record<PinVerb, CodeActionKind>> = {
  pin: CodeActionKind.QuickFix,
  "pin-and-rename": CodeActionKind.QuickFix,
  "pin-to-cluster": CodeActionKind.QuickFix,
  "pin-to-cluster-and-rename": CodeActionKind.QuickFix,
  "pin-file": CodeActionKind.QuickFix,
  update: CodeActionKind.QuickFix,
  "update-and-rename": CodeActionKind.QuickFix,
  unpin: CodeActionKind.RefactorRewrite,
  "unpin-and-rename": CodeActionKind.RefactorRewrite,
  restyle: CodeActionKind.RefactorRewrite,
};

/** One action, or none where the client could not find out what it lacks. */
function toCodeActions(
  action: PinAction,
  context: ActionContext,
  at: { readonly diagnostics: readonly Diagnostic[]; readonly offset?: FileOffset },
): CodeAction[] {
  const { document, profile } = context;
  const edit = editOf(action, context);
  const waits = action.ask.length > 0;
  if (edit === undefined && (!waits || !profile.resolvesActions)) return [];
  const fixed = at.diagnostics.filter((diagnostic) =>
    (action.fixes as readonly unknown[]).includes(diagnostic.code),
  );
  const data: ActionData = {
    uri: document.uri,
    version: document.version,
    verb: action.verb,
    ...(at.offset === undefined ? {} : { offset: at.offset }),
  };
  const shown: CodeAction = {
    title: action.title,
    kind: kinds[action.verb],
    ...(fixed.length === 0 ? {} : { diagnostics: fixed }),
    ...(action.isPreferred ? { isPreferred: true } : {}),
  };
  // What is not known yet is asked for when the user chooses the action.
  if (waits && profile.resolvesActions) return [{ ...shown, data }];
  return edit === undefined ? [] : [{ ...shown, edit }];
}

/** Whether a kind is the wanted one or one below it: kinds are nested by dots. */
export function isKindOf(kind: string, wanted: string): boolean {
  return kind === wanted || kind.startsWith(`${wanted}.`);
}
