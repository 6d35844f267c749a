// Settings that change while requests are under way.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";
import { createCertificates } from "../../../server/src/node/certificates/certificates.ts";
import { classifyByPolicy, lookUpBySystem } from "../../../server/src/node/http/guardedConnect.ts";
import { createHttpSender } from "../../../server/src/node/http/httpSender.ts";
import { createSecretsInHand } from "../../../server/src/registry/credentials/secretsInHand.ts";
import { defaultSettings } from "../../../server/src/settings.ts";
import { timeoutMs, within } from "../../support/deadline.ts";

describe("a change of settings", () => {
  it("while certificates are read has them read again: no connection trusts what the settings no longer name", async () => {
    const asked: string[] = [];
    const trust = { verify: true, context: createSecureContext(), isTrusted: () => false };
    const sender = createHttpSender({
      certificates: {
        forHost(host) {
          asked.push(host);
          if (asked.length === 1) sender.reset();
          return Promise.resolve(trust);
        },
        forProxy: () => Promise.resolve(trust),
        reset: () => undefined,
      },
      proxyFor: () => undefined,
      lookUp: () => Promise.reject(new Error("no network")),
      classify: classifyByPolicy,
      connections: () => 1,
    });
    const answer = sender.send({
      method: "GET",
      url: new URL("https://registry.example/v2/"),
      ...{ headers: {}, maxBytes: 100, reach: "public", mayIdentify: false },
      timeoutMs: timeoutMs,
      signal: new AbortController().signal,
    });
    await assert.rejects(answer);
    assert.deepEqual(asked, ["registry.example", "registry.example"]);
    await sender.close();
  });

  it("starts a running request again", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const log = (): void => undefined;
    const sender = createHttpSender({
      certificates: createCertificates({
        secrets: createSecretsInHand(),
        settings: () => defaultSettings,
        variables: {},
        home: "/nowhere",
        log,
      }),
      proxyFor: () => undefined,
      lookUp: lookUpBySystem,
      classify: classifyByPolicy,
      connections: () => 1,
    });
    try {
      const first = once(server, "request");
      const answer = sender.send({
        method: "GET",
        url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`),
        headers: {},
        maxBytes: 100,
        reach: "loopback",
        mayIdentify: false,
        timeoutMs: timeoutMs,
        signal: new AbortController().signal,
      });
      await within(timeoutMs, "The first request", first);
      const second = once(server, "request");
      sender.reset();
      const arrived: unknown[] = await within(timeoutMs, "The second request", second);
      (arrived[1] as ServerResponse).end("{}");
      assert.equal((await answer).status, 200);
    } finally {
      await sender.close();
      server.closeAllConnections();
      server.close();
    }
  });
});
