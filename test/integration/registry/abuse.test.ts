// Documents and servers that mean harm: what is not contacted, and what never leaves this machine.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  answerHead,
  startFaultServer,
  startRawServer,
  testDigest,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver, eventually, keyOf } from "../../support/registry/testResolver.ts";

describe("documents that mean harm", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  const forbidden = [
    "169.254.169.254/latest/meta",
    "169.254.169.254:80/latest/meta",
    "0xa9fea9fe:80/team/app",
    "2852039166:80/team/app",
    "[::ffff:169.254.169.254]:80/team/app",
    "[64:ff9b::a9fe:a9fe]:80/team/app",
    "[fd00:ec2::254]:80/team/app",
    "[fe80::1]:80/team/app",
    "0.0.0.0:2375/team/app",
    "100.100.100.200/team/app",
    "metadata.google.internal/team/app",
    "224.0.0.1/team/app",
    "169。254。169。254:80/team/app",
    "docker.iо/team/app",
  ];
  for (const image of forbidden) {
    it(`${image} is not contacted`, async () => {
      const test = use(createTestResolver({ lookUp: () => assert.fail("nothing is looked up") }));
      const failure = await test.failed(`${image}:1`);
      assert.equal(failure.error.kind, "blocked", failure.error.message);
      assert.match(failure.error.message, /Not contacted/);
      assert.equal(failure.error.knative, undefined);
      assert.deepEqual(
        test.log.filter((line) => line.includes(" HEAD ")),
        [],
      );
    });
  }

  const answers: readonly (readonly [string, readonly string[]])[] = [
    ["a metadata address", ["169.254.169.254"]],
    ["two addresses, one of them forbidden", ["127.0.0.1", "169.254.169.254"]],
    ["an unspecified address", ["0.0.0.0"]],
  ];
  for (const [what, addresses] of answers) {
    it(`a name that leads to ${what} is refused`, async () => {
      const server = use(await startRawServer((socket) => socket.destroy()));
      const lookUp = (): Promise<{ address: string; family: number }[]> =>
        Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
      const test = use(createTestResolver({ lookUp }));
      const failure = await test.failed(`registry.example:${server.port}/team/app:1`);
      assert.equal(failure.error.kind, "blocked");
      assert.equal(server.connections(), 0);
    });
  }

  it("only the address that was checked is connected to", async () => {
    const good = use(
      await startFaultServer((_, response) => answerHead(response), { address: "127.0.0.2" }),
    );
    const bad = use(
      await startRawServer((socket) => socket.destroy(), "127.0.0.3").catch(() =>
        startRawServer((socket) => socket.destroy()),
      ),
    );
    let asked = 0;
    const test = use(
      createTestResolver({
        use: { registries: { [`registry.example:${good.port}`]: { insecure: true } } },
        classes: { "127.0.0.2": "public", "127.0.0.3": "forbidden" },
        lookUp: () => {
          asked += 1;
          // Each answer is used for one connection: the second leads elsewhere and is refused.
          const address = asked <= 2 ? "127.0.0.2" : "127.0.0.3";
          return Promise.resolve([{ address, family: 4 }]);
        },
      }),
    );
    const image = `registry.example:${good.port}/team/app`;
    await test.resolved(`${image}:1`);
    assert.equal(asked, 2);
    test.access.client.reset();
    const failure = await test.failed(`${image}:2`);
    assert.equal(failure.error.kind, "blocked");
    assert.equal(bad.connections(), 0);
  });

  it("of three hundred registries in one document twenty are asked", async () => {
    const names = new Set<string>();
    const test = use(
      createTestResolver({
        lookUp: (name) => {
          names.add(name);
          return Promise.reject(Object.assign(new Error(name), { code: "ENOTFOUND" }));
        },
      }),
    );
    const keys = Array.from({ length: 300 }, (_, index) =>
      keyOf(`host${index}.invalid/team/app:1`),
    );
    test.resolver.prefetch(keys, "visible");
    await eventually(() =>
      keys.slice(0, 20).every((key) => test.resolver.peek(key).status === "failed"),
    );
    test.resolver.prefetch(keys, "visible");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(names.size, 20);
    assert.deepEqual(test.resolver.peek(keyOf("host299.invalid/team/app:1")), {
      status: "not-asked",
      reason: "not-yet",
    });
  });

  it("the address of the connection itself is checked, too", async () => {
    const server = use(await startFaultServer((_, response) => answerHead(response)));
    const host = `registry.example:${server.port}`;
    let asked = 0;
    const test = use(
      createTestResolver({
        use: { registries: { [host]: { insecure: true } } },
        names: { "registry.example": "127.0.0.1" },
        // Asked for https and for http when the name is looked up, and then of the connection.
        classify: () => ((asked += 1) <= 2 ? "public" : "forbidden"),
      }),
    );
    const failure = await test.failed(`${host}/team/app:1`);
    assert.equal(failure.error.kind, "blocked");
    assert.equal(server.requests.length, 0);
  });

  it("a connection that was allowed for one purpose does not serve another", async () => {
    const inner = use(
      await startFaultServer((_, response) => answerHead(response), { address: "127.0.0.3" }),
    );
    const outer = use(await startFaultServer(() => undefined, { address: "127.0.0.2" }));
    const [innerHost, outerHost] = [`inner.example:${inner.port}`, `outer.example:${outer.port}`];
    outer.handle = (_, response) => {
      response.writeHead(307, { location: `http://${innerHost}/secret` }).end();
    };
    const insecure = { insecure: true };
    const test = use(
      createTestResolver({
        names: { "inner.example": "127.0.0.3", "outer.example": "127.0.0.2" },
        classes: { "127.0.0.2": "public", "127.0.0.3": "private" },
        use: { registries: { [innerHost]: insecure, [outerHost]: insecure } },
      }),
    );
    // The document names the inner host itself, which is allowed and leaves a connection open.
    await test.resolved(`${innerHost}/team/app:1`);
    const before = inner.requests.length;
    const failure = await test.failed(`${outerHost}/team/app:1`);
    assert.equal(failure.error.kind, "blocked");
    assert.equal(inner.requests.length, before);
  });
});

describe("secrets", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  it("no password, token or helper's answer is in logs, messages, cache files or foreign requests", async () => {
    const folder = use(await temporaryFolder());
    const foreign = use(await startFaultServer((_, response) => answerHead(response)));
    const server = use(await startFaultServer(() => undefined));
    const password = "canary-password-1234";
    const token = "canary-token-5678";
    const identity = "canary-identity-9012";
    server.handle = ({ path: asked, authorization, method }, response) => {
      if (asked === "/token" && method === "POST") response.writeHead(401).end();
      else if (asked === "/token") response.end(JSON.stringify({ token }));
      else if (authorization === undefined) {
        response.writeHead(401, { "www-authenticate": 'Bearer realm="/token"' }).end();
      } else if (asked.includes("/moved/")) {
        response.writeHead(307, { location: `${foreign.url}/x` }).end();
      } else if (asked.includes("/bad/")) {
        response.writeHead(403, { "content-type": "application/json" });
        response.end(JSON.stringify({ errors: [{ code: "DENIED", message: authorization }] }));
      } else answerHead(response);
    };
    const auth = Buffer.from(`me:${password}`).toString("base64");
    const config = { auths: { [server.host]: { auth, identitytoken: identity } } };
    await writeFile(path.join(folder.path, "config.json"), JSON.stringify(config));
    const cacheFolder = path.join(folder.path, "cache");
    const test = createTestResolver({ variables: { DOCKER_CONFIG: folder.path }, cacheFolder });
    const said: unknown[] = [];
    for (const image of ["team/app:1", "moved/app:1", "bad/app:1"]) {
      said.push(await test.ask(`${server.host}/${image}`));
    }
    const { signal } = new AbortController();
    said.push(await test.resolver.tags(server.host, "bad/app", { signal }));
    said.push(
      await test.access.keychain
        .explain({ registry: server.host, repository: "a" })
        .then(({ kind }) => kind),
    );
    await test.close();
    const cache = await readFile(path.join(cacheFolder, "digests.json"), "utf8");
    assert.match(cache, new RegExp(testDigest("a")));
    const everything = [
      JSON.stringify(said),
      test.log.join("\n"),
      cache,
      JSON.stringify(foreign.requests),
    ];
    for (const secret of [password, token, identity, auth]) {
      assert.ok(
        server.requests.some(({ authorization = "", body }) =>
          `${authorization}${Buffer.from(authorization.slice(6), "base64").toString()}${body}`.includes(
            secret,
          ),
        ),
        `${secret} was used`,
      );
      for (const text of everything) assert.ok(!text.includes(secret), `${secret} leaked: ${text}`);
    }
  });

  it("ten thousand lookups that fail leave nothing behind", async function () {
    this.timeout(180_000);
    const server = use(
      await startFaultServer(({ path: asked }, response) => {
        if (asked.endsWith("0")) response.writeHead(404).end();
        else answerHead(response);
      }),
    );
    const test = createTestResolver();
    const round = async (from: number): Promise<void> => {
      for (let start = from; start < from + 5000; start += 500) {
        const images = Array.from(
          { length: 500 },
          (_, index) => `${server.host}/team/app:t${start + index}`,
        );
        await Promise.all(images.map((image) => test.ask(image)));
      }
      server.requests.splice(0);
      test.log.splice(0);
    };
    await round(0);
    const before = heapInUse();
    await round(5000);
    // Ten thousand answers are kept, of which each takes less than a few KB.
    const grown = heapInUse() - before;
    assert.ok(grown < 20_000_000, `${grown} bytes`);
    await test.close();
    await eventually(() => handlesTo(server.port) === 0);
  });
});

/** Connections of this process to the port that are still open. */
function handlesTo(port: number): number {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  return handles.filter(
    (handle) =>
      typeof handle === "object" &&
      handle !== null &&
      "remotePort" in handle &&
      handle.remotePort === port,
  ).length;
}

/** Bytes that are in use once the garbage is collected. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}
