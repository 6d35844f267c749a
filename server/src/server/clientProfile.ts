// What the client can do, read once from its initialize request.

import type { InitializeParams } from "vscode-languageserver";

export interface ClientProfile {
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesHints: boolean;
  /** Whether a hint's edit and tooltip may come later. */
  readonly resolvesHints: boolean;
  /** Whether a code action's edit may come later. */
  readonly resolvesActions: boolean;
  readonly codeActionLiterals: boolean;
  readonly documentChanges: boolean;
  readonly changeAnnotations: boolean;
  readonly configuration: boolean;
  readonly watchesConfiguration: boolean;
  readonly watchesFiles: boolean;
  readonly markdown: boolean;
  readonly relatedInformation: boolean;
  readonly codeDescription: boolean;
  readonly appliesEdits: boolean;
  readonly progress: boolean;
  /** Our own client: it follows command links in hovers. */
  readonly commandLinks: boolean;
  /** Whether the user trusts the workspace; editors without such a notion are trusted. */
  readonly trusted: boolean;
  /** Where digests may be kept for the next session; empty keeps them in memory. */
  readonly cacheFolder: string;
}

/** What our own client says of itself in `initializationOptions`, beside the settings. */
interface OwnOptions {
  readonly commandLinks?: boolean;
  readonly trusted?: boolean;
  readonly cacheFolder?: unknown;
}

// eslint-disable-next-line complexity -- one line a capability, and nothing branches.
export function readClientProfile(params: InitializeParams): ClientProfile {
  const { workspace, textDocument, window } = params.capabilities;
  const own = ownOptions(params.initializationOptions);
  return {
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    resolvesHints: includesAll(textDocument?.inlayHint?.resolveSupport?.properties, [
      "tooltip",
      "textEdits",
    ]),
    resolvesActions: includesAll(textDocument?.codeAction?.resolveSupport?.properties, ["edit"]),
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    changeAnnotations: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    configuration: workspace?.configuration === true,
    watchesConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    markdown: textDocument?.hover?.contentFormat?.includes("markdown") === true,
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation === true,
    codeDescription: textDocument?.publishDiagnostics?.codeDescriptionSupport === true,
    appliesEdits: workspace?.applyEdit === true,
    progress: window?.workDoneProgress === true,
    commandLinks: own.commandLinks === true,
    trusted: own.trusted !== false,
    cacheFolder: typeof own.cacheFolder === "string" ? own.cacheFolder : "",
  };
}

function includesAll(properties: string[] | undefined, wanted: readonly string[]): boolean {
  return wanted.every((name) => properties?.includes(name) === true);
}

function ownOptions(options: unknown): OwnOptions {
  return typeof options === "object" && options !== null ? options : {};
}
