// Tokens: asked for once, together where the host allows it, and again when they die.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  startDockerRegistry,
  type StartedRegistry,
} from "../../support/registry/dockerRegistry.ts";
import {
  answerHead,
  startFaultServer,
  testDigest,
  type FaultHandler,
  type FaultServer,
  type RecordedRequest,
} from "../../support/registry/faultServer.ts";
import { pushFixtures, type Fixture } from "../../support/registry/fixtures.ts";
import { startFrontServer } from "../../support/registry/frontServer.ts";
import { createTestResolver, keyOf } from "../../support/registry/testResolver.ts";
import {
  startTokenServer,
  type TokenServer,
  type TokenServerOptions,
} from "../../support/registry/tokenServer.ts";

const repositories = Array.from({ length: 12 }, (_, index) => `team/app${index + 1}`);
const fixtures: readonly Fixture[] = repositories.map((repository) => ({
  name: "one",
  platforms: ["linux/amd64"],
  target: `${repository}:1`,
}));

describe("tokens of docker-registry", function () {
  const { use, run } = createCleanUp();
  let open: StartedRegistry;

  before(async () => {
    open = await startDockerRegistry();
    await pushFixtures(open.host, fixtures);
  });
  after(() => open.stop());
  afterEach(run);

  async function start(
    options: TokenServerOptions = {},
  ): Promise<{ tokens: TokenServer; front: FaultServer }> {
    const tokens = use(await startTokenServer(options));
    const locked = use(await startDockerRegistry({ storage: open.storage, token: tokens }));
    const front = use(await startFrontServer(locked.host));
    return { tokens, front };
  }

  it("a cold lookup takes three requests, without a ping, for the scope that Knative asks for", async () => {
    const { tokens, front } = await start();
    const test = use(createTestResolver());
    await test.resolved(`${front.host}/team/app1:1`);
    assert.deepEqual(
      front.requests.map(({ method }) => method),
      ["HEAD", "HEAD"],
    );
    assert.deepEqual(tokens.asked(), [["repository:team/app1:pull"]]);
    assert.match(tokens.server.requests[0]?.url ?? "", /service=test-registry/);
  });

  it("twelve repositories share one token where the server allows it", async () => {
    const { tokens, front } = await start();
    const test = use(createTestResolver());
    await Promise.all(repositories.map((name) => test.resolved(`${front.host}/${name}:1`)));
    assert.equal(tokens.asked().length, 1);
    assert.equal(tokens.asked()[0]?.length, 12);
    assert.equal(front.requests.length, 1 + 12);
  });

  it("a server that reads the first scope alone is asked for each repository, and remembered", async () => {
    const { tokens, front } = await start({ scopes: "first" });
    const test = use(createTestResolver());
    await Promise.all(repositories.map((name) => test.resolved(`${front.host}/${name}:1`)));
    assert.equal(test.access.client.traits.get(front.host).scopes, "single");
    const before = tokens.asked().length;
    test.access.client.reset();
    test.resolver.refresh();
    await Promise.all(repositories.map((name) => test.resolved(`${front.host}/${name}:1`)));
    assert.ok(
      tokens
        .asked()
        .slice(before)
        .every((scopes) => scopes.length === 1),
    );
  });

  it("several tags of a repository share the token that it needs for itself", async () => {
    const { tokens, front } = await start({ scopes: "first" });
    const test = use(createTestResolver());
    const images = repositories.flatMap((name) =>
      ["1", "2", "3", "4"].map((tag) => `${front.host}/${name}:${tag}`),
    );
    const answers = await Promise.all(images.map((image) => test.ask(image)));
    assert.equal(answers.filter(({ status }) => status === "resolved").length, 12);
    // One for all, which is good for the first alone, and one for each of the others.
    assert.equal(tokens.asked().length, 12);
  });

  it("one repository that is refused does not break the others", async () => {
    const { front } = await start({ strict: true, privateRepositories: ["team/app3"] });
    const test = use(createTestResolver());
    const answers = await Promise.all(
      repositories.map((name) => test.ask(`${front.host}/${name}:1`)),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      repositories.map((name) => (name === "team/app3" ? "failed" : "resolved")),
    );
  });

  it("a server that grants what it can does not break the others, and stays asked together", async () => {
    const { front } = await start({ privateRepositories: ["team/app3"] });
    const test = use(createTestResolver());
    const answers = await Promise.all(
      repositories.map((name) => test.ask(`${front.host}/${name}:1`)),
    );
    assert.equal(answers.filter(({ status }) => status === "resolved").length, 11);
    assert.equal(test.access.client.traits.get(front.host).scopes, "multi");
  });

  it("a kept token that the registry no longer takes is replaced once", async () => {
    const { tokens, front } = await start();
    let dead = "";
    const strict = use(
      await startFrontServer(front.host, {
        intercept: ({ authorization }, response) => {
          if (authorization === undefined || authorization !== dead) return false;
          const value = `Bearer realm="${tokens.realm}",service="${tokens.service}",error="invalid_token"`;
          response.writeHead(401, { "www-authenticate": value }).end();
          return true;
        },
      }),
    );
    const test = use(createTestResolver());
    await test.resolved(`${strict.host}/team/app1:1`);
    dead = front.requests.at(-1)?.authorization ?? "";
    await test.resolved(`${strict.host}/team/app1:1`, { fresh: true });
    assert.equal(tokens.asked().length, 2);
    assert.equal(strict.requests.length, 4);
  });

  it("a token that is dead when it comes is refused in the end", async () => {
    const { tokens, front } = await start({ lifeSeconds: -100 });
    const test = use(createTestResolver());
    const failure = await test.failed(`${front.host}/team/app1:1`);
    assert.equal(failure.error.kind, "access-denied");
    assert.equal(tokens.asked().length, 1);
    assert.equal(front.requests.length, 2);
  });

  it("fifty at once for one repository: one leader, one token, fifty answers", async () => {
    const { tokens, front } = await start();
    const test = use(createTestResolver());
    const images = Array.from({ length: 50 }, (_, index) => `${front.host}/team/app1:t${index}`);
    await Promise.all(images.map((image) => test.failed(image)));
    assert.equal(
      front.requests.filter(({ authorization }) => authorization === undefined).length,
      1,
    );
    assert.equal(front.requests.length, 51);
    assert.equal(tokens.asked().length, 1);
  });

  it("forty-nine who leave do not end the work of the fiftieth", async () => {
    const { front } = await start();
    const test = use(createTestResolver());
    const controllers = Array.from({ length: 50 }, () => new AbortController());
    const answers = controllers.map(({ signal }) =>
      test.ask(`${front.host}/team/app1:1`, { signal }),
    );
    for (const controller of controllers.slice(0, 49)) controller.abort();
    const settled = await Promise.allSettled(answers);
    assert.equal(settled.filter(({ status }) => status === "rejected").length, 49);
    const last = settled.at(-1);
    assert.ok(last?.status === "fulfilled" && last.value.status === "resolved");
  });
});

describe("token servers with habits of their own", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  /** A registry and its token endpoint at the same origin, as most have it. */
  async function start(
    tokenAnswer: (response: ServerResponse, request: RecordedRequest) => void,
    registry?: FaultHandler,
    challenge = 'service="svc"',
  ): Promise<{ server: FaultServer; tokenRequests: () => RecordedRequest[] }> {
    const server = use(await startFaultServer(() => undefined, { handlesPing: "unnoted" }));
    server.handle = (request, response) => {
      if (request.path === "/token") tokenAnswer(response, request);
      else if (request.authorization === undefined) {
        const value = `Bearer realm="${server.url}/token?own=1"${challenge === "" ? "" : `,${challenge}`}`;
        response.writeHead(401, { "www-authenticate": value }).end();
      } else if (registry === undefined) answerHead(response);
      else registry(request, response);
    };
    return { server, tokenRequests: () => server.requests.filter(({ path }) => path === "/token") };
  }

  const json = (response: ServerResponse, value: unknown): void => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  const good = (response: ServerResponse): void => json(response, { token: "good" });

  it("the placeholder scope of one challenge is not used for other repositories", async () => {
    const { server, tokenRequests } = await start(
      good,
      undefined,
      'scope="repository:user/image:pull"',
    );
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app:1`);
    await test.resolved(`${server.host}/team/other:1`);
    const scopes = tokenRequests().map(({ url }) =>
      new URL(url, "http://x").searchParams.getAll("scope"),
    );
    assert.equal(scopes[0]?.[0], "repository:team/app:pull");
    assert.equal(scopes[1]?.[0], "repository:team/other:pull");
    assert.deepEqual(scopes[1], ["repository:team/other:pull"]);
  });

  it("a scope that follows no rule is passed on", async () => {
    const { server, tokenRequests } = await start(good, undefined, 'scope="aws"');
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app:1`);
    const { searchParams } = new URL(tokenRequests()[0]?.url ?? "", "http://x");
    assert.deepEqual(searchParams.getAll("scope"), ["repository:team/app:pull", "aws"]);
  });

  it("without a service none is sent, and the realm's own query stays", async () => {
    const { server, tokenRequests } = await start(good, undefined, 'scope=""');
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app:1`);
    assert.equal(tokenRequests()[0]?.url, "/token?own=1&scope=repository%3Ateam%2Fapp%3Apull");
  });

  for (const status of [401, 403]) {
    it(`a host that says ${status} without a challenge is pinged once to sign in and once as Knative does`, async () => {
      const server = use(await startFaultServer(() => undefined, { handlesPing: "noted" }));
      server.handle = (request, response) => {
        if (request.path === "/token") good(response);
        else if (request.path === "/v2/") {
          const value = `Bearer realm="${server.url}/token",scope="repository:user/image:pull"`;
          response.writeHead(401, { "www-authenticate": value }).end();
        } else if (request.authorization === undefined) response.writeHead(status).end();
        else answerHead(response);
      };
      const test = use(createTestResolver());
      await test.resolved(`${server.host}/team/app:1`);
      await test.resolved(`${server.host}/team/other:1`);
      assert.equal(server.requests.filter(({ path }) => path === "/v2/").length, 2);
      const urls = server.requests.filter(({ path }) => path === "/token").map(({ url }) => url);
      assert.ok(urls.every((url) => !url.includes("user%2Fimage")));
    });
  }

  it("a sign-in that is not known here is named", async () => {
    const challenges = ["Negotiate", "NTLM"];
    const server = use(
      await startFaultServer((_, response) =>
        response.writeHead(401, { "www-authenticate": challenges }).end(),
      ),
    );
    const test = use(createTestResolver());
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.kind, "access-denied");
    assert.match(failure.error.message, /not supported \(negotiate, ntlm\)/);
  });

  it("a ping that fails does not hide the refusal", async () => {
    const server = use(
      await startFaultServer(
        ({ path }, response) => response.writeHead(path === "/v2/" ? 503 : 403).end(),
        { handlesPing: "noted" },
      ),
    );
    const test = use(createTestResolver());
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.kind, "access-denied");
    assert.match(failure.error.message, /HTTP 403/);
  });

  it("a 400 for a kept token makes one new one", async () => {
    let given = 0;
    let dead = "";
    const { server, tokenRequests } = await start(
      (response) => json(response, { token: `token${(given += 1)}` }),
      ({ authorization }, response) => {
        if (authorization === dead) response.writeHead(400).end();
        else answerHead(response);
      },
    );
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app:1`);
    dead = "Bearer token1";
    await test.resolved(`${server.host}/team/app:2`);
    assert.equal(tokenRequests().length, 2);
  });

  it("a registry that refuses always is asked twice, and no more", async () => {
    const { server, tokenRequests } = await start(good, (_, response) =>
      response.writeHead(401).end(),
    );
    const test = use(createTestResolver());
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.kind, "access-denied");
    assert.equal(tokenRequests().length, 1);
    assert.equal(server.requests.length, 3);
  });

  it("of two tokens access_token is taken", async () => {
    const { server } = await start((response) => json(response, { token: "a", access_token: "b" }));
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app:1`);
    assert.equal(server.requests.at(-1)?.authorization, "Bearer b");
  });

  const unusable: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ["with a line break", (response) => json(response, { token: "a\r\nX-Evil: 1" })],
    ["with a space", (response) => json(response, { token: "a b" })],
    ["of 20 KiB", (response) => json(response, { token: "a".repeat(20_480) })],
    ["that is a number", (response) => json(response, { token: 7 })],
    ["in a web page", (response) => response.end("<html></html>")],
    ["in 5 MB", (response) => response.end(`{"token":"${"a".repeat(5_000_000)}"}`)],
  ];
  for (const [what, respond] of unusable) {
    it(`A19 a token ${what} is refused`, async () => {
      const { server } = await start(respond);
      const test = use(createTestResolver());
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.match(failure.error.message, /unusable token/);
      assert.ok(server.requests.every(({ headers }) => headers["x-evil"] === undefined));
      assert.equal(server.requests.length, 2);
    });
  }

  it("a token in an answer of more than 128 KiB is not read", async () => {
    const { server } = await start((response) => {
      // White space, so that what is cut off is no part of the JSON.
      response.end(`{"token":"good"}${" ".repeat(128 * 1024)}`);
    });
    const failure = await use(createTestResolver()).failed(`${server.host}/team/app:1`);
    assert.match(failure.error.message, /unusable token/);
  });

  it("a token that comes too slowly is given up", async () => {
    const { server } = await start((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" "), 100);
      response.on("close", () => clearInterval(timer));
    });
    const test = use(createTestResolver({ use: { timeoutSeconds: 1 } }));
    const begin = performance.now();
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.kind, "registry-unreachable");
    // The default is ten seconds.
    assert.ok(performance.now() - begin < 9500);
  });

  it("a token endpoint that redirects is not followed", async () => {
    const target = use(await startFaultServer((_, response) => json(response, { token: "x" })));
    const { server } = await start((response) => {
      response.writeHead(302, { location: `${target.url}/token` }).end('{"token":"good"}');
    });
    const test = use(createTestResolver());
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.match(failure.error.message, /unusable token/);
    assert.equal(target.requests.length, 0);
  });

  it("a token is not asked for again while it lives", async () => {
    const { server, tokenRequests } = await start((response) =>
      json(response, { token: "good", expires_in: 300 }),
    );
    const test = use(createTestResolver());
    for (const tag of ["1", "2", "3"]) await test.resolved(`${server.host}/team/app:${tag}`);
    assert.equal(tokenRequests().length, 1);
    assert.equal(server.requests.length, 5);
    const key = keyOf(`${server.host}/team/app:1`);
    const peeked = test.resolver.peek(key);
    assert.ok(peeked.status === "resolved" && peeked.digest === testDigest("a"));
  });
});
