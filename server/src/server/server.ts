// The language server: which request goes to which handler. The door of this folder.

import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from "vscode-languageserver";
import { URI } from "vscode-uri";
import { actionKinds, diagnosticsOf } from "./convert.ts";
import { onCodeActionResolve, onCodeActions } from "./actionHandler.ts";
import type { ClientProfile } from "./clientProfile.ts";
import { onExecuteCommand } from "./commandHandler.ts";
import { serverCommands } from "./commandNames.ts";
import { onCompletion } from "./completionHandler.ts";
import { onHintsAndLinks } from "./hintsAndLinks.ts";
import { onHover } from "./hoverHandler.ts";
import type { Outside } from "./outside.ts";
import { createSession, openReading, pushDiagnostics, type Session } from "./session.ts";

/** Serves one client until the connection ends. All state lives in the session made here. */
export function startServer(connection: Connection, outside: Outside): void {
  connection.onInitialize((params): InitializeResult => {
    const session = createSession(connection, outside, params);
    registerDocuments(session);
    registerFeatures(session);
    registerLifecycle(session, params);
    return {
      capabilities: capabilities(session.profile),
      serverInfo: { name: "knative-digest", version: outside.version },
    };
  });
  connection.listen();
}

/** Everything is announced at once: a client need not know dynamic registration. */
function capabilities(profile: ClientProfile): InitializeResult["capabilities"] {
  return {
    positionEncoding: "utf-16",
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    hoverProvider: true,
    inlayHintProvider: { resolveProvider: profile.resolvesHints },
    codeActionProvider: {
      codeActionKinds: [...actionKinds],
      resolveProvider: profile.resolvesActions,
    },
    completionProvider: { triggerCharacters: [":", "/"] },
    documentLinkProvider: {},
    executeCommandProvider: { commands: Object.values(serverCommands), workDoneProgress: true },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    ...(profile.pullsDiagnostics
      ? {
          diagnosticProvider: {
            identifier: "knative-digest",
            interFileDependencies: false,
            workspaceDiagnostics: false,
          },
        }
      : {}),
  };
}

function registerDocuments(session: Session): void {
  const { connection, documents, files, guard, prefetcher, profile, refresher, store } = session;
  documents.onDidOpen(({ document }) => {
    guard.background("open", async () => {
      await session.configured;
      await session.settings.for(document.uri);
      prefetcher.opened(document.uri);
    });
  });
  documents.onDidChangeContent(({ document }) => {
    guard.background("change", async () => {
      await session.configured;
      await session.settings.for(document.uri);
      const others = store.update(document);
      if (!profile.pullsDiagnostics) pushDiagnostics(session, document);
      // What a configuration says decides about the other documents, too.
      if (others) refresher.changed();
      prefetcher.changed(document.uri);
    });
  });
  documents.onDidClose(({ document }) => {
    store.close(document.uri);
    session.settings.forget(document.uri);
    prefetcher.closed(document.uri);
    guard.background("close", async () => {
      if (!profile.pullsDiagnostics) {
        await connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
      }
      await files.refresh(document.uri);
    });
  });
  documents.listen(connection);
}

function registerFeatures(session: Session): void {
  const { connection, guard, profile } = session;
  connection.onHover((params, token) =>
    guard.run("hover", token, {
      fallback: null,
      handle: (signal) => onHover(session, params, signal),
    }),
  );
  connection.onCodeAction((params, token) =>
    guard.run("code action", token, {
      fallback: [],
      handle: () => onCodeActions(session, params),
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
  connection.onExecuteCommand((params, token, progress) =>
    guard.run<unknown>("command", token, {
      fallback: null,
      handle: (signal) => onExecuteCommand(session, params, progress, signal),
    }),
  );
  onHintsAndLinks(session);
  if (!profile.pullsDiagnostics) return;
  connection.languages.diagnostics.on((params, token) =>
    guard.run("diagnostics", token, {
      fallback: { kind: DocumentDiagnosticReportKind.Full, items: [] },
      handle: async () => {
        const found = await openReading(session, params.textDocument.uri);
        const items =
          found === undefined ? [] : diagnosticsOf(found.reading, found.document, profile);
        return { kind: DocumentDiagnosticReportKind.Full, items };
      },
    }),
  );
}

function registerLifecycle(session: Session, params: InitializeParams): void {
  const { connection, files, guard, outside, refresher, prefetcher } = session;
  const folders = folderUris(params);
  const configure = async (): Promise<void> => {
    outside.answers.configure(await session.settings.for(), {
      trusted: session.trusted(),
      workspaceFolders: folderPaths(folders),
      cacheFolder: session.profile.cacheFolder,
    });
    prefetcher.again();
    refresher.changed();
  };
  connection.onInitialized(() => {
    guard.background("initialized", async () => {
      try {
        await configure();
      } finally {
        session.setConfigured();
      }
      await register(session);
      await files.addFolders(folders);
    });
  });
  const stopListening = outside.answers.onDidChange(() => {
    refresher.changed();
  });
  connection.onDidChangeConfiguration(({ settings }: { settings: unknown }) => {
    session.settings.changed(settings);
    guard.background("configuration", async () => {
      for (const { uri } of session.documents.all()) await session.settings.for(uri);
      await configure();
      await files.refreshAll();
    });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    guard.background("watched files", async () => {
      for (const { uri } of changes) await files.refresh(uri);
    });
  });
  connection.onNotification("knativeDigest/trustGranted", () => {
    session.grantTrust();
    guard.background("trust", configure);
  });
  connection.onShutdown(() => {
    stopListening();
    refresher.dispose();
    prefetcher.dispose();
    return outside.answers.dispose();
  });
}

/** Registers what only dynamic registration offers, where the client has it. */
async function register({ connection, profile }: Session): Promise<void> {
  if (profile.watchesConfiguration) {
    await connection.client.register(DidChangeConfigurationNotification.type, {
      section: "knativeDigest",
    });
  }
  if (profile.watchesFiles) {
    await connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: [{ globPattern: "**/*.{yaml,yml}" }],
    });
  }
}

function folderUris(params: InitializeParams): string[] {
  const { workspaceFolders } = params;
  if (Array.isArray(workspaceFolders)) return workspaceFolders.map((folder) => folder.uri);
  // Older clients know one folder and no list.
  const { rootUri } = params as { readonly rootUri?: string | null };
  return typeof rootUri === "string" ? [rootUri] : [];
}

function folderPaths(uris: readonly string[]): string[] {
  return uris.filter((uri) => uri.startsWith("file:")).map((uri) => URI.parse(uri).fsPath);
}
