// Code actions that follow from what a registry answered: the tag that was meant, and credentials.

import * as l10n from "@vscode/l10n";
import type { CodeAction, Diagnostic } from "vscode-languageserver";
import { CodeActionKind, Command } from "../lspLibrary.ts";
import { signInCommand } from "../../features/signInCommand.ts";
import type { FindingCode } from "../../findings/findingCodes.ts";
import { deniedRegistry } from "../../findings/imageState.ts";
import { retaggedFile } from "../../findings/placedEdits.ts";
import { isAt, type PlacedState } from "../../findings/reading.ts";
import { shownText } from "../../shownText.ts";
import type { ActionContext } from "./actionContext.ts";
import { fileSpanOf, workspaceEdit } from "../convert.ts";
import { nearestKnownTag } from "./missingTags.ts";

/** The remedies for one image, drawn from what is known. */
export function remedyActions(
  placed: PlacedState,
  context: ActionContext,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const own = diagnostics.filter(({ range }) => isAt(placed, fileSpanOf(context.document, range)));
  return [...tagAction(placed, context, own), ...signInAction(placed, context, own)];
}

function tagAction(
  placed: PlacedState,
  { answers, document, profile }: ActionContext,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const nearest = nearestKnownTag(answers, placed.state);
  const change = nearest === undefined ? undefined : retaggedFile(placed, nearest);
  if (nearest === undefined || change === undefined) return [];
  const { before, changes } = change;
  return [
    {
      title: l10n.t("Change “{0}” to “{1}”", shownText(before), nearest),
      ...preferred("tag-not-found", diagnostics),
      edit: workspaceEdit([{ document, version: document.version, changes }], profile),
    },
  ];
}

/** Only our own client opens terminals. */
function signInAction(
  { state }: PlacedState,
  { profile }: ActionContext,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const registry = deniedRegistry(state);
  const line = registry === undefined ? undefined : signInCommand(registry);
  if (line === undefined || !profile.isOwnClient) return [];
  const title = l10n.t("Run “{0}” in a terminal", line);
  const command = Command.create(title, "knativeDigest.dockerLogin", { line });
  return [{ title, ...preferred("access-denied", diagnostics), command }];
}

function preferred(
  code: FindingCode,
  diagnostics: readonly Diagnostic[],
): Omit<CodeAction, "title"> {
  const fixed = diagnostics.filter((diagnostic) => diagnostic.code === code);
  return {
    kind: CodeActionKind.QuickFix,
    isPreferred: true,
    ...(fixed.length === 0 ? {} : { diagnostics: fixed }),
  };
}
