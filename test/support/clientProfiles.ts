// What different editors tell a language server about themselves, as far as our server listens.

import type { ClientCapabilities } from "vscode-languageserver/node";

/** VS Code 1.139 with vscode-languageclient 11: pulls diagnostics, resolves late, takes refreshes. */
export const visualStudioCode: ClientCapabilities = {
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: true, failureHandling: "textOnlyTransactional" },
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
    inlayHint: { refreshSupport: true },
    diagnostics: { refreshSupport: true },
  },
  textDocument: {
    publishDiagnostics: {
      relatedInformation: true,
      codeDescriptionSupport: true,
      dataSupport: true,
    },
    hover: { contentFormat: ["markdown", "plaintext"] },
    codeAction: {
      isPreferredSupport: true,
      disabledSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ["edit", "command"] },
      codeActionLiteralSupport: {
        codeActionKind: { valueSet: ["", "quickfix", "refactor", "refactor.rewrite", "source"] },
      },
    },
    inlayHint: {
      resolveSupport: {
        properties: ["tooltip", "textEdits", "label.tooltip", "label.location", "label.command"],
      },
    },
    diagnostic: { relatedDocumentSupport: false, dynamicRegistration: true },
  },
  window: { workDoneProgress: true, showDocument: { support: true } },
  general: { positionEncodings: ["utf-16"] },
};

/** An editor that says nothing of itself: all that the protocol promises, and not one thing more. */
export const bare: ClientCapabilities = {};

/** Helix: pulls diagnostics, refreshes no hints, resolves none, registers only watched files. */
export const helix: ClientCapabilities = {
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: true },
    configuration: true,
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    inlayHint: { refreshSupport: false },
    diagnostics: { refreshSupport: true },
  },
  textDocument: {
    publishDiagnostics: { versionSupport: true },
    hover: { contentFormat: ["markdown"] },
    codeAction: {
      isPreferredSupport: true,
      dataSupport: true,
      disabledSupport: true,
      resolveSupport: { properties: ["edit", "command"] },
      codeActionLiteralSupport: {
        codeActionKind: { valueSet: ["", "quickfix", "refactor", "source"] },
      },
    },
    inlayHint: {},
    diagnostic: { dynamicRegistration: false },
  },
  window: { workDoneProgress: true },
  general: { positionEncodings: ["utf-8", "utf-32", "utf-16"] },
};

/** Emacs' Eglot: pulls diagnostics, and can be told of no change of them. */
export const eglot: ClientCapabilities = {
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: true },
    configuration: true,
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  textDocument: {
    publishDiagnostics: { relatedInformation: false, codeDescriptionSupport: false },
    hover: { contentFormat: ["markdown", "plaintext"] },
    codeAction: {
      dataSupport: true,
      isPreferredSupport: true,
      resolveSupport: { properties: ["edit", "command"] },
      codeActionLiteralSupport: {
        codeActionKind: { valueSet: ["quickfix", "refactor", "source"] },
      },
    },
    inlayHint: { dynamicRegistration: false },
    diagnostic: { dynamicRegistration: false },
  },
  window: { workDoneProgress: true },
  general: { positionEncodings: ["utf-32", "utf-8", "utf-16"] },
};

/** Neovim before it pulled: diagnostics are pushed, hovers are Markdown, actions are resolved. */
export const neovim: ClientCapabilities = {
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: false },
    configuration: true,
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: false },
  },
  textDocument: {
    publishDiagnostics: { relatedInformation: true },
    hover: { contentFormat: ["markdown", "plaintext"] },
    codeAction: {
      isPreferredSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
      codeActionLiteralSupport: {
        codeActionKind: { valueSet: ["", "quickfix", "refactor", "source"] },
      },
    },
  },
  window: { workDoneProgress: true },
};
