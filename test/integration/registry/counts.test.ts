// How many requests a lookup takes: cold, with what is remembered of hosts, warm, and fresh.

import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import {
  createTestResolver,
  keyOf,
  type TestResolver,
} from "../../support/registry/testResolver.ts";

describe("numbers of requests", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  /** A registry with tokens; whether one token is good for several repositories. */
  async function startRegistry(multi: boolean, delayMs = 0): Promise<FaultServer> {
    const server = use(await startFaultServer(() => undefined, { handlesPing: "noted" }));
    server.handle = (request, response) => {
      const answer = (): void => {
        const name = /^\/v2\/(.*)\/manifests\//.exec(request.path)?.[1] ?? "";
        if (request.path === "/token") {
          const scopes = new URL(request.url, "http://x").searchParams.getAll("scope");
          const granted = multi ? scopes : scopes.slice(0, 1);
          response.end(
            JSON.stringify({ token: Buffer.from(granted.join(" ")).toString("base64url") }),
          );
        } else if (grants(request.authorization, name)) answerHead(response);
        else {
          const challenge = `Bearer realm="${server.url}/token"`;
          response.writeHead(401, { "www-authenticate": challenge }).end();
        }
      };
      if (delayMs === 0) answer();
      else setTimeout(answer, delayMs);
    };
    return server;
  }

  function grants(authorization: string | undefined, name: string): boolean {
    const token = Buffer.from((authorization ?? "").slice("Bearer ".length), "base64url").toString(
      "utf8",
    );
    return token.split(" ").includes(`repository:${name}:pull`);
  }

  const imagesOf = (host: string, repositories: number, perRepository: number): string[] =>
    Array.from({ length: repositories }, (_, repository) =>
      Array.from({ length: perRepository }, (_, tag) => `${host}/team/app${repository}:t${tag}`),
    ).flat();

  async function resolveAll(
    test: TestResolver,
    images: readonly string[],
    fresh = false,
  ): Promise<void> {
    await Promise.all(images.map((image) => test.resolved(image, { fresh })));
  }

  it("cold, two registries take p + ⌈M/S⌉ + N and one of /v2/ each; known answers take none", async () => {
    const [one, two] = [await startRegistry(true), await startRegistry(true)];
    const test = use(createTestResolver());
    const images = [...imagesOf(one.host, 8, 2), ...imagesOf(two.host, 4, 3)];
    await resolveAll(test, images);
    assert.equal(one.requests.length, 1 + 1 + 16 + 1);
    assert.equal(two.requests.length, 1 + 1 + 12 + 1);
    await resolveAll(test, images);
    assert.equal(one.requests.length + two.requests.length, 34);
  });

  it("warm, each stale answer takes one request", async () => {
    const server = await startRegistry(true);
    const test = use(createTestResolver());
    const images = imagesOf(server.host, 4, 2);
    await resolveAll(test, images);
    server.requests.splice(0);
    await resolveAll(test, images, true);
    assert.equal(server.requests.length, 8);
  });

  it("two hundred tags in fifty repositories take at most 206 requests", async () => {
    const server = await startRegistry(true);
    const test = use(createTestResolver());
    await resolveAll(test, imagesOf(server.host, 50, 4));
    assert.ok(server.requests.length <= 206, String(server.requests.length));
  });

  it("with what is remembered of the host, no request is spent on asking how", async () => {
    const server = await startRegistry(true);
    const folder = use(await temporaryFolder());
    const first = createTestResolver({ cacheFolder: folder.path });
    await resolveAll(first, imagesOf(server.host, 4, 1));
    await first.close();
    server.requests.splice(0);
    const second = use(createTestResolver({ cacheFolder: folder.path }));
    await resolveAll(
      second,
      imagesOf(server.host, 4, 2).filter((image) => image.endsWith("t1")),
    );
    assert.equal(server.requests.length, 1 + 4);
  });

  it("twenty tags take five round trips cold and four warm, six requests at a time", async () => {
    const waiting: (() => void)[] = [];
    let waves: number[] = [];
    const server = use(
      await startFaultServer((_, response) => {
        waiting.push(() => answerHead(response));
        // Answered only when as many are there as should be sent at once: a client that sends fewer waits for ever.
        if (waiting.length < (waves[0] ?? 1)) return;
        waves.shift();
        for (const answer of waiting.splice(0)) answer();
      }),
    );
    const images = imagesOf(server.host, 20, 1);
    const test = use(createTestResolver());
    waves = [1, 6, 6, 6, 1];
    await resolveAll(test, images);
    assert.deepEqual(waves, []);
    waves = [6, 6, 6, 2];
    await resolveAll(test, images, true);
    assert.deepEqual(waves, []);
  });
});

describe("the cache on the disk", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  const start = (): Promise<FaultServer> => startFaultServer((_, response) => answerHead(response));

  it("a second session sends nothing for what is fresh, and shows it offline", async () => {
    const server = use(await start());
    const folder = use(await temporaryFolder());
    const image = `${server.host}/team/app:1.2.3`;
    const first = createTestResolver({ cacheFolder: folder.path });
    await first.resolved(image);
    await first.close();
    const before = server.connections();
    const second = use(createTestResolver({ cacheFolder: folder.path }));
    await second.resolved(image);
    const policy = { trusted: true, offline: true };
    const third = use(createTestResolver({ cacheFolder: folder.path, policy }));
    await third.resolved(image);
    assert.equal(third.resolver.peek(keyOf(image)).status, "resolved");
    assert.equal(server.connections(), before);
  });

  it("the file is private, and holds the answers of sessions that write at the same time", async () => {
    const server = use(await start());
    const folder = use(await temporaryFolder());
    const sessions = Array.from({ length: 5 }, () =>
      createTestResolver({ cacheFolder: folder.path }),
    );
    await Promise.all(
      sessions.map((test, index) => test.resolved(`${server.host}/team/app:1.0.${index}`)),
    );
    await Promise.all(sessions.map((test) => test.close()));
    const file = path.join(folder.path, "digests.json");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const text = await readFile(file, "utf8");
    for (const [index] of sessions.entries()) assert.ok(text.includes(`"1.0.${index}"`), text);
  });

  for (const [what, text] of [
    ["nonsense", "{"],
    ["nothing", ""],
    ["another version", '{"version":99,"answers":[["a","b","c"]]}'],
    [
      "lies",
      '{"version":1,"answers":[["a","b","c","sha256:zz","",1,"h",1,""],7,null],"hosts":[{"host":7}]}',
    ],
  ] as const) {
    it(`a file with ${what} in it is survived and replaced`, async () => {
      const server = use(await start());
      const folder = use(await temporaryFolder());
      const file = path.join(folder.path, "digests.json");
      await writeFile(file, text);
      const test = createTestResolver({ cacheFolder: folder.path });
      await test.resolved(`${server.host}/team/app:1.2.3`);
      await test.close();
      assert.ok((await readFile(file, "utf8")).includes("1.2.3"));
    });
  }

  it("what the registry says is gone leaves the file", async () => {
    let gone = false;
    const server = use(
      await startFaultServer((_, response) => {
        if (gone) response.writeHead(404).end();
        else answerHead(response);
      }),
    );
    const folder = use(await temporaryFolder());
    const image = `${server.host}/team/app:1.2.3`;
    const first = createTestResolver({ cacheFolder: folder.path });
    await first.resolved(image);
    await first.close();
    gone = true;
    const second = createTestResolver({ cacheFolder: folder.path });
    const failure = await second.failed(image, { fresh: true });
    assert.equal(failure.last, undefined);
    await second.close();
    assert.ok(!(await readFile(path.join(folder.path, "digests.json"), "utf8")).includes("1.2.3"));
  });

  it("what a sign-in showed is not shown to who has signed out", async () => {
    const server = use(await startFaultServer(() => undefined));
    server.handle = ({ authorization }, response) => {
      if (authorization !== undefined) answerHead(response);
      else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
    };
    const folder = use(await temporaryFolder());
    const image = `${server.host}/team/app:1.2.3`;
    const logins = { [server.host]: { username: "me", password: "pw" } };
    const first = createTestResolver({ cacheFolder: folder.path, logins });
    await first.resolved(image);
    await first.close();
    const policy = { trusted: true, offline: true };
    const same = use(createTestResolver({ cacheFolder: folder.path, logins, policy }));
    await same.resolved(image);
    const out = use(createTestResolver({ cacheFolder: folder.path, policy }));
    assert.deepEqual(await out.ask(image), { status: "not-asked", reason: "offline" });
  });

  it("what a mirror or an unverified host said is not what the registry itself says", async () => {
    const server = use(await start());
    const folder = use(await temporaryFolder());
    const image = "registry.example/team/app:1.2.3";
    const mirror = { mirror: server.url, insecure: true };
    const first = createTestResolver({
      cacheFolder: folder.path,
      use: { registries: { "registry.example": mirror } },
    });
    const withMirror = await first.resolved(image);
    assert.equal(withMirror.host, server.host);
    const unknown = { status: "not-asked", reason: "not-yet" };
    first.settings.current = { ...first.settings.current, registries: {} };
    first.resolver.settingsChanged();
    assert.deepEqual(first.resolver.peek(keyOf(image)), unknown);
    first.settings.current = {
      ...first.settings.current,
      registries: first.options.use?.registries ?? {},
    };
    await first.resolved(image);
    await first.close();
    const policy = { trusted: true, offline: true };
    const second = use(createTestResolver({ cacheFolder: folder.path, policy }));
    assert.deepEqual(await second.ask(image), { status: "not-asked", reason: "offline" });
    const same = use(createTestResolver({ ...first.options, policy }));
    await same.resolved(image);
  });

  it("clear forgets everything, on the disk, too", async () => {
    const server = use(await start());
    const folder = use(await temporaryFolder());
    const image = `${server.host}/team/app:1.2.3`;
    const test = use(createTestResolver({ cacheFolder: folder.path }));
    await test.resolved(image);
    await test.resolver.clear();
    assert.deepEqual(test.resolver.peek(keyOf(image)), { status: "not-asked", reason: "not-yet" });
    await assert.rejects(readFile(path.join(folder.path, "digests.json")));
  });
});
