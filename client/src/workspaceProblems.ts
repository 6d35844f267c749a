// The problems of files that are not open, in the Problems view: only once the user wants to see them.

import * as vscode from "vscode";
import type { FileProblems } from "../../server/src/protocol.ts";
import type { ServerClient } from "./serverClient.ts";

export interface WorkspaceProblems {
  /** Looks all images of the workspace up, and shows what is wrong. */
  show(): Promise<void>;
  dispose(): void;
}

type Problem = FileProblems["diagnostics"][number];

export function createWorkspaceProblems(server: ServerClient): WorkspaceProblems {
  const shown = vscode.languages.createDiagnosticCollection("knative-digest-files");
  let isShown = false;
  const put = (files: readonly FileProblems[]): void => {
    for (const { uri, diagnostics } of files) {
      shown.set(vscode.Uri.parse(uri), diagnostics.map(toDiagnostic));
    }
  };
  // An open file has its own diagnostics; closed, it has those of its text on the disk again.
  const listeners = [
    vscode.workspace.onDidOpenTextDocument(({ uri }) => shown.delete(uri)),
    vscode.workspace.onDidCloseTextDocument(async ({ uri }) => {
      if (isShown) put(await server.execute("problems", { uri: uri.toString() }));
    }),
  ];
  return {
    async show() {
      const title = vscode.l10n.t("Checking all files");
      const progress = { title, isLong: true };
      const argument = { ask: vscode.workspace.isTrusted };
      const files = await server.executeShown<readonly FileProblems[]>(
        "problems",
        argument,
        progress,
      );
      if (files === undefined) return;
      isShown = true;
      shown.clear();
      put(files);
      await vscode.commands.executeCommand("workbench.actions.view.problems");
      const count = files.reduce((sum, { diagnostics }) => sum + diagnostics.length, 0);
      const words = vscode.l10n.t("Files checked: {0}, problems: {1}", files.length, count);
      const restricted = vscode.l10n.t("Restricted Mode: registries are not contacted");
      const said = vscode.workspace.isTrusted ? words : `${words} · ${restricted}`;
      vscode.window.setStatusBarMessage(said, statusMs);
    },
    dispose() {
      shown.dispose();
      vscode.Disposable.from(...listeners).dispose();
    },
  };
}

/** How long the result stands in the status bar, in milliseconds. */
const statusMs = 8000;

const {
  Error: error,
  Hint: hint,
  Information: information,
  Warning: warning,
} = vscode.DiagnosticSeverity;

/** The protocol counts severities from 1. */
const severities = { 1: error, 2: warning, 3: information, 4: hint } as const;

function toDiagnostic(problem: Problem): vscode.Diagnostic {
  const { code, codeDescription, message, relatedInformation, severity = 1, source } = problem;
  const range = toRange(problem.range);
  const diagnostic = new vscode.Diagnostic(range, textOf(message), severities[severity]);
  if (source !== undefined) diagnostic.source = source;
  if (code !== undefined) {
    const target = codeDescription && vscode.Uri.parse(codeDescription.href);
    diagnostic.code = target === undefined ? code : { value: code, target };
  }
  if (relatedInformation !== undefined) {
    diagnostic.relatedInformation = relatedInformation.map(({ location, message: words }) => {
      const place = new vscode.Location(vscode.Uri.parse(location.uri), toRange(location.range));
      return new vscode.DiagnosticRelatedInformation(place, words);
    });
  }
  return diagnostic;
}

function textOf(message: Problem["message"]): string {
  return typeof message === "string" ? message : message.value;
}

function toRange({ start, end }: Problem["range"]): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
