// The language server from its first message to its last: capabilities, settings, folders, end. The door of this folder.

import type { Connection, InitializeParams, InitializeResult } from "vscode-languageserver";
import type { ClientProfile } from "./clientProfile.ts";
import { actionKinds } from "./convert.ts";
import { folderPaths, folderUri, folderUris } from "./folderUris.ts";
import { serverCommands } from "./handlers/commandNames.ts";
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  TextDocumentSyncKind,
} from "./lspLibrary.ts";
import { listenToDocuments } from "./openDocuments.ts";
import type { ClientStart, Outside } from "./outside.ts";
import { readEditorProxy, readOwnOptions } from "./ownOptions.ts";
import { registerRoutes } from "./routes.ts";
import { createSession, logStart, prefetchCluster, type Session } from "./state/session.ts";

/**
 * Serves one client until the connection ends. All state lives in the session made here.
 * @param open makes everything that depends on this machine, once the client has said what it is.
 */
export function startServer(connection: Connection, open: (client: ClientStart) => Outside): void {
  connection.onInitialize((params): InitializeResult => {
    const own = readOwnOptions(params.initializationOptions);
    const outside = open({ own, locale: params.locale });
    const session = createSession(connection, outside, { params, own });
    listenToDocuments(session);
    registerRoutes(session);
    registerLifecycle(session, params);
    if (own.isOwnClient) registerOwnNotifications(session);
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
    completionProvider: { triggerCharacters: [":", "/", ","], resolveProvider: true },
    definitionProvider: true,
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

function registerLifecycle(session: Session, params: InitializeParams): void {
  const { connection, files, guard, outside, refresher, prefetcher } = session;
  session.setFolders(folderUris(params));
  connection.onInitialized(() => {
    guard.background("initialized", async () => {
      try {
        await configure(session);
      } finally {
        session.setConfigured();
      }
      register(session);
      logStart(session);
      try {
        await files.addFolders(session.folders());
      } finally {
        session.setScanned();
      }
      prefetchCluster(session);
    });
  });
  const stopListening = outside.answers.onDidChange(() => {
    session.changed();
  });
  connection.onDidChangeConfiguration(({ settings }: { settings: unknown }) => {
    session.settings.changed(settings);
    guard.background("configuration", async () => {
      for (const { uri } of session.documents.all()) await session.settings.for(uri);
      await configure(session);
      await files.refreshAll();
    });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    guard.background("watched files", async () => {
      for (const { uri } of changes) await files.refresh(uri);
    });
  });
  // By its method: the library's own event requires a capability that some clients do not announce.
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event }) => {
    const [added, removed] = [event.added, event.removed].map((list) =>
      list.map(({ uri }) => folderUri(uri)),
    );
    guard.background("workspace folders", () => {
      const work = changeFolders(session, added ?? [], removed ?? []);
      session.scanning(work);
      return work;
    });
  });
  connection.onShutdown(async () => {
    guard.shutDown();
    stopListening();
    refresher.dispose();
    prefetcher.dispose();
    session.recovery.dispose();
    session.status.dispose();
    session.cluster.dispose();
    await outside.answers.dispose();
  });
}

/** Hands settings, trust and folders to whatever depends on them. */
async function configure(session: Session): Promise<void> {
  const { cluster, outside, prefetcher } = session;
  const [settings, trusted] = [await session.settings.for(), session.trusted()];
  for (const folder of session.folders()) await session.settings.for(folder);
  const workspaceFolders = folderPaths(session.folders());
  outside.configure(settings, { trusted, workspaceFolders });
  cluster.configure(settings, trusted);
  prefetcher.again();
  session.changed();
}

async function changeFolders(
  session: Session,
  added: readonly string[],
  removed: readonly string[],
): Promise<void> {
  const kept = session.folders().filter((uri) => !removed.includes(uri));
  session.setFolders([...kept, ...added.filter((uri) => !kept.includes(uri))]);
  session.files.removeFolders(removed);
  await configure(session);
  await session.files.addFolders(added);
}

/** What only our own client reports: other clients' notifications of these names mean nothing. */
function registerOwnNotifications(session: Session): void {
  const { connection, guard, outside } = session;
  connection.onNotification("knativeDigest/trustGranted", () => {
    session.grantTrust();
    guard.background("trust", () => configure(session));
  });
  connection.onNotification("knativeDigest/focused", () => {
    session.recovery.again();
  });
  connection.onNotification("knativeDigest/proxy", (raw: unknown) => {
    outside.setProxy(readEditorProxy(raw));
    session.prefetcher.again();
  });
}

/** Registers what only dynamic registration offers, where the client has it. Nothing waits for it. */
function register({ connection: { client }, guard, profile }: Session): void {
  if (profile.watchesConfiguration) {
    guard.background("registration", () =>
      client.register(DidChangeConfigurationNotification.type, { section: "knativeDigest" }),
    );
  }
  if (profile.watchesFiles) {
    const watchers = [{ globPattern: "**/*.{yaml,yml,json,tpl}" }];
    guard.background("registration", () =>
      client.register(DidChangeWatchedFilesNotification.type, { watchers }),
    );
  }
}
