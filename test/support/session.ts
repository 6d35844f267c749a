// One language server for one test: started with an editor's abilities on the sample workspace, and ended in any case.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ClientCapabilities, Position, WorkspaceEdit } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { startLanguageServer, type LanguageClient } from "./lspClient.ts";
import { withSample, type SampleEnvironment } from "./sampleEnvironment.ts";

export interface SessionOptions {
  readonly capabilities: ClientCapabilities;
  readonly initializationOptions?: unknown;
  readonly configuration?: (section: string | undefined, scopeUri: string | undefined) => unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly locale?: string;
  readonly refuses?: readonly string[];
  /** Whether the workspace's folder is named; default true. */
  readonly folder?: boolean;
}

export interface TestSession {
  readonly client: LanguageClient;
  readonly sample: SampleEnvironment;
  /** Opens a file of the sample, with its text or another. @returns URI and text */
  readonly open: (
    name: string,
    text?: string,
  ) => Promise<{ readonly uri: string; readonly text: string }>;
  readonly uriOf: (name: string) => string;
}

/** Runs `body` with a server; at the end the server must stop by itself, with exit code 0. */
export async function withSession(
  options: SessionOptions,
  body: (session: TestSession) => Promise<void>,
): Promise<void> {
  await withSample(async (sample) => {
    const { folder = true, env, ...rest } = options;
    const uri = pathToFileURL(sample.workspace).href;
    const client = await startLanguageServer({
      ...rest,
      env: { ...sample.env, ...env },
      workspaceFolders: folder ? [{ uri, name: "sample" }] : null,
    });
    const uriOf = (name: string): string => pathToFileURL(join(sample.workspace, name)).href;
    try {
      await body({
        client,
        sample,
        uriOf,
        async open(name, text) {
          const shown = text ?? (await readFile(join(sample.workspace, name), "utf8"));
          await client.open(uriOf(name), shown);
          return { uri: uriOf(name), text: shown };
        },
      });
      assert.deepEqual(client.unanswerable, []);
      assert.equal(await client.stop(), 0, client.standardError());
    } finally {
      client.process.kill();
    }
  });
}

/** The place of a word, as LSP counts it. */
export function positionOf(text: string, word: string): Position {
  const at = text.indexOf(word);
  assert.ok(at >= 0, `${word} is not in the text`);
  return TextDocument.create("", "yaml", 0, text).positionAt(at);
}

/** The text after an edit of one document, whichever form the edit has. */
export function edited(text: string, edit: WorkspaceEdit | undefined, uri: string): string {
  const changes = edit?.documentChanges?.flatMap((change) =>
    "textDocument" in change && change.textDocument.uri === uri ? change.edits : [],
  );
  const edits = (changes ?? edit?.changes?.[uri] ?? []).flatMap((each) =>
    "newText" in each ? [each] : [],
  );
  return TextDocument.applyEdits(TextDocument.create(uri, "yaml", 0, text), edits);
}
