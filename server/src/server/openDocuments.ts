// What follows when a client opens, changes or closes a document.

import { maxLength } from "./state/openAnalyses.ts";
import { prefetchCluster, pushDiagnostics, type Session } from "./state/session.ts";

/** Listens to the client's documents until the connection ends. */
export function listenToDocuments(session: Session): void {
  const { connection, documents, files, guard, outside, prefetcher, profile, status, store } =
    session;
  // The library reports an opened document as a changed one.
  const opening = new Set<string>();
  documents.onDidOpen(({ document }) => {
    opening.add(document.uri);
    if (document.getText().length <= maxLength) return;
    outside.log("warning", `${document.uri} is not read: longer than ${maxLength} characters`);
  });
  documents.onDidChangeContent(({ document }) => {
    const { uri } = document;
    const isOpening = opening.delete(uri);
    if (!isOpening) prefetcher.typed(uri);
    guard.background("change", async () => {
      await session.configured;
      await session.settings.for(uri);
      if (documents.get(uri) !== document) return;
      const others = await store.update(document);
      if (documents.get(uri) !== document) return;
      if (!profile.pullsDiagnostics) pushDiagnostics(session, document);
      // What a configuration says decides about the other documents, too.
      if (others) session.typed();
      status.changed();
      if (isOpening) {
        prefetcher.opened(uri);
        prefetchCluster(session);
      } else {
        prefetcher.changed(uri);
      }
    });
  });
  documents.onDidClose(({ document }) => {
    store.close(document.uri);
    session.settings.forget(document.uri);
    prefetcher.closed(document.uri);
    session.recovery.closed(document.uri);
    guard.background("close", async () => {
      if (!profile.pullsDiagnostics) {
        await session.publisher.close(document.uri);
      }
      await files.refresh(document.uri);
    });
  });
  documents.listen(connection);
}
