// What stands between the editor and a registry: proxies, caches, limits.

import assert from "node:assert/strict";
import { createAuthority, type Authority } from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { startConnectProxy } from "../../support/registry/connectProxy.ts";
import {
  startDockerRegistry,
  type StartedRegistry,
} from "../../support/registry/dockerRegistry.ts";
import { answerHead, startFaultServer } from "../../support/registry/faultServer.ts";
import { pushFixtures } from "../../support/registry/fixtures.ts";
import { startNginx } from "../../support/registry/nginx.ts";
import { createTestResolver, keyOf } from "../../support/registry/testResolver.ts";

describe("proxies", function () {
  const { use, run } = createCleanUp();
  let authority: Authority;
  let open: StartedRegistry;
  let registry: StartedRegistry;
  let digests: ReadonlyMap<string, string>;
  before(async () => {
    authority = await createAuthority();
    open = await startDockerRegistry();
    digests = await pushFixtures(open.host);
    const tls = authority.issue(["registry.example"]);
    registry = await startDockerRegistry({ storage: open.storage, tls });
  });
  after(async () => {
    await registry.stop();
    await open.stop();
    await authority.remove();
  });
  afterEach(run);

  const image = "registry.example/team/app:index";
  const map = (): Record<string, string> => ({ "registry.example:443": registry.host });

  it("N20 a registry with a private CA is reached through a tunnel", async () => {
    const proxy = use(await startConnectProxy({ map: map() }));
    const test = use(createTestResolver({ use: { proxy: proxy.url, caFile: authority.file } }));
    const answer = await test.resolved(image);
    assert.equal(answer.digest, digests.get("team/app:index"));
    assert.deepEqual(proxy.requests, ["CONNECT registry.example:443"]);
  });

  it("the CA is wanted behind a proxy, too", async () => {
    const proxy = use(await startConnectProxy({ map: map() }));
    const test = use(createTestResolver({ use: { proxy: proxy.url } }));
    const failure = await test.failed(image);
    assert.equal(failure.error.kind, "certificate-untrusted");
    assert.match(failure.error.message, /Test CA/);
  });

  const refusals = [
    ["forbid", /proxy refused to connect to registry\.example/],
    ["sign-in", /proxy requires credentials/],
  ] as const;
  for (const [mode, message] of refusals) {
    it(`a proxy that answers ${mode === "forbid" ? 403 : 407} is reported`, async () => {
      const proxy = use(await startConnectProxy({ mode }));
      const test = use(createTestResolver({ use: { proxy: proxy.url } }));
      const failure = await test.failed(image);
      assert.equal(failure.error.kind, "registry-unreachable");
      assert.match(failure.error.message, message);
    });
  }

  it("a proxy that falls silent is given up after five seconds", async () => {
    const proxy = use(await startConnectProxy({ mode: "silent" }));
    const test = use(createTestResolver({ use: { proxy: proxy.url } }));
    const begin = performance.now();
    const failure = await test.failed(image);
    assert.match(failure.error.message, /Cannot reach the proxy for registry\.example/);
    // The whole lookup would have a minute.
    assert.ok(performance.now() - begin < 50_000);
  });

  it("a proxy that is not there is reported", async () => {
    const test = use(createTestResolver({ use: { proxy: "http://127.0.0.1:1" } }));
    const failure = await test.failed(image);
    assert.match(failure.error.message, /Cannot reach/);
  });

  it("the proxy's user and password are sent to it, and to nobody else", async () => {
    const server = use(
      await startFaultServer((_, response) => answerHead(response), {
        tls: authority.issue(["registry.example"]),
      }),
    );
    const proxy = use(await startConnectProxy({ map: { "registry.example:443": server.host } }));
    const url = proxy.url.replace("//", "//me:p%40ss@");
    const test = use(createTestResolver({ use: { proxy: url, caFile: authority.file } }));
    await test.resolved(image);
    const sent = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    assert.deepEqual(proxy.authorizations, [sent]);
    assert.equal(server.requests[0]?.headers["proxy-authorization"], undefined);
    assert.doesNotMatch(test.log.join(), /p%40ss|p@ss/);
    // What the editor signs in with to its own proxy is not for the one of the setting.
    const editor = { url: "http://editor.example:3128", authorization: "Basic canary" };
    const other = use(
      createTestResolver({
        use: { proxy: proxy.url, caFile: authority.file },
        editorProxy: () => ({ ...editor, strictSsl: true, noProxy: [] }),
      }),
    );
    await other.resolved(image);
    assert.deepEqual(proxy.authorizations.slice(1), [undefined]);
  });

  it("a password with a percent sign of its own is sent as it is", async () => {
    const proxy = use(await startConnectProxy({ map: map() }));
    const url = proxy.url.replace("//", "//me:5%off@");
    const test = use(createTestResolver({ use: { proxy: url, caFile: authority.file } }));
    await test.resolved(image);
    assert.deepEqual(proxy.authorizations, [`Basic ${Buffer.from("me:5%off").toString("base64")}`]);
  });

  it("an https proxy is verified with its own CA", async () => {
    const tls = authority.issue(["127.0.0.1"]);
    const proxy = use(await startConnectProxy({ map: map(), tls }));
    const test = use(createTestResolver({ use: { proxy: proxy.url, caFile: authority.file } }));
    await test.resolved(image);
    const without = use(createTestResolver({ use: { proxy: proxy.url } }));
    const failure = await without.failed(image);
    assert.match(failure.error.message, /Cannot reach the proxy for registry\.example/);
    const editorProxy = { url: proxy.url, authorization: "", strictSsl: false, noProxy: [] };
    const relaxed = use(createTestResolver({ editorProxy: () => editorProxy }));
    const strict = await relaxed.failed(image);
    // The editor's setting relaxes the proxy's certificate alone, never the registry's.
    assert.equal(strict.error.kind, "certificate-untrusted");
  });

  it("plain http goes through the proxy by its whole URL", async () => {
    const server = use(await startFaultServer((_, response) => answerHead(response)));
    const proxy = use(await startConnectProxy({ map: { "plain.example:80": server.host } }));
    const registries = { "plain.example": { insecure: true } };
    const test = use(createTestResolver({ use: { proxy: proxy.url, registries } }));
    await test.resolved("plain.example/team/app:1");
    assert.ok(proxy.requests.includes("HEAD http://plain.example/v2/team/app/manifests/1"));
    assert.equal(server.requests[0]?.headers.host, "plain.example");
  });

  it("the environment's proxies and exceptions count where no setting does", async () => {
    const proxy = use(await startConnectProxy({ map: map() }));
    const variables = { HTTPS_PROXY: proxy.url, NO_PROXY: "other.example,10.0.0.0/8" };
    const test = use(createTestResolver({ variables, use: { caFile: authority.file } }));
    await test.resolved(image);
    const failure = await test.failed("other.example/team/app:1");
    assert.match(failure.error.message, /not found/);
    assert.equal(proxy.requests.length, 1);
  });

  it("loopback never goes through a proxy, and metadata addresses not even there", async () => {
    const proxy = use(await startConnectProxy());
    const test = use(createTestResolver({ use: { proxy: proxy.url } }));
    await test.resolved(`${open.host}/team/app:index`);
    const failure = await test.failed("169.254.169.254/team/app:1");
    assert.equal(failure.error.kind, "blocked");
    assert.deepEqual(proxy.requests, []);
  });
});

describe("limits and caches before registries", function () {
  const { use, run } = createCleanUp();
  let open: StartedRegistry;
  let digests: ReadonlyMap<string, string>;
  before(async () => {
    open = await startDockerRegistry();
    digests = await pushFixtures(open.host);
  });
  after(() => open.stop());
  afterEach(run);

  const headers: readonly (readonly [string, () => string | undefined, number])[] = [
    ["seconds", () => "120", 120_000],
    ["a date", () => new Date(Date.now() + 300_000).toUTCString(), 300_000],
    ["nothing", () => undefined, 60_000],
    // A view that is refreshed by the refusal would ask again at once.
    ["0 seconds", () => "0", 1000],
    ["a date that is past", () => new Date(Date.now() - 60_000).toUTCString(), 1000],
    ["a million seconds", () => "1000000", 3_600_000],
  ];
  for (const [what, valueNow, wait] of headers) {
    it(`429 with ${what} to wait closes the host for that long, and nothing is sent`, async () => {
      const server = use(
        await startFaultServer((_, response) => {
          const value = valueNow();
          if (value !== undefined) response.setHeader("retry-after", value);
          response.writeHead(429).end();
        }),
      );
      const test = use(createTestResolver());
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.equal(failure.error.kind, "rate-limited");
      const isDate = what.startsWith("a date") && wait > 1000;
      // A date is of whole seconds, and it takes a moment to arrive.
      const most = isDate ? 30_000 : 500;
      const least = failure.retryAt - failure.at;
      assert.ok(Math.abs(least - wait) < most, String(least));
      assert.match(failure.error.knative ?? "", /429 Too Many Requests/);
      // A second may be over by now.
      if (wait === 1000) return;
      await test.failed(`${server.host}/team/other:1`);
      await test.failed(`${server.host}/team/app:1`, { fresh: true });
      assert.equal(server.requests.length, 1);
    });
  }

  it("the last good answer is shown while a host limits", async () => {
    let limited = false;
    const server = use(
      await startFaultServer((_, response) => {
        if (limited) response.writeHead(429, { "retry-after": "100" }).end();
        else answerHead(response);
      }),
    );
    const test = use(createTestResolver());
    const before = await test.resolved(`${server.host}/team/app:1`);
    limited = true;
    const failure = await test.failed(`${server.host}/team/app:1`, { fresh: true });
    assert.equal(failure.last?.digest, before.digest);
    assert.equal(failure.last.stale, true);
  });

  it("nginx that limits requests is not hammered", async () => {
    const nginx = use(
      await startNginx(
        open.host,
        ["limit_req zone=one burst=1 nodelay;", "limit_req_status 429;"],
        {
          shared: ["limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;"],
        },
      ),
    );
    const test = use(createTestResolver());
    const images = Array.from({ length: 20 }, (_, index) => `${nginx.host}/team/app:t${index}`);
    const answers = await Promise.all(images.map((image) => test.failed(image)));
    assert.ok(answers.some(({ error }) => error.kind === "rate-limited"));
    const sent = (): number => test.log.filter((line) => / HEAD http:.* \d{3} /.test(line)).length;
    const first = sent();
    // Those that were on their way when the limit was met.
    assert.ok(first <= 12, String(first));
    await Promise.all(images.map((image) => test.failed(image, { fresh: true })));
    assert.equal(sent(), first);
  });

  it("nginx that takes the digest header away", async () => {
    const nginx = use(await startNginx(open.host, ["proxy_hide_header Docker-Content-Digest;"]));
    const test = use(createTestResolver());
    const failure = await test.failed(`${nginx.host}/team/app:index`);
    assert.equal(failure.error.kind, "no-digest-header");
    assert.equal(failure.error.digest, digests.get("team/app:index"));
  });

  it("a server that offers HTTP/2 is asked over HTTP/1.1", async () => {
    const authority = use(await createAuthority());
    const tls = authority.issue(["127.0.0.1"]);
    const nginx = use(await startNginx(open.host, [], { tls, http2: true }));
    const test = use(createTestResolver({ use: { caFile: authority.file } }));
    const answer = await test.resolved(`${nginx.host}/team/app:index`);
    assert.equal(answer.digest, digests.get("team/app:index"));
  });

  it("a pull-through cache: a hit, a miss, and what it says when its source is gone", async () => {
    const source = await startDockerRegistry({ storage: open.storage });
    const cache = use(await startDockerRegistry({ proxyOf: source.url }));
    const test = use(createTestResolver());
    const image = `${cache.host}/team/app:index`;
    assert.equal((await test.resolved(image)).digest, digests.get("team/app:index"));
    const missing = await test.failed(`${cache.host}/team/app:missing`);
    assert.equal(missing.error.kind, "tag-not-found");
    await source.stop();
    const gone = await test.ask(image, { fresh: true });
    const fine =
      gone.status === "resolved"
        ? gone.digest === digests.get("team/app:index")
        : gone.status === "failed";
    assert.ok(fine, JSON.stringify(gone));
  });

  it("a mirror is asked instead, with what Knative does in the notices", async () => {
    const registries = { "registry.example": { mirror: `http://${open.host}` } };
    const test = use(createTestResolver({ use: { registries } }));
    const answer = await test.resolved("registry.example/team/app:index");
    assert.equal(answer.digest, digests.get("team/app:index"));
    assert.equal(answer.host, open.host);
    assert.ok(answer.notices.some((notice) => notice.includes("mirror")));
  });

  it("a mirror's path stands before the repository, and the registry's credential stays at home", async () => {
    const server = use(await startFaultServer(() => undefined));
    server.handle = ({ authorization }, response) => {
      if (authorization !== undefined) answerHead(response);
      else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
    };
    const registries = { "docker.io": { mirror: `http://${server.host}/hub` } };
    const logins = { "https://index.docker.io/v1/": { username: "me", password: "canary-hub" } };
    const test = use(createTestResolver({ use: { registries }, logins }));
    const { error } = await test.failed("nginx:1");
    assert.match(error.message, new RegExp(`run docker login ${server.host}\\.`));
    assert.equal(error.deniedBy, server.host);
    assert.equal(server.requests[0]?.path, "/v2/hub/library/nginx/manifests/1");
    assert.ok(server.requests.every(({ authorization }) => authorization === undefined));
  });

  it("a few pulls that are left are reported", async () => {
    const server = use(
      await startFaultServer((_, response) => {
        response.setHeader("ratelimit-limit", "100;w=21600");
        response.setHeader("ratelimit-remaining", "3;w=21600");
        answerHead(response);
      }),
    );
    const test = use(createTestResolver());
    const answer = await test.resolved(`${server.host}/team/app:1`);
    assert.ok(answer.notices.some((notice) => /3 of 100 pulls left/.test(notice)));
    assert.equal(test.resolver.peek(keyOf(`${server.host}/team/app:1`)).status, "resolved");
  });
});
