// Publishes diagnostics to clients that do not pull them: again only when they, or the text's version, changed.

import type { Connection, Diagnostic } from "vscode-languageserver";

/** An open document as far as its diagnostics belong to it. */
export interface Published {
  readonly uri: string;
  readonly version: number;
}

export interface Publisher {
  /** Sends the diagnostics of a document's version, unless the client has exactly these. */
  publish(document: Published, diagnostics: Diagnostic[]): Promise<void>;
  /** Takes the diagnostics of a closed document away. */
  close(uri: string): Promise<void>;
}

/** Nothing is published yet; what was is remembered until the document is closed. */
export function createPublisher(connection: Pick<Connection, "sendDiagnostics">): Publisher {
  const published = new Map<string, string>();
  return {
    async publish({ uri, version }, diagnostics) {
      const params = { uri, version, diagnostics };
      const now = JSON.stringify(params);
      if (published.get(uri) === now) return;
      published.set(uri, now);
      await connection.sendDiagnostics(params);
    },
    async close(uri) {
      published.delete(uri);
      await connection.sendDiagnostics({ uri, diagnostics: [] });
    },
  };
}
