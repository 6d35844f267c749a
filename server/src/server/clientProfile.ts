// What the client can do, read once from its initialize request.

import type { InitializeParams } from "vscode-languageserver";
import type { OwnOptions } from "./ownOptions.ts";

export interface ClientProfile {
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesHints: boolean;
  /** Whether a hint's edit and tooltip may come later. */
  readonly resolvesHints: boolean;
  /** Whether a code action's edit may come later. */
  readonly resolvesActions: boolean;
  /**
   * Whether code actions with edits are understood; else commands are. A client that says neither that nor that it
   * applies a server's edits could do nothing with a command: it is rather young and terse than that old.
   */
  readonly codeActionLiterals: boolean;
  readonly documentChanges: boolean;
  readonly changeAnnotations: boolean;
  readonly createsFiles: boolean;
  readonly configuration: boolean;
  readonly watchesConfiguration: boolean;
  readonly watchesFiles: boolean;
  readonly markdown: boolean;
  readonly completionMarkdown: boolean;
  readonly appliesEdits: boolean;
  readonly progress: boolean;
  /** Our own client: it follows command links in hovers and takes our notifications. */
  readonly isOwnClient: boolean;
  /** Whether the user trusts the workspace; editors without such a notion are trusted. */
  readonly trusted: boolean;
}

// eslint-disable-next-line complexity -- one line a capability, and nothing branches.
export function readClientProfile(params: InitializeParams, own: OwnOptions): ClientProfile {
  const { workspace, textDocument, window } = params.capabilities;
  return {
    pullsDiagnostics: isGiven(textDocument?.diagnostic),
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    resolvesHints: includesAll(textDocument?.inlayHint?.resolveSupport?.properties, [
      "tooltip",
      "textEdits",
    ]),
    resolvesActions: includesAll(textDocument?.codeAction?.resolveSupport?.properties, ["edit"]),
    codeActionLiterals:
      isGiven(textDocument?.codeAction?.codeActionLiteralSupport) || workspace?.applyEdit !== true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    changeAnnotations: isGiven(workspace?.workspaceEdit?.changeAnnotationSupport),
    createsFiles: workspace?.workspaceEdit?.resourceOperations?.includes("create") === true,
    configuration: workspace?.configuration === true,
    watchesConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    markdown: textDocument?.hover?.contentFormat?.includes("markdown") === true,
    completionMarkdown:
      textDocument?.completion?.completionItem?.documentationFormat?.includes("markdown") === true,
    appliesEdits: workspace?.applyEdit === true,
    progress: window?.workDoneProgress === true,
    isOwnClient: own.isOwnClient,
    trusted: own.trusted,
  };
}

/** Some clients say with a null what others leave out. */
function isGiven(capability: object | null | undefined): boolean {
  return typeof capability === "object" && capability !== null;
}

function includesAll(properties: string[] | undefined, wanted: readonly string[]): boolean {
  return wanted.every((name) => properties?.includes(name) === true);
}
