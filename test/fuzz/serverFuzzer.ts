// The built language server over stdio: whatever a client sends, it answers the next sensible request.

import assert from "node:assert/strict";
import { startLanguageServer, type LanguageClient } from "../support/lspClient.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { manifests, manifestWords } from "./corpus.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { mutated, type Random } from "./random.ts";

const uris = [
  "file:///work/a.yaml",
  "untitled:b",
  "file:///work/kustomization.yaml",
  "file:///%zz",
  "",
];

const methods = [
  ...["textDocument/hover", "textDocument/inlayHint", "textDocument/codeAction"],
  ...["textDocument/completion", "textDocument/documentLink", "textDocument/diagnostic"],
  ...["completionItem/resolve", "codeAction/resolve", "inlayHint/resolve", "workspace/diagnostic"],
  ...["workspace/executeCommand", "textDocument/unknown", "knativeDigest/status"],
];

const notifications = [
  ...["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose"],
  ...["textDocument/didSave", "workspace/didChangeConfiguration", "$/setTrace"],
  ...["workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders", "$/cancelRequest"],
];

const commands = ["pin", "update", "unpin", "images", "refresh", "skipList", "x"];

export function createServerFuzzer(): Fuzzer {
  let server: LanguageClient | undefined;
  const checked: Checked = { version: 0 };
  return {
    name: "language-server",
    shortRun: 500,
    async tryOne(random, note) {
      server ??= await startLanguageServer({
        capabilities: visualStudioCode,
        env: { DOCKER_CONFIG: "/nonexistent", XDG_CACHE_HOME: "/nonexistent" },
        // Nothing is asked: the text names hosts that exist.
        initializationOptions: { resolve: "off", trusted: false },
      });
      const isRequest = random.oneIn(2);
      const method = random.pick(isRequest ? methods : notifications);
      const params = anything(random, method);
      note(`${method} ${JSON.stringify(params)}`);
      const { connection } = server;
      if (isRequest) await connection.sendRequest(method, params).catch(() => undefined);
      else await connection.sendNotification(method, params);
      await answersStill(server, checked);
    },
    async end() {
      const ending = server;
      server = undefined;
      if (ending === undefined) return;
      const code = await ending.stop();
      assert.equal(code, 0, ending.standardError());
    },
  };
}

interface Checked {
  version: number;
}

/** An own document is opened, and its one finding is there. */
async function answersStill(server: LanguageClient, checked: Checked): Promise<void> {
  checked.version += 1;
  const uri = `file:///own/${checked.version}.yaml`;
  // Whatever skip list the other documents set.
  await server.open(uri, (manifests[0] ?? "").replace("ghcr.io/acme", "ghcr.io/Acme"));
  const found = await server.diagnostics(uri, (all) => all.length > 0);
  assert.equal(found[0]?.code, "invalid-reference");
  await server.close(uri);
}

/** Parameters of the right form with odd values, or of no form at all. */
function anything(random: Random, method: string): unknown {
  if (random.oneIn(5)) return junk(random, 3);
  const textDocument = { uri: random.pick(uris), languageId: "yaml", version: number(random) };
  const text = (): string => mutated(manifests, manifestWords, random);
  const range = { start: position(random), end: position(random) };
  switch (method) {
    case "textDocument/didOpen":
      return {
        textDocument: { ...textDocument, text: random.oneIn(8) ? junk(random, 1) : text() },
      };
    case "textDocument/didChange":
      return {
        textDocument,
        contentChanges: [random.oneIn(2) ? { text: text() } : { range, text: text().slice(0, 99) }],
      };
    case "workspace/didChangeConfiguration":
      return { settings: { resolve: "off", knativeDigest: junk(random, 3), pin: junk(random, 2) } };
    case "workspace/executeCommand":
      return {
        command: `knativeDigest.server.${random.pick(commands)}`,
        arguments: [random.oneIn(2) ? { uri: random.pick(uris) } : junk(random, 3)],
      };
    default:
      return {
        ...{ textDocument, position: position(random), range, data: junk(random, 2) },
        context: { diagnostics: random.oneIn(3) ? junk(random, 2) : [] },
      };
  }
}

function position(random: Random): unknown {
  return { line: number(random), character: number(random) };
}

function number(random: Random): unknown {
  return random.oneIn(4)
    ? random.pick([-1, 1e9, 2 ** 53, 0.5, null, "1"])
    : random.below(random.oneIn(2) ? 12 : 60);
}

function junk(random: Random, depth: number): unknown {
  const leaves: unknown[] = [null, true, -1, 1e300, "", "x", "\u0000", random.pick(uris), [], {}];
  if (depth === 0 || random.oneIn(2)) return random.pick(leaves);
  const inner = (): unknown => junk(random, depth - 1);
  return random.oneIn(2)
    ? Array.from({ length: random.below(4) }, inner)
    : { uri: inner(), [random.pick(["__proto__", "x", "data", "range", "version"])]: inner() };
}
