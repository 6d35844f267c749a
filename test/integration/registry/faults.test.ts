// Servers that answer late, never, too much or nonsense: survived and named, in time.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  answerHead,
  startFaultServer,
  startRawServer,
  testDigest,
  type RawServer,
} from "../../support/registry/faultServer.ts";
import { createTestResolver } from "../../support/registry/testResolver.ts";

const manifest = JSON.stringify({ schemaVersion: 2, manifests: [] });
const manifestDigest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
/** Whoever waits that long did not mind the second that the test allows. */
const defaultTimeoutMs = 10_000;
const indexType = "application/vnd.oci.image.index.v1+json";

describe("servers that do not answer as they should", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  /** Speaks no TLS, so that http is tried; then does with the request what the test says. */
  function plain(handle: (socket: Socket, request: string) => void): Promise<RawServer> {
    return startRawServer((socket) => {
      socket.once("data", (chunk) => {
        if (chunk[0] === 0x16) socket.end("HTTP/1.0 400 Bad Request\r\n\r\n");
        else handle(socket, chunk.toString("latin1"));
      });
    });
  }

  it("a refused connection is reported with its address", async () => {
    const server = await startRawServer(() => undefined);
    await server.stop();
    const test = use(createTestResolver());
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.kind, "registry-unreachable");
    assert.match(failure.error.message, /Connection refused by/);
    assert.equal(
      failure.error.knative,
      `Get "https://${server.host}/v2/": dial tcp ${server.host}: connect: connection refused; Get "http://${server.host}/v2/": dial tcp ${server.host}: connect: connection refused`,
    );
  });

  const broken: readonly (readonly [
    what: string,
    handle: (socket: Socket) => void,
    message: RegExp,
    /** Over http, after one over https. */
    tries: number,
  ])[] = [
    ["a reset", (socket) => void socket.resetAndDestroy(), /closed the connection/, 3],
    ["an end without an answer", (socket) => void socket.end(), /closed the connection/, 3],
    [
      "another protocol",
      (socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n"),
      /is not an HTTP server/,
      1,
    ],
  ];
  for (const [what, handle, message, tries] of broken) {
    it(`${what} is tried ${tries} times and told`, async () => {
      const server = use(await plain(handle));
      const test = use(createTestResolver());
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.match(failure.error.message, message);
      assert.equal(server.connections(), 1 + tries);
    });
  }

  it("a body that is cut off is reported", async () => {
    const server = use(
      await plain((socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")),
    );
    const test = use(createTestResolver());
    const { signal } = new AbortController();
    const answer = await test.resolver.tags(server.host, "team/app", { signal });
    assert.ok("error" in answer && answer.error.kind === "registry-unreachable");
  });

  const silent: readonly (readonly [string, () => Promise<RawServer>])[] = [
    ["after the connection", () => startRawServer(() => undefined)],
    ["after the request", () => plain(() => undefined)],
    [
      "in the middle of TLS",
      () => startRawServer((socket) => void socket.write("\u0016\u0003\u0003")),
    ],
  ];
  for (const [what, start] of silent) {
    it(`silence ${what} ends with the lookup's time`, async () => {
      const server = use(await start());
      const test = use(createTestResolver({ use: { timeoutSeconds: 1 } }));
      const begin = performance.now();
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.match(failure.error.message, /timed out/);
      assert.match(failure.error.knative ?? "", /context deadline exceeded/);
      const took = performance.now() - begin;
      assert.ok(took > 900 && took < defaultTimeoutMs, String(took));
    });
  }

  it("a name that DNS never answers ends with the lookup's time", async () => {
    const lookUp = (): Promise<never> => new Promise(() => undefined);
    const test = use(createTestResolver({ use: { timeoutSeconds: 1 }, lookUp }));
    const begin = performance.now();
    const failure = await test.failed("registry.example/team/app:1");
    assert.match(failure.error.message, /timed out/);
    assert.ok(performance.now() - begin < defaultTimeoutMs);
  });

  it("undici alone does not mind a signal while it connects, so the guard is needed", async () => {
    const { Pool } = await import("undici");
    const server = use(await startRawServer(() => undefined));
    const pool = new Pool(`https://${server.host}`, { connect: { timeout: 3000 } });
    const begin = performance.now();
    const signal = AbortSignal.timeout(300);
    await assert.rejects(pool.request({ path: "/", method: "HEAD", signal }));
    assert.ok(performance.now() - begin > 2000);
    await pool.destroy();
  });

  it("headers that drip are cut", async () => {
    const server = use(
      await plain((socket) => {
        socket.write("HTTP/1.1 200 OK\r\n");
        const timer = setInterval(() => socket.write("x-drip: 1\r\n"), 50);
        socket.on("close", () => clearInterval(timer));
      }),
    );
    const test = use(createTestResolver({ use: { timeoutSeconds: 1 } }));
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.match(failure.error.message, /timed out/);
  });

  it("a body that drips forever is cut", async () => {
    const server = use(
      await plain((socket) => {
        socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const timer = setInterval(() => socket.write("1\r\n \r\n"), 50);
        socket.on("close", () => clearInterval(timer));
      }),
    );
    const test = use(createTestResolver({ use: { timeoutSeconds: 1 } }));
    const { signal } = new AbortController();
    const begin = performance.now();
    const answer = await test.resolver.tags(server.host, "team/app", { signal });
    assert.ok("error" in answer && answer.error.message.includes("timed out"));
    assert.ok(performance.now() - begin < defaultTimeoutMs);
  });

  it("headers of 20 KB are refused", async () => {
    const server = use(
      await plain(
        (socket) => void socket.end(`HTTP/1.1 200 OK\r\nx-big: ${"x".repeat(20_000)}\r\n\r\n`),
      ),
    );
    const test = use(createTestResolver());
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.match(failure.error.message, /Too many response headers/);
  });

  for (const chunked of [true, false]) {
    it(`a manifest of 5 MB is refused, ${chunked ? "in chunks" : "with its length"}`, async () => {
      const body = Buffer.alloc(5_000_000, " ");
      const server = use(
        await startFaultServer(({ method }, response) => {
          if (method === "HEAD") response.writeHead(405).end();
          else {
            response.writeHead(200, {
              "content-type": indexType,
              ...(chunked ? {} : { "content-length": body.length }),
            });
            response.end(body);
          }
        }),
      );
      const test = use(createTestResolver());
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.match(failure.error.message, /larger than 4 MiB/);
    });
  }

  it("a compressed bomb is not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const server = use(
      await startFaultServer(({ method }, response) => {
        if (method === "HEAD") response.writeHead(405).end();
        else
          response
            .writeHead(200, { "content-type": indexType, "content-encoding": "gzip" })
            .end(bomb);
      }),
    );
    const test = use(createTestResolver());
    const before = process.memoryUsage().rss;
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.kind, "registry-unreachable");
    assert.ok(process.memoryUsage().rss - before < 40_000_000);
  });

  it("compression that nobody asked for is undone before hashing", async () => {
    const server = use(
      await startFaultServer(({ method, headers }, response) => {
        assert.equal(headers["accept-encoding"], method === "HEAD" ? undefined : "identity");
        if (method === "HEAD") response.writeHead(405).end();
        else {
          response.writeHead(200, { "content-type": indexType, "content-encoding": "gzip" });
          response.end(gzipSync(manifest));
        }
      }),
    );
    const test = use(createTestResolver());
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.digest, manifestDigest);
  });

  it("twenty lookups share at most six connections, and HEAD keeps them open", async () => {
    const server = use(await startFaultServer((_, response) => answerHead(response)));
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app:first`);
    // One was opened to find out that the server speaks no TLS.
    const before = server.connections() - 1;
    const tags = Array.from({ length: 20 }, (_, index) => `${server.host}/team/app:t${index}`);
    await Promise.all(tags.map((image) => test.resolved(image)));
    assert.ok(server.connections() - before <= 6, String(server.connections()));
    for (const image of tags.slice(0, 5)) await test.resolved(image, { fresh: true });
    assert.ok(server.connections() - before <= 6, String(server.connections()));
  });

  it("a body in the answer to HEAD, or an answer forged into it, is nobody else's", async () => {
    const forged = testDigest("f");
    const head = (digest: string, extra: string): string =>
      `HTTP/1.1 200 OK\r\ncontent-type: ${indexType}\r\ncontent-length: 10\r\ndocker-content-digest: ${digest}\r\n\r\n${extra}`;
    const server = use(
      await startRawServer((socket) => {
        socket.on("data", (chunk) => {
          const text = chunk.toString("latin1");
          if (chunk[0] === 0x16) socket.end("HTTP/1.0 400 Bad Request\r\n\r\n");
          else if (text.includes("/evil/")) socket.write(head(testDigest("e"), head(forged, "")));
          else if (text.startsWith("HEAD")) socket.write(head(testDigest("a"), ""));
          else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        });
      }),
    );
    const test = use(createTestResolver());
    for (let round = 0; round < 10; round += 1) {
      await test.ask(`${server.host}/evil/app:${round}`, { fresh: true });
      const answer = await test.ask(`${server.host}/good/app:${round}`, { fresh: true });
      if (answer.status === "resolved") assert.equal(answer.digest, testDigest("a"));
    }
  });

  it("a server that closes idle connections is not noticed", async () => {
    const server = use(
      await startFaultServer((_, response) => answerHead(response), { keepAliveMs: 20 }),
    );
    const test = use(createTestResolver());
    for (let round = 0; round < 10; round += 1) {
      await test.resolved(`${server.host}/team/app:1`, { fresh: true });
      await new Promise((resolve) => setTimeout(resolve, round * 5));
    }
    assert.equal(server.requests.length, 10);
  });

  it("what is cancelled behind slow requests leaves at once", async () => {
    const server = use(await startFaultServer(() => undefined));
    let answered = false;
    server.handle = (_, response) => {
      if (answered) return;
      answered = true;
      answerHead(response);
    };
    const test = use(createTestResolver({ use: { timeoutSeconds: 5 } }));
    await test.resolved(`${server.host}/team/app:first`);
    const slow = Array.from({ length: 6 }, (_, index) =>
      test.ask(`${server.host}/team/app:slow${index}`).catch(() => undefined),
    );
    const controller = new AbortController();
    const behind = test.ask(`${server.host}/team/app:behind`, { signal: controller.signal });
    controller.abort();
    const first = await Promise.race([behind.catch(() => "cancelled"), ...slow]);
    assert.equal(first, "cancelled");
    test.resolver.setPolicy({ trusted: true, offline: true });
    await Promise.all(slow);
    assert.ok(!server.requests.some(({ path }) => path.endsWith("/behind")));
  });

  it("a connection that breaks once is tried again, as Knative does", async () => {
    let broken = 0;
    const server = use(
      await startFaultServer((_, response) => {
        broken += 1;
        if (broken === 1) response.destroy();
        else answerHead(response);
      }),
    );
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app:1`);
    assert.equal(server.requests.length, 2);
  });

  for (const [status, tries] of [
    [408, 3],
    [499, 3],
    [500, 3],
    [502, 3],
    [503, 3],
    [504, 3],
    [522, 3],
    [429, 1],
    [501, 2],
    [403, 1],
  ] as const) {
    it(`${status} is sent ${tries} times at most (501 makes a GET of the HEAD)`, async () => {
      const server = use(await startFaultServer((_, response) => response.writeHead(status).end()));
      const test = use(createTestResolver());
      await test.failed(`${server.host}/team/app:1`);
      assert.equal(server.requests.length, tries);
    });
  }

  it("no further try is begun that the lookup's time does not allow", async () => {
    const server = use(await startFaultServer((_, response) => response.writeHead(500).end()));
    const test = use(
      createTestResolver({ use: { timeoutSeconds: 60 }, retryPauses: [60_000, 3000] }),
    );
    const begin = performance.now();
    await test.failed(`${server.host}/team/app:1`);
    assert.ok(performance.now() - begin < 60_000);
    assert.equal(server.requests.length, 1);
  });

  it("503 twice is tried again; always, it is reported", async () => {
    let failures = 2;
    const server = use(
      await startFaultServer((_, response) => {
        if (failures > 0) {
          failures -= 1;
          response.writeHead(503, { "content-type": "text/html" }).end("<html>busy</html>");
        } else answerHead(response);
      }),
    );
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app:1`);
    assert.equal(server.requests.length, 3);
    failures = 100;
    const failure = await test.failed(`${server.host}/team/app:2`);
    assert.equal(failure.error.kind, "registry-unreachable");
    assert.match(failure.error.message, /HTTP 503/);
    assert.equal(server.requests.length, 6);
  });

  it("a name that DNS does not know is reported at once, and not tried again soon", async () => {
    const test = use(createTestResolver());
    const failure = await test.failed("registry.invalid/team/app:1");
    assert.match(failure.error.message, /not found/);
    assert.equal(
      failure.error.knative,
      'Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid: no such host',
    );
    assert.ok(failure.retryAt - failure.at >= 30_000);
    await test.failed("registry.invalid/team/other:1");
    assert.equal(test.log.filter((line) => line.includes("name-not-found")).length, 1);
  });

  it("a host that cannot be reached is tried again when a person asks, and the pause doubles", async () => {
    const test = use(createTestResolver());
    const first = await test.failed("registry.invalid/team/app:1");
    const second = await test.failed("registry.invalid/team/app:1", { fresh: true });
    assert.equal(test.log.filter((line) => line.includes("name-not-found")).length, 2);
    assert.ok(second.at >= first.at);
  });

  it("an IPv6 address with a port", async () => {
    const server = use(
      await startFaultServer((_, response) => answerHead(response), { address: "::1" }),
    );
    const test = use(createTestResolver());
    const answer = await test.resolved(`${server.host}/team/app:1`);
    assert.equal(answer.host, server.host);
  });
});
