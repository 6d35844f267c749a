// What no client can do: end the server, make it wait, or have it say what the client cannot take.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import {
  CancellationTokenSource,
  LSPErrorCodes,
  ResponseError,
  type CodeAction,
} from "vscode-languageserver/node";
import { bare, helix, neovim, visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { startLanguageServer } from "../support/lspClient.ts";
import { positionOf, withSession } from "../support/session.ts";

const zero = { line: 0, character: 0 };

/** Whether a request of the wrong form was refused, or answered as one to which there is nothing to say. */
function isRefusalOrNothing(answer: unknown, params: unknown): boolean {
  const nothing: unknown[] = ["refused", null, [], { kind: "full", items: [] }, params];
  return nothing.some((each) => isDeepStrictEqual(each, answer));
}

const features = [
  "textDocument/hover",
  "textDocument/inlayHint",
  "textDocument/codeAction",
  "textDocument/completion",
  "textDocument/documentLink",
  "textDocument/diagnostic",
  "completionItem/resolve",
  "codeAction/resolve",
  "inlayHint/resolve",
  "workspace/executeCommand",
] as const;

describe("a client without any capability", () => {
  it("gets an answer to everything, and is asked nothing that it cannot answer", async () => {
    await withSession({ capabilities: bare }, async ({ client, open }) => {
      const { uri, text } = await open("shop.yaml");
      const position = positionOf(text, "/shop/checkout:3.0");
      const range = { start: position, end: position };
      await client.diagnostics(uri, (found) => found.some(({ code }) => code === "tag-not-found"));
      const hover = await client.hover(uri, position.line, position.character);
      assert.equal((hover?.contents as { kind?: string } | undefined)?.kind, "plaintext");
      await client.inlayHints(uri, { start: { line: 0, character: 0 }, end: position });
      const actions = await client.codeActions(uri, range);
      assert.ok(actions.length > 0);
      // It sends no command back that would have the server edit, so each action brings its edit along.
      for (const action of actions) assert.ok("edit" in action);
      await client.close(uri);
      const asked = client.received.map(({ method }) => method);
      const unasked = ["workspace/", "client/", "window/workDoneProgress"];
      assert.deepEqual(
        asked.filter((method) => unasked.some((prefix) => method.startsWith(prefix))),
        [],
      );
      assert.ok(!asked.includes("knativeDigest/status"));
      assert.equal(client.standardError(), "");
    });
  });
});

describe("a request", () => {
  it("of the wrong form is refused, and the next one is answered", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, open }) => {
      const { uri, text } = await open("shop.yaml");
      const wrong: unknown[] = [
        {},
        { textDocument: { uri } },
        { textDocument: { uri: "" }, position: null },
        { textDocument: { uri }, position: { line: -1, character: 1e9 } },
        { textDocument: { uri }, range: {}, context: {} },
        { command: "knativeDigest.server.pin", arguments: [{ uri: 1, position: "x" }] },
        { command: "knativeDigest.server.images", arguments: "x" },
        { command: "nonsense" },
        { data: { uri, version: "x", offset: {} } },
      ];
      for (const method of features) {
        // These two want no more than the document.
        const wantsDocument = /diagnostic|documentLink/.test(method);
        const names = (params: unknown): boolean => JSON.stringify(params).includes(`"${uri}"`);
        for (const params of wrong.filter((each) => !wantsDocument || !names(each))) {
          const answer: unknown = await client.connection
            .sendRequest(method, params)
            .catch((error: unknown) => (error instanceof ResponseError ? "refused" : error));
          const what = `${method} ${JSON.stringify(params)}: ${JSON.stringify(answer)}`;
          assert.ok(isRefusalOrNothing(answer, params), what);
        }
      }
      const lost = client.received.filter(({ params }) =>
        /not caught/.test(JSON.stringify(params)),
      );
      assert.deepEqual(lost, []);
      const { line, character } = positionOf(text, "/shop/checkout:3.0");
      assert.ok((await client.hover(uri, line, character)) !== null);
    });
  });

  it("for a document that nobody opened has nothing to say", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, uriOf }) => {
      const uri = uriOf("shop.yaml");
      const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
      assert.equal(await client.hover(uri, 1, 1), null);
      assert.deepEqual(await client.inlayHints(uri, range), []);
      assert.deepEqual(await client.codeActions(uri, range), []);
      assert.deepEqual(await client.diagnostics(uri), []);
    });
  });

  it("that is cancelled ends, and what others wait for goes on", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, sample, open }) => {
      const { uri, text } = await open("shop.yaml");
      const position = positionOf(text, "/shop/checkout:3.0");
      const params = { textDocument: { uri }, position };
      sample.registry.pause();
      const hover = async (): Promise<string> =>
        JSON.stringify(await client.hover(uri, position.line, position.character));
      const staying = hover();
      const isAsked = (): true | undefined => sample.registry.requests.length > 0 || undefined;
      await eventually("The lookup", isAsked);
      const source = new CancellationTokenSource();
      const leaving = client.connection.sendRequest("textDocument/hover", params, source.token);
      source.cancel();
      await assert.rejects(leaving, { code: LSPErrorCodes.RequestCancelled });
      sample.registry.resume();
      await staying;
      // A hover that waited for as long as a hover waits says that it is being looked up.
      const isShown = async (): Promise<true | undefined> =>
        (await hover()).includes(sample.digests.checkout) || undefined;
      await eventually("The digest", isShown);
      const asked = sample.registry.requests.filter((request) => /^HEAD .*checkout/.test(request));
      assert.equal(asked.length, 1, "a lookup that was given up is sent again");
    });
  });

  it("that the server does not know is refused as the protocol wants it", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client }) => {
      const method = "workspace/executeCommand";
      const answer = client.connection.sendRequest(method, { command: "nonsense", arguments: [] });
      await assert.rejects(answer, /Unknown command nonsense/);
    });
  });
});

describe("diagnostics", () => {
  for (const [name, capabilities] of Object.entries({ visualStudioCode, helix })) {
    it(`are pulled by ${name}, and never pushed as well`, async () => {
      await withSession({ capabilities }, async ({ client, open }) => {
        const { uri } = await open("shop.yaml");
        await client.diagnostics(uri, (found) =>
          found.some(({ code }) => code === "tag-not-found"),
        );
        await client.close(uri);
        const pushed = client.received.filter(
          ({ method }) => method === "textDocument/publishDiagnostics",
        );
        assert.deepEqual(pushed, []);
      });
    });
  }

  for (const [name, capabilities] of Object.entries({ neovim, bare })) {
    it(`are pushed to ${name}, with the version they were made for, and gone after closing`, async () => {
      await withSession({ capabilities }, async ({ client, open }) => {
        assert.equal(client.initializeResult.capabilities.diagnosticProvider, undefined);
        const { uri } = await open("shop.yaml");
        await client.diagnostics(uri, (found) =>
          found.some(({ code }) => code === "tag-not-found"),
        );
        const published = client.received
          .filter(({ method }) => method === "textDocument/publishDiagnostics")
          .map(({ params }) => params as { version?: number });
        assert.ok(published.every(({ version }) => version === 1));
        const last = client.next("textDocument/publishDiagnostics");
        await client.close(uri);
        assert.deepEqual(((await last) as { diagnostics: unknown[] }).diagnostics, []);
      });
    });
  }
});

describe("a code action that was listed for an older text", () => {
  it("makes no edit of the newer one", async () => {
    const configuration = (): unknown => ({ resolve: "on-demand" });
    const options = { capabilities: visualStudioCode, configuration };
    await withSession(options, async ({ client, open }) => {
      const { uri, text } = await open("service.yaml");
      const start = positionOf(text, "/shop/frontend:2.1");
      const actions = await client.codeActions(uri, { start, end: start });
      const waiting = actions.find((action): action is CodeAction => "data" in action);
      assert.ok(waiting);
      await client.change(uri, [{ text: `# a new line\n${text}` }]);
      const resolved = await client.connection.sendRequest("codeAction/resolve", waiting);
      assert.equal((resolved as CodeAction).edit, undefined);
    });
  });
});

describe("a cancelled request", () => {
  it("is refused as cancelled: an empty answer would clear what the editor shows", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, sample, open }) => {
      const { uri, text } = await open("shop.yaml");
      await client.diagnostics(uri);
      sample.registry.pause();
      const source = new CancellationTokenSource();
      const position = positionOf(text, "/shop/checkout:3.0");
      const params = { textDocument: { uri }, position };
      const answer = client.connection.sendRequest("textDocument/hover", params, source.token);
      source.cancel();
      await assert.rejects(answer, { code: LSPErrorCodes.RequestCancelled });
      sample.registry.resume();
    });
  });
});

describe("after shutdown", () => {
  it("every request is refused", async () => {
    const client = await startLanguageServer();
    try {
      await client.open("file:///a.yaml", "kind: Service");
      await client.connection.sendRequest("shutdown");
      for (const method of features) {
        const params = { textDocument: { uri: "file:///a.yaml" }, position: zero };
        const answer = client.connection.sendRequest(method, params);
        // Bare clients are pushed their diagnostics: the request is not even known.
        const code = method === "textDocument/diagnostic" ? -32601 : -32600;
        await assert.rejects(answer, { code }, method);
      }
    } finally {
      client.process.kill();
    }
  });
});

describe("a document", () => {
  const skipped = (image: string): string =>
    `apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n        - image: ${image}\n`;
  const codes = (found: readonly { readonly code?: unknown }[]): unknown[] =>
    found.map(({ code }) => code);

  for (const uri of [
    "file:////host/share/a.yaml",
    "file:///C:/a.yaml",
    "untitled:Untitled-1",
    "vscode-vfs://github/o/r/a.yaml",
    "file:///%zz.yaml",
  ]) {
    it(`named ${uri} is read like any other, and harms none`, async () => {
      await withSession({ capabilities: bare, folder: false }, async ({ client, uriOf }) => {
        await client.open(uri, skipped("dev.local/app:1"));
        await client.open(uriOf("b.yaml"), skipped("ko.local/app:1"));
        for (const each of [uri, uriOf("b.yaml")]) {
          assert.deepEqual(codes(await client.diagnostics(each)), ["registry-skipped"]);
        }
        // A change of settings pushes the diagnostics of all of them again.
        const again = client.next("textDocument/publishDiagnostics");
        const settings = { diagnostics: { "registry-skipped": "error" } };
        await client.connection.sendNotification("workspace/didChangeConfiguration", { settings });
        await again;
        await client.diagnostics(uriOf("b.yaml"), ([first]) => first?.severity === 1);
        await client.diagnostics(uri, ([first]) => first?.severity === 1);
        await client.close(uri);
      });
    });
  }

  it("is read again when its text changes, whatever the client calls its version", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, uriOf }) => {
      const uri = uriOf("new.yaml");
      await client.open(uri, skipped("dev.local/app:1"));
      assert.deepEqual(codes(await client.diagnostics(uri)), ["registry-skipped"]);
      const textDocument = { uri, version: 1 };
      const contentChanges = [{ text: skipped("https://example.com/app:1") }];
      const params = { textDocument, contentChanges };
      await client.connection.sendNotification("textDocument/didChange", params);
      assert.deepEqual(codes(await client.diagnostics(uri)), ["doomed-reference"]);
    });
  });

  it("of fifty million letters keeps nobody waiting", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, uriOf }) => {
      const one = `${skipped("dev.local/app:1")}---\n`;
      await client.open(uriOf("huge.yaml"), one.repeat(Math.ceil(50_000_000 / one.length)));
      assert.deepEqual(await client.diagnostics(uriOf("huge.yaml")), []);
      await client.open(uriOf("small.yaml"), one);
      assert.deepEqual(codes(await client.diagnostics(uriOf("small.yaml"))), ["registry-skipped"]);
    });
  });

  it("of another tool is neither read nor asked for", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, sample, uriOf }) => {
      const { host, requests } = sample.registry;
      const image = `${host}/shop/checkout:3.0`;
      await client.open(uriOf("helm.yaml"), skipped(image), "helm");
      assert.deepEqual(await client.diagnostics(uriOf("helm.yaml")), []);
      // Opened later, so that whatever the first one asked has been sent by now.
      await client.open(uriOf("own.yaml"), skipped(`${host}/shop/frontend:2.1`));
      await eventually("The request of our own", () => (requests.length > 0 ? true : undefined));
      assert.ok(!requests.some((request) => request.includes("checkout")), requests.join("\n"));
    });
  });

  it("that is changed while a hover waits is not answered for with the old place", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, sample, open }) => {
      sample.registry.pause();
      const { uri, text } = await open("shop.yaml");
      await client.diagnostics(uri);
      const { line, character } = positionOf(text, "/shop/checkout:3.0");
      let lines = line;
      await eventually("A change while the hover waits", async () => {
        const hover = client.hover(uri, lines, character);
        // Answered after the hover has begun to wait.
        await client.diagnostics(uri);
        await client.change(uri, [{ range: { start: zero, end: zero }, text: "\n" }]);
        lines += 1;
        // On a busy machine the hover's time may be over before the change comes.
        return (await hover) === null ? true : undefined;
      });
      sample.registry.resume();
    });
  });
});
