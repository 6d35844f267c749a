// What is checked where connections are made, each guard by itself: names, addresses, proxies, numbers.

import assert from "node:assert/strict";
import { createCertificates } from "../../../server/src/node/certificates/certificates.ts";
import {
  classifyByPolicy,
  guardedConnect,
  type LookUp,
  type Proxy,
} from "../../../server/src/node/http/guardedConnect.ts";
import { createUndiciSender } from "../../../server/src/node/http/undiciSender.ts";
import type { HostClass } from "../../../server/src/registry/transport/addressPolicy.ts";
import type { HttpRequest, HttpSender } from "../../../server/src/environment.ts";
import { createSecretsInHand } from "../../../server/src/registry/credentials/secretsInHand.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { startConnectProxy } from "../../support/registry/connectProxy.ts";
import { answerHead, startFaultServer } from "../../support/registry/faultServer.ts";
import { eventually } from "../../support/registry/testResolver.ts";

describe("where connections are made", function () {
  this.timeout(180_000);
  const { use, run } = createCleanUp();
  afterEach(run);

  const home: LookUp = () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]);

  function senderWith(options: {
    proxyFor?: () => Proxy | undefined;
    lookUp?: LookUp;
    classify?: (address: string) => HostClass;
  }): HttpSender {
    const certificates = createCertificates({
      settings: () => defaultSettings,
      variables: {},
      home: "/nonexistent",
      log: () => undefined,
      secrets: createSecretsInHand(),
    });
    const sender = createUndiciSender({
      certificates,
      proxyFor: options.proxyFor ?? (() => undefined),
      lookUp: options.lookUp ?? home,
      classify: options.classify ?? classifyByPolicy,
      connections: () => 1,
    });
    use({ stop: () => sender.close() });
    return sender;
  }

  function request(url: string, reach: HttpRequest["reach"] = "loopback"): HttpRequest {
    const { signal } = new AbortController();
    const usual = { method: "HEAD", headers: {}, maxBytes: 100, timeoutMs: 5000 } as const;
    return { ...usual, url: new URL(url), reach, mayIdentify: false, signal };
  }

  for (const hostname of [
    "localhost",
    "registry.internal",
    "metadata.google.internal",
    "10.0.0.1",
  ]) {
    it(`a name has a class before it is looked up: ${hostname}`, async () => {
      const opening = new Set<never>();
      const work = guardedConnect(hostname, 1, {
        reach: "public",
        timeoutMs: 5000,
        lookUp: () => assert.fail("it is looked up"),
        classify: () => "public",
        trust: undefined,
        proxy: undefined,
        opening,
      });
      await assert.rejects(work, { failure: "address-forbidden" });
    });
  }

  it("a name that also leads further inside than it may is not connected to", async () => {
    const server = use(await startFaultServer((_, response) => answerHead(response)));
    const work = guardedConnect("registry.example", server.port, {
      ...{ reach: "public", timeoutMs: 5000, trust: undefined, proxy: undefined },
      lookUp: () =>
        Promise.resolve([
          { address: "127.0.0.1", family: 4 },
          { address: "10.0.0.1", family: 4 },
        ]),
      classify: (address) => (address === "127.0.0.1" ? "public" : classifyByPolicy(address)),
      opening: new Set<never>(),
    });
    await assert.rejects(work, { failure: "address-forbidden" });
    assert.equal(server.connections(), 0);
  });

  it("of connections to one name the outermost says where it lies", async () => {
    const server = use(
      await startFaultServer((_, response) => {
        response.setHeader("connection", "close");
        answerHead(response);
      }),
    );
    const classes: HostClass[] = ["public", "public", "private", "private"];
    const sender = senderWith({ classify: () => classes.shift() ?? "private" });
    const target = `http://registry.example:${server.port}/`;
    for (let times = 0; times < 2; times += 1) {
      assert.equal((await sender.send(request(target))).addressClass, "public");
    }
    assert.equal(server.connections(), 2);
  });

  it("an address is asked about again once it is connected to", async () => {
    const server = use(await startFaultServer((_, response) => answerHead(response)));
    const classes: HostClass[] = ["public", "private"];
    const work = guardedConnect("registry.example", server.port, {
      ...{ reach: "public", timeoutMs: 5000, lookUp: home, trust: undefined, proxy: undefined },
      classify: () => classes.shift() ?? "private",
      opening: new Set<never>(),
    });
    await assert.rejects(work, { failure: "address-forbidden" });
    assert.equal(server.connections(), 1);
  });

  it("a literal address is refused before a proxy hears of it, over http, too", async () => {
    const proxy = use(await startConnectProxy({}));
    const url = new URL(proxy.url);
    const sender = senderWith({
      proxyFor: () => ({ url, authorization: undefined, trust: undefined }),
    });
    for (const target of [
      "http://10.0.0.1/",
      "http://169.254.169.254/",
      "http://registry.internal/",
    ]) {
      await assert.rejects(sender.send(request(target, "public")), {
        failure: "address-forbidden",
      });
    }
    assert.deepEqual(proxy.requests, []);
  });

  it("a connection through one proxy does not serve a request that goes through another, or none", async () => {
    const server = use(await startFaultServer((_, response) => answerHead(response)));
    const target = `http://registry.example:${server.port}/`;
    const map = { [`registry.example:${server.port}`]: server.host };
    const [first, second] = [
      use(await startConnectProxy({ map })),
      use(await startConnectProxy({ map })),
    ];
    let proxy: Proxy | undefined;
    const sender = senderWith({ proxyFor: () => proxy });
    for (const { url } of [first, second]) {
      proxy = { url: new URL(url), authorization: undefined, trust: undefined };
      await sender.send(request(target));
    }
    proxy = undefined;
    await sender.send(request(target));
    assert.deepEqual(
      [first.requests.length, second.requests.length, server.requests.length],
      [1, 1, 3],
    );
  });

  it("a connection that reaches far inside does not serve a request that may not", async () => {
    const server = use(await startFaultServer((_, response) => answerHead(response)));
    const sender = senderWith({});
    // The name is public, and leads to this machine.
    const target = `http://registry.example:${server.port}/`;
    await sender.send(request(target, "loopback"));
    await assert.rejects(sender.send(request(target, "public")), { failure: "address-forbidden" });
    assert.equal(server.requests.length, 1);
  });

  it("of very many origins the connections that were unused for longest are closed", async () => {
    const server = use(
      await startFaultServer(
        (_, response) => {
          // Unused connections would be closed for their age otherwise, by either side.
          response.setHeader("keep-alive", "timeout=600");
          answerHead(response);
        },
        { keepAliveMs: 3_600_000 },
      ),
    );
    const sender = senderWith({});
    for (let count = 0; count < 70; count += 1) {
      await sender.send(request(`http://host${count}.example:${server.port}/`));
    }
    assert.equal(server.connections(), 70);
    await eventually(() => server.openConnections() <= 64);
  });
});
