// Typing asks no registry and waits for none; what others hated elsewhere stays away.

import assert from "node:assert/strict";
import type { ClientCapabilities, Diagnostic } from "vscode-languageserver/node";
import { eglot, helix, visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { startInProcess, type InProcessServer } from "../support/inProcessServer.ts";
import { digestA, service } from "../support/reading.ts";
import { withSession } from "../support/session.ts";
import { settled } from "../support/settled.ts";

const uri = "file:///work/app.yaml";
const image = "ghcr.io/acme/app:v1";
const imageLine = service(image)
  .split("\n")
  .findIndex((line) => line.includes(image));
const imageEnd = service(image).split("\n")[imageLine]?.length ?? 0;

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol();
  return (await Promise.race([promise, settled().then(() => open)])) !== open;
}

/** Runs `body` with a server whose clock stands still until the test turns it, with the image in an open document. */
async function withServer(
  capabilities: ClientCapabilities,
  body: (server: InProcessServer) => Promise<void>,
): Promise<void> {
  const server = await startInProcess(capabilities);
  try {
    await server.open(uri, service(image));
    await server.idle();
    await body(server);
  } finally {
    server.stop();
  }
}

describe("a keystroke in a configuration", () => {
  it("asks no cluster, whatever the other files are by then", async () => {
    const asked: (readonly string[])[] = [];
    const server = await startInProcess(visualStudioCode, {
      settings: { cluster: { enabled: true } },
      runKubectl: (args) => {
        asked.push(args);
        return Promise.resolve("failed");
      },
    });
    try {
      const config = "file:///work/config.yaml";
      const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config-deployment }\ndata:\n  registries-skipping-tag-resolving: a.test\n`;
      await server.open(uri, service(image));
      await server.open(config, map);
      await server.idle();
      const before = asked.length;
      assert.ok(before > 0);
      // Another Service than the one that it was asked about.
      const nameLine = service(image)
        .split("\n")
        .findIndex((line) => line.includes("name:"));
      const name = service(image).split("\n")[nameLine] ?? "";
      await server.type(uri, nameLine, name.search(/\w+[ }]*$/), "x");
      await server.type(config, 4, map.split("\n")[4]?.length ?? 0, "x");
      await server.diagnostics(uri);
      await server.idle();
      assert.equal(asked.length, before);
    } finally {
      server.stop();
    }
  });
});

describe("a keystroke", () => {
  it("sends no request to a registry and is answered at once (docker-language-server#467: hints blocked the server)", async () => {
    await withServer(visualStudioCode, async (server) => {
      const { clock, lookups, hints, idle } = server;
      clock.advance(0);
      await idle();
      assert.deepEqual(
        lookups.map(({ key }) => key),
        [image],
      );
      lookups[0]?.answer(digestA);
      await idle();
      assert.ok(JSON.stringify(await hints(uri)).includes(digestA.slice(0, 12)));
      // Somebody types `.10`: each key is followed by what VS Code asks then. Time stands still, so none can wait.
      for (const [index, key] of [".", "1", "0"].entries()) {
        const at = { line: imageLine, character: imageEnd + index };
        await server.type(uri, at.line, at.character, key);
        await server.diagnostics(uri);
        await hints(uri);
        await server.codeActions(uri, { start: at, end: at });
        clock.advance(499);
        await idle();
      }
      assert.equal(lookups.length, 1);
      // Only when the typing has paused is the new tag asked for.
      clock.advance(1);
      await idle();
      assert.deepEqual(
        lookups.slice(1).map(({ key }) => key),
        [`${image}.10`],
      );
    });
  });

  it("in an editor that cannot be notified of changes waits for no registry either", async () => {
    await withServer(helix, async ({ clock, type, hints, idle, lookups }) => {
      const first = hints(uri);
      await idle();
      clock.advance(300);
      await first;
      await type(uri, imageLine, imageEnd, "x");
      // Time stands still: an answer means that nothing was waited for.
      assert.deepEqual(await hints(uri), []);
      assert.equal(lookups.length, 1);
    });
  });
});

describe("an editor that cannot be notified of changes", () => {
  it("is shown hints at its first question, within a moment", async () => {
    await withServer(helix, async ({ hints, idle, lookups }) => {
      const first = hints(uri);
      await idle();
      lookups[0]?.answer(digestA);
      const [hint] = await first;
      assert.ok(JSON.stringify(hint?.label).includes(digestA.slice(7, 19)));
      assert.ok(hint?.textEdits?.[0]?.newText.endsWith(digestA) === true);
      assert.ok(hint.tooltip);
    });
  });

  it("is given a moment for its first diagnostics, and none while somebody types", async () => {
    await withServer(eglot, async ({ clock, diagnostics, idle, type }) => {
      const first = diagnostics(uri);
      await idle();
      clock.advance(299);
      await idle();
      assert.equal(await isSettled(first), false);
      clock.advance(1);
      assert.deepEqual(await first, []);
      await type(uri, 0, 0, "# x\n");
      assert.deepEqual(await diagnostics(uri), []);
    });
  });

  it("is not kept waiting by a registry that does not answer", async () => {
    await withServer(helix, async ({ clock, hints, idle }) => {
      const first = hints(uri);
      await idle();
      assert.equal(await isSettled(first), false);
      clock.advance(300);
      assert.deepEqual(await first, []);
    });
  });
});

describe("a merely unpinned tag", () => {
  it("gets no squiggle (vscode-docker#4571: “stop showing tag recommendations”, “do less”)", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, open }) => {
      const { uri } = await open("service.yaml");
      assert.deepEqual(await client.diagnostics(uri), []);
    });
  });
});

describe("network trouble", () => {
  const isUnreachable = ({ code }: Diagnostic): boolean => code === "registry-unreachable";

  it("draws nothing in a document but a calm hint (yaml-language-server's schema errors did)", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client, sample, open }) => {
      await sample.registry.stop();
      const { uri } = await open("shop.yaml");
      const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
      const params = { textDocument: { uri }, range };
      const ask = async (): Promise<string> =>
        JSON.stringify(await client.connection.sendRequest("textDocument/inlayHint", params));
      await eventually("The hint", async () =>
        (await ask()).includes("○ unreachable") ? true : undefined,
      );
      assert.deepEqual((await client.diagnostics(uri)).filter(isUnreachable), []);
    });
  });

  it("is a diagnostic if the user configures one", async () => {
    const capabilities = visualStudioCode;
    const configuration = () => ({ diagnostics: { "registry-unreachable": "hint" } });
    await withSession({ capabilities, configuration }, async ({ client, sample, open }) => {
      await sample.registry.stop();
      const { uri } = await open("shop.yaml");
      const found = await client.diagnostics(uri, (all) => all.some(isUnreachable));
      assert.ok(found.filter(isUnreachable).every(({ severity }) => severity === 4));
    });
  });
});
