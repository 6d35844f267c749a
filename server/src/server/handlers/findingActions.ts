// Code actions of the findings: each one's own fixes, and the comment that silences a line.

import * as l10n from "@vscode/l10n";
import type { CodeAction, Diagnostic } from "vscode-languageserver";
import { CodeActionKind, Command } from "../lspLibrary.ts";
import { TextDocument } from "vscode-languageserver-textdocument";
import { spanInFile, touches, type FileSpan } from "../../document/span.ts";
import { ignoreComment } from "../../features/ignoreAction.ts";
import type { Fix } from "../../findings/finding.ts";
import { documentationUrl, type FindingCode } from "../../findings/findingCodes.ts";
import { fileFindings, fixChanges, type FileFinding } from "../../findings/reading.ts";
import type { ActionContext } from "./actionContext.ts";
import { offsetOf, positionOf, workspaceEdit, type DocumentChanges } from "../convert.ts";

/** The fixes of the findings at a place, the preferred ones first as they are given, and how to silence them. */
export function findingActions(
  context: ActionContext,
  span: FileSpan,
  diagnostics: readonly Diagnostic[],
): { readonly fixes: CodeAction[]; readonly others: CodeAction[] } {
  const found = fileFindings(context.reading).filter((each) => touches(span, each.span));
  return {
    fixes: found.flatMap((each) =>
      each.finding.fixes.map((fix) => fixAction(context, each, fix, diagnostics)),
    ),
    others: [
      ...ignoreActions(context, found, diagnostics),
      ...(context.profile.isOwnClient ? codeActionsOf(context, found, diagnostics) : []),
    ],
  };
}

function fixAction(
  { document, profile }: ActionContext,
  found: FileFinding,
  fix: Fix,
  diagnostics: readonly Diagnostic[],
): CodeAction {
  const own = fixChanges(found, fix);
  const { elsewhere } = fix;
  const all: DocumentChanges[] = [];
  if (own.length > 0) all.push({ document, version: document.version, changes: own });
  if (elsewhere !== undefined) {
    const { uri, text, changes } = elsewhere;
    all.push({ document: TextDocument.create(uri, "yaml", 0, text), version: null, changes });
  }
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    ...fixedDiagnostics(document, [found], diagnostics),
    ...(fix.isPreferred ? { isPreferred: true } : {}),
    edit: workspaceEdit(all, profile),
  };
}

/** What only our own client can do about a code: change its severity, and open its page. */
function codeActionsOf(
  { document }: ActionContext,
  found: readonly FileFinding[],
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const codes = [...new Set(found.map(({ finding }) => finding.code))];
  const action = (code: FindingCode, command: Command): CodeAction => ({
    title: command.title,
    kind: CodeActionKind.QuickFix,
    ...fixedDiagnostics(
      document,
      found.filter(({ finding }) => finding.code === code),
      diagnostics,
    ),
    command,
  });
  const { uri } = document;
  return [
    ...codes.map((code) => {
      const title = l10n.t("Turn {0} off in this workspace", code);
      return action(code, Command.create(title, "knativeDigest.turnOff", { code, uri }));
    }),
    ...codes.map((code) => {
      const title = l10n.t("Show documentation of {0}", code);
      const url = documentationUrl(code);
      return action(code, Command.create(title, "knativeDigest.showDocumentation", { url }));
    }),
  ];
}

/** One action for each line with findings; an ignore comment that is itself the finding needs none. */
function ignoreActions(
  { document, profile, reading }: ActionContext,
  found: readonly FileFinding[],
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const silenced = found.filter(({ finding }) => finding.code !== "unused-ignore");
  const first = silenced[0];
  if (first === undefined) return [];
  const { part } = first;
  const text = reading.text.slice(part.start, part.end);
  const own = ignoreComment(text, first.finding.span.start);
  if (own === undefined) return [];
  const change = spanInFile(own, part.start);
  const lineOf = ({ span }: FileFinding): number => positionOf(document, span.start).line;
  const here = silenced.filter((each) => lineOf(each) === lineOf(first));
  return [
    {
      title: l10n.t("Ignore {0} on this line", codesOf(here)),
      kind: CodeActionKind.QuickFix,
      ...fixedDiagnostics(document, here, diagnostics),
      edit: workspaceEdit([{ document, version: document.version, changes: [change] }], profile),
    },
  ];
}

/** The codes of some findings, each once. */
function codesOf(found: readonly FileFinding[]): string {
  return [...new Set(found.map(({ finding }) => finding.code))].join(", ");
}

/** The client's diagnostics that show these findings. */
function fixedDiagnostics(
  document: TextDocument,
  found: readonly FileFinding[],
  diagnostics: readonly Diagnostic[],
): Pick<CodeAction, "diagnostics"> {
  const fixed = diagnostics.filter((diagnostic) =>
    found.some(
      ({ finding, span }) =>
        diagnostic.code === finding.code &&
        offsetOf(document, diagnostic.range.start) === span.start,
    ),
  );
  return fixed.length === 0 ? {} : { diagnostics: fixed };
}
