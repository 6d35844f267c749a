// What no client can do: end the server, make it wait, or have it say what the client cannot take.

import assert from "node:assert/strict";
import { CancellationTokenSource, type CodeAction } from "vscode-languageserver/node";
import { bare, helix, neovim, visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { positionOf, withSession } from "../support/session.ts";

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
        for (const params of wrong) {
          await client.connection.sendRequest(method, params).catch(() => undefined);
        }
      }
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
      for (let round = 0; round < 10; round += 1) {
        const source = new CancellationTokenSource();
        const answer = client.connection.sendRequest("textDocument/hover", params, source.token);
        source.cancel();
        await answer.catch(() => undefined);
      }
      await eventually("The digest in the hover", async () => {
        const hover = await client.hover(uri, position.line, position.character);
        return JSON.stringify(hover).includes(sample.digests.checkout) ? true : undefined;
      });
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
