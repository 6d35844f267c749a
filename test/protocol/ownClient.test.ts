// What only our own client gets and says: the status, links in hovers, the editor's proxy, trust.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { MarkupContent } from "vscode-languageserver/node";
import type { ServerStatus } from "../../server/src/protocol.ts";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { eventually } from "../support/deadline.ts";
import { positionOf, withSession, type TestSession } from "../support/session.ts";

const capabilities = visualStudioCode;
const own = { commandLinks: true };

/** Waits for a status of the server that satisfies `accept`. */
async function status(
  { client }: TestSession,
  accept: (status: ServerStatus) => boolean,
): Promise<ServerStatus> {
  return await eventually("The awaited status", () =>
    client.received
      .filter(({ method }) => method === "knativeDigest/status")
      .map(({ params }) => params as ServerStatus)
      .findLast(accept),
  );
}

async function hoverText(
  { client }: TestSession,
  uri: string,
  text: string,
  word: string,
): Promise<string> {
  const { line, character } = positionOf(text, word);
  const hover = await client.hover(uri, line, character);
  return (hover?.contents as MarkupContent | undefined)?.value ?? "";
}

/** A proxy that lets nothing through, and keeps what it was asked for. */
async function withProxy(
  body: (url: string, asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(502).end());
  proxy.on("connect", (request, socket) => {
    asked.push(`${request.url ?? ""} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  try {
    await body(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked);
  } finally {
    proxy.close();
    proxy.closeAllConnections();
  }
}

const remote = (image: string): string =>
  `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ image: ${image} }] } } }\n`;

describe("our own client", () => {
  it("is told how things stand: images, what is asked for, what is wrong", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { sample, open } = session;
      sample.registry.pause();
      const { uri } = await open("shop.yaml");
      const asking = await status(session, ({ resolving }) => resolving > 0);
      assert.deepEqual(asking.imageFiles, [uri]);
      assert.equal(asking.images, 4);
      sample.registry.resume();
      const done = await status(
        session,
        ({ resolving, problems }) => resolving === 0 && problems > 1,
      );
      assert.equal(done.hasImages, true);
      assert.ok(done.generation > asking.generation);
      assert.equal(done.notAsked, null);
      const [file] = done.files;
      assert.deepEqual(
        { ...file, problems: 0 },
        {
          ...{ uri, images: 4, resolving: 0, problems: 0, hasDigest: true },
          ...{ canPin: true, canUpdate: true, canUnpin: true },
        },
      );
      const service = await open("service.yaml");
      const both = await status(
        session,
        ({ files, resolving }) => files.length === 2 && resolving === 0,
      );
      const own = both.files.find((each) => each.uri === service.uri);
      assert.deepEqual(own, {
        ...{ uri: service.uri, images: 1, resolving: 0, problems: 0, hasDigest: true },
        ...{ canPin: true, canUpdate: false, canUnpin: false },
      });
    });
  });

  it("reads in the log which version, skip list and credential files count, and what was answered", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { client, open, sample } = session;
      await open("configuration.yaml");
      const lines = (): string[] =>
        client.received
          .filter(({ method }) => method === "window/logMessage")
          .map(({ params }) => params as { type: number; message: string })
          // The editor's log shows informations by itself, and what is below them only if it is turned up.
          .filter(({ type }) => type <= 3)
          .map(({ message }) => message);
      const all = await eventually("The lines", () => {
        const shown = lines().join("\n");
        const isAll = shown.includes(sample.digests.invoices) && shown.includes("skip list:");
        return Promise.resolve(isAll ? shown : undefined);
      });
      assert.match(all, /^Knative Digest \d+\.\d+\.\d+, 1 folders, trusted/m);
      assert.match(all, /^skip list: 127\.0\.0\.1:\d+, dev\.local.*config-deployment\.yaml\)$/m);
      assert.match(all, /^credential files: .*config\.json/m);
      assert.ok(all.includes(`accounting/invoices:7: ${sample.digests.invoices}, says`));
      assert.ok(!all.includes(sample.registry.account.password));
    });
  });

  it("is told that all is asked again once the cache is cleared", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { client, open, sample } = session;
      await open("shop.yaml");
      await status(session, ({ resolving, problems }) => resolving === 0 && problems > 1);
      sample.registry.pause();
      await client.connection.sendRequest("workspace/executeCommand", {
        command: "knativeDigest.server.clearCache",
      });
      await status(session, ({ resolving }) => resolving === 4);
      sample.registry.resume();
    });
  });

  it("is told which registries do not answer", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { host } = session.sample.registry;
      await session.sample.registry.stop();
      await session.open("service.yaml");
      await status(session, ({ unreachable }) => unreachable.includes(host));
    });
  });

  it("is told that nothing is asked without trust, until trust is granted", async () => {
    const initializationOptions = { ...own, trusted: false };
    await withSession({ capabilities, initializationOptions }, async (session) => {
      const { client, sample, open } = session;
      const { uri, text } = await open("service.yaml");
      await status(session, ({ notAsked }) => notAsked === "untrusted");
      assert.deepEqual(sample.registry.requests, []);
      await client.connection.sendNotification("knativeDigest/trustGranted");
      await eventually("The digest", async () => {
        const shown = await hoverText(session, uri, text, "/shop/frontend:2.1");
        return shown.includes(sample.digests.frontend) ? true : undefined;
      });
    });
  });

  it("gets links in hovers that run our commands and nothing else", async () => {
    await withSession({ capabilities, initializationOptions: own }, async (session) => {
      const { sample, open } = session;
      const { uri, text } = await open("shop.yaml");
      const shown = await eventually("The links", async () => {
        const found = await hoverText(session, uri, text, "/shop/cart:1.4@");
        return found.includes("[Update]") ? found : undefined;
      });
      const links = [...shown.matchAll(/\]\(([^?)]*)/g)].map(([, target]) => target);
      assert.ok(links.length >= 3, sample.registry.host);
      assert.ok(links.every((target) => target?.startsWith("command:knativeDigest.")));
    });
  });

  it("has registries asked through the editor's proxy, also after it changed", async () => {
    await withProxy(async (url, asked) => {
      const proxy = {
        url,
        authorization: "Basic c2VjcmV0",
        strictSsl: true,
        noProxy: ["skip.test"],
      };
      const initializationOptions = { ...own, proxy };
      await withSession({ capabilities, initializationOptions }, async (session) => {
        await session.open("service.yaml", remote("registry.test/app:1"));
        await eventually("A request through the proxy", () => asked[0]);
        assert.equal(asked[0], "registry.test:443 Basic c2VjcmV0");
        const before = asked.length;
        const changed = { ...proxy, noProxy: ["registry.test"], authorization: "" };
        await session.client.connection.sendNotification("knativeDigest/proxy", changed);
        await session.open("shop.yaml", remote("other.test/app:1"));
        await eventually("A request through the proxy", () => asked[before]);
        assert.equal(asked[before], "other.test:443");
      });
    });
  });
});

describe("another client", () => {
  it("gets plain hovers, no status, and no proxy by such words", async () => {
    await withProxy(async (url, asked) => {
      const proxy = { url, authorization: "", strictSsl: true, noProxy: [] };
      await withSession({ capabilities, initializationOptions: { proxy } }, async (session) => {
        const { client, sample, open } = session;
        const shop = await open("shop.yaml", remote("registry.test/app:1"));
        const { uri, text } = await open("service.yaml");
        const shown = await eventually("The digest", async () => {
          const found = await hoverText(session, uri, text, "/shop/frontend:2.1");
          return found.includes(sample.digests.frontend) ? found : undefined;
        });
        assert.ok(!shown.includes("command:"));
        assert.ok(!client.received.some(({ method }) => method.startsWith("knativeDigest/")));
        await client.connection.sendNotification("knativeDigest/proxy", proxy);
        await eventually("The failed lookup", async () => {
          const found = await hoverText(session, shop.uri, shop.text, "registry.test/app:1");
          return found.includes("the lookup failed") ? found : undefined;
        });
        assert.deepEqual(asked, []);
      });
    });
  });
});
