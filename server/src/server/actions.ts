// Code actions: the pin family and the findings' own fixes, as LSP has them.

import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { touches, type Span } from "../document/span.ts";
import { shiftChange } from "../edits/change.ts";
import { pinActions, pinFileAction, type PinAction, type PinVerb } from "../features/pinActions.ts";
import type { Finding, Fix } from "../findings/finding.ts";
import { placedStates, type FileReading, type ReadPart } from "../findings/reading.ts";
import type { Settings } from "../settings.ts";
import type { ClientProfile } from "./clientProfile.ts";
import { pinImagesKind, workspaceEdit } from "./convert.ts";

/** What a listed action carries to its resolve request: the server keeps nothing in between. */
export interface ActionData {
  readonly uri: string;
  readonly version: number;
  readonly verb: PinVerb;
  /** Where the reference's document and place begin; absent for the whole file. */
  readonly offset?: number;
}

export interface ActionContext {
  readonly document: TextDocument;
  readonly reading: FileReading;
  readonly settings: Settings;
  readonly profile: ClientProfile;
}

/** The actions at a range, drawn from what is known: nothing is asked here. */
export function codeActions(context: ActionContext, params: CodeActionParams): CodeAction[] {
  const { document, reading, settings } = context;
  const { only, diagnostics } = params.context;
  if (only?.some((kind) => isKindOf(pinImagesKind, kind)) === true) {
    return onSaveActions(context);
  }
  const span = {
    start: document.offsetAt(params.range.start),
    end: document.offsetAt(params.range.end),
  };
  const touched = placedStates(reading).filter(({ state, start }) =>
    touches(span, { start: state.use.place.start + start, end: state.use.place.end + start }),
  );
  const single = touched.flatMap((placed) =>
    pinActions(placed, settings.pin.style).flatMap((action) =>
      toCodeAction(action, context, {
        diagnostics,
        offset: placed.start + placed.state.use.place.start,
      }),
    ),
  );
  const file = touched.length === 0 ? undefined : pinFileAction(reading, settings.pin.style);
  const all = [
    ...single,
    ...(file === undefined ? [] : toCodeAction(file, context, { diagnostics })),
    ...fixActions(context, span, diagnostics),
  ];
  return all.filter(
    ({ kind }) => only === undefined || only.some((wanted) => isKindOf(kind ?? "", wanted)),
  );
}

/** The changes that are known by now become the action's edit. */
export function editOf(action: PinAction, context: ActionContext): CodeAction["edit"] {
  const { document, profile } = context;
  if (action.changes === undefined || action.changes.length === 0) return undefined;
  return workspaceEdit([{ document, version: document.version, changes: action.changes }], profile);
}

function onSaveActions(context: ActionContext): CodeAction[] {
  const action = pinFileAction(context.reading, context.settings.pin.style);
  const edit = action === undefined ? undefined : editOf(action, context);
  if (action === undefined || edit === undefined) return [];
  return [{ title: action.title, kind: pinImagesKind, edit }];
}

function toCodeAction(
  action: PinAction,
  context: ActionContext,
  at: { readonly diagnostics: readonly Diagnostic[]; readonly offset?: number },
): CodeAction[] {
  const { document, profile } = context;
  const edit = editOf(action, context);
  const waits = action.ask.length > 0;
  if (edit === undefined && (!waits || !profile.resolvesActions)) return [];
  const mended = at.diagnostics.filter((diagnostic) =>
    (action.mends as readonly unknown[]).includes(diagnostic.code),
  );
  const data: ActionData = {
    uri: document.uri,
    version: document.version,
    verb: action.verb,
    ...(at.offset === undefined ? {} : { offset: at.offset }),
  };
  return [
    {
      title: action.title,
      kind: action.verb === "unpin" ? CodeActionKind.RefactorRewrite : CodeActionKind.QuickFix,
      ...(mended.length === 0 ? {} : { diagnostics: mended }),
      ...(action.isPreferred ? { isPreferred: true } : {}),
      // What is not known yet is asked for when the user chooses the action.
      ...(waits && profile.resolvesActions ? { data } : { edit }),
    } as CodeAction,
  ];
}

/** The fixes of the findings at a place. */
function fixActions(
  context: ActionContext,
  span: Span,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  return context.reading.parts.flatMap((part) =>
    part.findings
      .filter(({ span: { start, end } }) =>
        touches(span, { start: start + part.start, end: end + part.start }),
      )
      .flatMap((finding) =>
        finding.fixes.map((fix) => fixAction(context, { part, finding, fix }, diagnostics)),
      ),
  );
}

function fixAction(
  { document, profile }: ActionContext,
  found: { readonly part: ReadPart; readonly finding: Finding; readonly fix: Fix },
  diagnostics: readonly Diagnostic[],
): CodeAction {
  const { part, finding, fix } = found;
  const mended = diagnostics.filter(
    (diagnostic) =>
      diagnostic.code === finding.code &&
      document.offsetAt(diagnostic.range.start) === finding.span.start + part.start,
  );
  const own = fix.changes.map((change) => shiftChange(change, part.start));
  const { elsewhere } = fix;
  const all = [
    ...(own.length === 0 ? [] : [{ document, version: document.version, changes: own }]),
    ...(elsewhere === undefined
      ? []
      : [
          {
            document: TextDocument.create(elsewhere.uri, "yaml", 0, elsewhere.text),
            version: null,
            changes: elsewhere.changes,
          },
        ]),
  ];
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    ...(mended.length === 0 ? {} : { diagnostics: mended }),
    ...(fix.isPreferred ? { isPreferred: true } : {}),
    edit: workspaceEdit(all, profile),
  };
}

/** Whether a kind is the wanted one or one below it: kinds are nested by dots. */
function isKindOf(kind: string, wanted: string): boolean {
  return kind === wanted || kind.startsWith(`${wanted}.`) || wanted === "";
}
