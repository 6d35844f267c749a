// Everything one client's session keeps, made in one place and handed to the handlers.

import type { Connection, InitializeParams } from "vscode-languageserver";
import { TextDocuments } from "../lspLibrary.ts";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { clusterTarget } from "../../cluster/clusterImage.ts";
import type { FileReading } from "../../findings/reading.ts";
import type { Settings } from "../../settings.ts";
import { createWorkspaceIndex, type WorkspaceIndex } from "../../workspace/workspaceIndex.ts";
import { readClientProfile, type ClientProfile } from "../clientProfile.ts";
import { createClusterStore, type ClusterStore } from "./clusterStore.ts";
import { diagnosticsOf } from "../convert.ts";
import { createDocumentStore, type DocumentStore } from "./documentStore.ts";
import type { Outside } from "../outside.ts";
import type { OwnOptions } from "../ownOptions.ts";
import { createPrefetcher, type Prefetcher } from "./prefetcher.ts";
import { createPublisher, type Publisher } from "./publisher.ts";
import { createRecovery, type Recovery } from "./recovery.ts";
import { createRefresher, type Refresher } from "./refresher.ts";
import { createExclusion } from "../folderUris.ts";
import { editedDocuments } from "./editedDocument.ts";
import { createGuard, type Guard } from "../requests.ts";
import { createSettingsStore, type SettingsStore } from "./settingsStore.ts";
import { createSkipListLog } from "./skipListLog.ts";
import { createStatusReporter, type StatusReporter } from "./statusReporter.ts";
import { createWorkspaceFiles, type WorkspaceFiles } from "./workspaceFiles.ts";

export interface Session {
  readonly connection: Connection;
  readonly outside: Outside;
  readonly profile: ClientProfile;
  readonly guard: Guard;
  readonly documents: TextDocuments<TextDocument>;
  readonly settings: SettingsStore;
  readonly index: WorkspaceIndex;
  readonly store: DocumentStore;
  readonly cluster: ClusterStore;
  readonly files: WorkspaceFiles;
  readonly prefetcher: Prefetcher;
  readonly publisher: Publisher;
  readonly recovery: Recovery;
  readonly refresher: Refresher;
  readonly status: StatusReporter;
  /** Resolves when the user's settings are known: before that nothing is answered and nothing asked. */
  readonly configured: Promise<void>;
  /** To be called once the settings have reached everything that depends on them. */
  setConfigured(): void;
  /** Whether the workspace's files were looked at, those that are not open, too. */
  readonly isScanned: () => boolean;
  setScanned(): void;
  /** Resolves when no file is left to be looked at: before that nothing can be said of all of them. */
  scanned(): Promise<unknown>;
  /** Files are looked at until `work` ends, well or not. */
  scanning(work: Promise<void>): void;
  /** What views are drawn from changed outside the documents' texts: the cluster is asked again where that is due. */
  changed(): void;
  /** What one document says changed the others: they are drawn again, and nothing is asked for a key. */
  typed(): void;
  /** Whether the user trusts the workspace: it may be granted later, never taken back. */
  trusted(): boolean;
  grantTrust(): void;
  /** The workspace's folders, as URIs. */
  folders(): readonly string[];
  setFolders(uris: readonly string[]): void;
}

export function createSession(
  connection: Connection,
  outside: Outside,
  { params, own }: { readonly params: InitializeParams; readonly own: OwnOptions },
): Session {
  const { clock, log, answers, readElsewhere: elsewhere } = outside;
  const profile = readClientProfile(params, own);
  const guard = createGuard(log);
  const documents = new TextDocuments<TextDocument>(editedDocuments);
  const initial: unknown = params.initializationOptions;
  const settings = createSettingsStore({ connection, profile, log, initial });
  const index = createWorkspaceIndex();
  const changed = (): void => {
    session.changed();
  };
  const run = outside.runKubectl;
  const cluster = createClusterStore({ run, clock, log, guard, changed });
  const isExcluded = createExclusion({
    settings: (uri) => settings.known(uri),
    folders: () => session.folders(),
  });
  const store = createDocumentStore(index, {
    settings: (uri) => settings.known(uri),
    isExcluded,
    known: {
      resolutions: (key) => answers.peek(key),
      details: (key) => answers.peekDetails(key),
      get cluster() {
        return cluster.known();
      },
    },
    generation: () => answers.generation + cluster.generation(),
    cluster: () => cluster.registries(),
    ...{ clock, elsewhere },
    readInSlices: () => {
      status.changed();
    },
  });
  const push = (): void => {
    for (const document of documents.all()) pushDiagnostics(session, document);
  };
  const refresher = createRefresher({ connection, profile, clock, guard, push });
  const publisher = createPublisher(connection);
  const prefetcher = createPrefetcher({ answers, clock, documents, store });
  const recovery = createRecovery({
    ...{ answers, clock, documents, networkStamp: outside.networkStamp },
    inSight: (uri) => prefetcher.inSight(uri),
    isAutomatic: (uri) => settings.known(uri).resolve === "automatic",
  });
  const tellSkipList = createSkipListLog(log);
  const status = createStatusReporter({
    ...{ connection, profile, clock, guard, documents, store, index, cluster },
    onReported: (uris) => {
      if (session.isScanned()) for (const uri of uris) tellSkipList(store.skipList(uri));
    },
  });
  const files = createWorkspaceFiles({
    access: outside.files,
    ...{ index, clock, log, changed, elsewhere },
    settings: (uri) => settings.known(uri),
    isExcluded,
    isOpen: (uri) => store.isOpen(uri),
  });
  const session: Session = {
    ...{ connection, outside, profile, guard, documents, settings, index, store },
    ...{ cluster, files, prefetcher, publisher, recovery, refresher, status },
    ...createSessionFlags(profile.trusted),
    changed() {
      session.typed();
      prefetchCluster(session);
    },
    typed() {
      refresher.changed();
      status.changed();
      recovery.changed();
    },
  };
  return session;
}

/** What is found out, granted or changed in the course of a session. */
function createSessionFlags(
  initiallyTrusted: boolean,
): Pick<
  Session,
  | "configured"
  | "setConfigured"
  | "isScanned"
  | "setScanned"
  | "scanned"
  | "scanning"
  | "trusted"
  | "grantTrust"
  | "folders"
  | "setFolders"
> {
  let trusted = initiallyTrusted;
  let isScanned = false;
  let folders: readonly string[] = [];
  let setConfigured = (): void => undefined;
  const configured = new Promise<void>((resolve) => {
    setConfigured = resolve;
  });
  let setScanned = (): void => undefined;
  let scans: Promise<unknown> = new Promise<void>((resolve) => {
    setScanned = resolve;
  });
  return {
    configured,
    setConfigured: () => {
      setConfigured();
    },
    isScanned: () => isScanned,
    setScanned() {
      isScanned = true;
      setScanned();
    },
    scanned: () => scans,
    scanning(work) {
      scans = Promise.allSettled([scans, work]);
    },
    trusted: () => trusted,
    grantTrust() {
      trusted = true;
    },
    folders: () => folders,
    setFolders(uris) {
      folders = uris;
    },
  };
}

/**
 * The cluster is asked about the manifests that are open, once all files of the workspace were looked at; for its skip
 * list alone only where nothing nearer gives one.
 */
export function prefetchCluster({ cluster, documents, isScanned, store }: Session): void {
  if (!isScanned() || !cluster.mayAsk()) return;
  const open = documents.all().map((document) => ({
    states: store.readingIfReady(document)?.parts.flatMap((part) => part.states) ?? [],
    list: store.skipList(document.uri).origin,
  }));
  const targets = open.flatMap(({ states }) =>
    states.flatMap(({ use }) => clusterTarget(use) ?? []),
  );
  const needsList = open.some(
    ({ states, list }) => states.length > 0 && ["default", "cluster"].includes(list),
  );
  if (targets.length > 0 || needsList) cluster.prefetch(targets);
}

/** An open document with what is known of it; undefined if it is closed or none of ours. */
export async function openReading(
  session: Session,
  uri: string,
): Promise<{ document: TextDocument; reading: FileReading; settings: Settings } | undefined> {
  const document = session.documents.get(uri);
  if (document === undefined) return undefined;
  await session.configured;
  const settings = await session.settings.for(uri);
  // It may have been closed in the meantime: reading it would open it again.
  if (session.documents.get(uri) !== document) return undefined;
  await session.store.prepare(document);
  if (session.documents.get(uri) !== document) return undefined;
  const reading = session.store.reading(document);
  return reading === undefined ? undefined : { document, reading, settings };
}

/** Publishes what is known of a document, for clients that do not pull. */
export function pushDiagnostics(
  { documents, guard, publisher, store }: Session,
  document: TextDocument,
): void {
  guard.background("publish diagnostics", async () => {
    await store.prepare(document);
    if (documents.get(document.uri) !== document) return;
    const reading = store.reading(document);
    const diagnostics = reading === undefined ? [] : diagnosticsOf(reading, document);
    await publisher.publish(document, diagnostics);
  });
}

/** Logs what decides about all that follows, for readers of the log. */
export function logStart({ outside, trusted, folders }: Session): void {
  const trust = trusted() ? "trusted" : "not trusted: no registry is contacted";
  outside.log("info", `Knative Digest ${outside.version}, ${folders().length} folders, ${trust}`);
}
