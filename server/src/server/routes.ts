// Which request goes to which handler.

import type { Diagnostic, DocumentDiagnosticReport } from "vscode-languageserver";
import { onCodeActionResolve, onCodeActions } from "./handlers/actionHandler.ts";
import { onExecuteCommand } from "./handlers/commandHandler.ts";
import { onCompletion, onCompletionResolve } from "./handlers/completionHandler.ts";
import { onDefinition } from "./handlers/definitionHandler.ts";
import { onDiagnostics } from "./handlers/diagnosticsHandler.ts";
import { onInlayHintResolve, onInlayHints } from "./handlers/hintHandler.ts";
import { onHover } from "./handlers/hoverHandler.ts";
import { onDocumentLinks } from "./handlers/linkHandler.ts";
import { DocumentDiagnosticReportKind, ExecuteCommandRequest } from "./lspLibrary.ts";
import type { Session } from "./state/session.ts";

/** Registers a handler for each request. */
export function registerRoutes(session: Session): void {
  registerFeatures(session);
  registerViews(session);
  if (session.profile.pullsDiagnostics) registerDiagnostics(session);
}

function registerFeatures(session: Session): void {
  const { connection, guard } = session;
  connection.onHover((params, token) =>
    guard.run("hover", token, {
      fallback: null,
      handle: (signal) => onHover(session, params, signal),
    }),
  );
  connection.onCodeAction((params, token) =>
    guard.run("code action", token, {
      fallback: [],
      handle: (signal) => onCodeActions(session, params, signal),
    }),
  );
  connection.onCodeActionResolve((action, token) =>
    guard.run("code action resolve", token, {
      fallback: action,
      handle: (signal) => onCodeActionResolve(session, action, signal),
    }),
  );
  connection.onCompletion((params, token) =>
    guard.run("completion", token, {
      fallback: null,
      handle: (signal) => onCompletion(session, params, signal),
    }),
  );
  connection.onCompletionResolve((item, token) =>
    guard.run("completion resolve", token, {
      fallback: item,
      handle: () => onCompletionResolve(session, item),
    }),
  );
  connection.onRequest(ExecuteCommandRequest.type, (params, token) =>
    guard.run<unknown>("command", token, {
      fallback: null,
      handle: (signal) => onExecuteCommand(session, { params, signal }),
    }),
  );
}

/** The views that lie over the text: inlay hints, definitions, and links to registries' pages. */
function registerViews(session: Session): void {
  const { connection, guard } = session;
  connection.languages.inlayHint.on((params, token) =>
    guard.run("inlay hints", token, {
      fallback: [],
      handle: (signal) => onInlayHints(session, params, signal),
    }),
  );
  connection.languages.inlayHint.resolve((hint, token) =>
    guard.run("inlay hint resolve", token, {
      fallback: hint,
      handle: () => onInlayHintResolve(session, hint),
    }),
  );
  connection.onDefinition((params, token) =>
    guard.run("definition", token, {
      fallback: [],
      handle: () => onDefinition(session, params),
    }),
  );
  connection.onDocumentLinks((params, token) =>
    guard.run("document links", token, {
      fallback: [],
      handle: () => onDocumentLinks(session, params),
    }),
  );
}

function registerDiagnostics(session: Session): void {
  const { connection, guard } = session;
  const report = (items: Diagnostic[]): DocumentDiagnosticReport => ({
    kind: DocumentDiagnosticReportKind.Full,
    items,
  });
  connection.languages.diagnostics.on((params, token) =>
    guard.run("diagnostics", token, {
      fallback: report([]),
      handle: async (signal) => report(await onDiagnostics(session, params, signal)),
    }),
  );
}
