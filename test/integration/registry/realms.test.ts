// Where credentials may go: realms and redirects that try to lead them elsewhere.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Settings } from "../../../server/src/settings.ts";
import { createAuthority, type Authority } from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { startConnectProxy } from "../../support/registry/connectProxy.ts";
import {
  answerHead,
  startFaultServer,
  type FaultHandler,
  startRawServer,
  testDigest,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver, type TestResolver } from "../../support/registry/testResolver.ts";

const login = { username: "user", password: "canary-S3cret" };
const basic = `Basic ${Buffer.from("user:canary-S3cret").toString("base64")}`;

describe("realms", function () {
  const { use, run } = createCleanUp();
  let authority: Authority;
  before(async () => {
    authority = await createAuthority();
  });
  after(() => authority.remove());
  afterEach(run);

  /** A registry whose challenge names the realm; it takes any token. */
  async function startRegistry(
    realm: (own: string) => string,
    options: Parameters<typeof startFaultServer>[1] = {},
  ): Promise<FaultServer> {
    const server = use(await startFaultServer(() => undefined, options));
    server.handle = ({ authorization, path }, response) => {
      if (path === "/token") response.end('{"token":"own"}');
      else if (authorization?.startsWith("Bearer ") === true) answerHead(response);
      else {
        const value = `Bearer realm="${realm(server.url)}",service="svc"`;
        response.writeHead(401, { "www-authenticate": value }).end();
      }
    };
    return server;
  }

  const startAuthHost = async (
    options: Parameters<typeof startFaultServer>[1] = {},
  ): Promise<FaultServer> =>
    use(await startFaultServer((_, response) => response.end('{"token":"elsewhere"}'), options));

  it("another host gets no credential, and the message names it", async () => {
    const auth = await startAuthHost();
    const registry = await startRegistry(() => `${auth.url}/token`);
    const test = use(createTestResolver({ logins: { [registry.host]: login } }));
    const answer = await test.resolved(`${registry.host}/team/app:1`);
    assert.equal(auth.requests.length, 1);
    assert.equal(auth.requests[0]?.authorization, undefined);
    assert.ok(answer.notices.some((notice) => notice.includes(`${auth.host}, the token service`)));
  });

  it("another host that the user trusts for this registry gets it", async () => {
    const auth = await startAuthHost();
    const registry = await startRegistry(() => `${auth.url}/token`);
    const trustedAuthHosts = { [registry.host]: [auth.host] };
    const test = use(
      createTestResolver({ logins: { [registry.host]: login }, use: { trustedAuthHosts } }),
    );
    await test.resolved(`${registry.host}/team/app:1`);
    assert.equal(auth.requests[0]?.authorization, basic);
    const other = await startRegistry(() => `${auth.url}/token`);
    const second = use(
      createTestResolver({ logins: { [other.host]: login }, use: { trustedAuthHosts } }),
    );
    await second.resolved(`${other.host}/team/app:1`);
    assert.equal(auth.requests[1]?.authorization, undefined);
  });

  it("Docker Hub's own sign-in host gets the credential", async () => {
    const tls = authority.issue(["index.docker.io", "auth.docker.io"]);
    const auth = await startAuthHost({ tls });
    const hub = await startRegistry(() => "https://auth.docker.io/token", { tls });
    const map = { "index.docker.io:443": hub.host, "auth.docker.io:443": auth.host };
    const proxy = use(await startConnectProxy({ map }));
    const test = use(
      createTestResolver({
        logins: { "https://index.docker.io/v1/": login },
        use: { proxy: proxy.url, caFile: authority.file },
      }),
    );
    await test.resolved("nginx:1");
    assert.equal(auth.requests[0]?.authorization, basic);
    assert.match(auth.requests[0].url, /scope=repository%3Alibrary%2Fnginx%3Apull/);
    assert.deepEqual(
      hub.requests.map(({ path }) => path),
      ["/v2/library/nginx/manifests/1", "/v2/library/nginx/manifests/1"],
    );
  });

  it("a realm over http of an https registry is refused", async () => {
    const auth = await startAuthHost();
    const tls = authority.issue(["127.0.0.1"]);
    const registry = await startRegistry(() => `${auth.url}/token`, { tls });
    await refuses(registry, auth);
  });

  const badRealms = [
    "http://169.254.169.254/latest/meta-data",
    "https://169.254.169.254/token",
    "https://2852039166/token",
    "https://[::ffff:169.254.169.254]/token",
    "https://metadata.google.internal/token",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://",
  ];
  for (const realm of badRealms) {
    it(`the realm ${realm} is refused`, async () => {
      const registry = await startRegistry(() => realm);
      await refuses(registry);
    });
  }

  it("a realm with a user in it is refused", async () => {
    const registry = await startRegistry((own) => `${own.replace("//", "//user@")}/token`);
    await refuses(registry);
  });

  it("a realm at the port of another protocol is refused", async () => {
    const registry = await startRegistry(() => "http://127.0.0.1:6667/token");
    await refuses(registry);
  });

  it("who is trusted with a registry's credential is not trusted with its mirror's", async () => {
    const auth = await startAuthHost();
    const mirror = await startRegistry(() => `${auth.url}/token`);
    const test = use(
      createTestResolver({
        logins: { [mirror.host]: login },
        use: {
          registries: { "registry.example": { mirror: mirror.url } },
          trustedAuthHosts: { "registry.example": [auth.host] },
        },
      }),
    );
    await test.resolved("registry.example/team/app:1");
    assert.deepEqual(
      auth.requests.map(({ authorization }) => authorization),
      [undefined],
    );
  });

  it("a relative realm is the registry's own", async () => {
    const registry = await startRegistry(() => "/token");
    const test = use(createTestResolver({ logins: { [registry.host]: login } }));
    await test.resolved(`${registry.host}/team/app:1`);
    assert.equal(registry.requests.find(({ path }) => path === "/token")?.authorization, basic);
  });

  async function refuses(registry: FaultServer, auth?: FaultServer): Promise<void> {
    const test = use(
      createTestResolver({ logins: { [registry.host]: login }, use: { caFile: authority.file } }),
    );
    const failure = await test.failed(`${registry.host}/team/app:1`);
    assert.equal(failure.error.kind, "invalid-response");
    assert.match(failure.error.message, /was not contacted|address of a registry/);
    assert.equal(auth?.connections() ?? 0, 0);
    assert.equal(registry.requests.length, 1);
  }

  for (const inner of ["loopback", "private"] as const) {
    it(`the realm of a public registry whose name leads to a ${inner} address is refused at the connection`, async () => {
      const tls = authority.issue(["registry.example", "auth.example"]);
      const auth = await startAuthHost({ tls, address: "127.0.0.3" });
      const registry = await startRegistry(() => `https://auth.example:${auth.port}/token`, {
        tls,
        address: "127.0.0.2",
      });
      const options = {
        names: { "registry.example": "127.0.0.2", "auth.example": "127.0.0.3" },
        classes: { "127.0.0.2": "public", "127.0.0.3": inner },
        cacheFolder: use(await temporaryFolder()).path,
        use: {
          caFile: authority.file,
          trustedAuthHosts: {
            [`registry.example:${registry.port}`]: [`auth.example:${auth.port}`],
          },
        },
      } as const;
      // The second session knows the realm before it knows where the registry lies.
      for (let session = 0; session < 2; session += 1) {
        const test = use(createTestResolver(options));
        const failure = await test.failed(`registry.example:${registry.port}/team/app:1`);
        assert.equal(failure.error.kind, "blocked");
        assert.equal(auth.connections(), 0);
        await test.close();
      }
    });
  }

  it("the realm of a public registry is not looked for at other ports of public hosts", async () => {
    const tls = authority.issue(["registry.example", "auth.example"]);
    const auth = await startAuthHost({ tls, address: "127.0.0.3" });
    const realm = `https://auth.example:${auth.port}/token`;
    const registry = await startRegistry(() => realm, { tls, address: "127.0.0.2" });
    const test = use(
      createTestResolver({
        names: { "registry.example": "127.0.0.2", "auth.example": "127.0.0.3" },
        classes: { "127.0.0.2": "public", "127.0.0.3": "public" },
        use: { caFile: authority.file },
      }),
    );
    const failure = await test.failed(`registry.example:${registry.port}/team/app:1`);
    assert.match(failure.error.message, /was not contacted/);
    assert.equal(auth.connections(), 0);
  });

  it("a company's registry and sign-in host on private addresses simply work", async () => {
    const tls = authority.issue(["registry.example", "auth.example"]);
    const auth = await startAuthHost({ tls, address: "127.0.0.3" });
    const registry = await startRegistry(() => `https://auth.example:${auth.port}/token`, {
      tls,
      address: "127.0.0.2",
    });
    const test = use(
      createTestResolver({
        names: { "registry.example": "127.0.0.2", "auth.example": "127.0.0.3" },
        classes: { "127.0.0.2": "private", "127.0.0.3": "private" },
        use: { caFile: authority.file },
      }),
    );
    await test.resolved(`registry.example:${registry.port}/team/app:1`);
  });
});

describe("redirects", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  /** A registry that wants a password and redirects whoever has it. */
  async function startRedirecting(
    location: (own: FaultServer) => string | string[],
  ): Promise<FaultServer> {
    const server = use(await startFaultServer(() => undefined));
    server.handle = ({ authorization, path }, response) => {
      if (authorization === undefined && path.startsWith("/v2/team")) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
      } else if (path === "/good") answerHead(response);
      else {
        response.setHeader("location", location(server));
        response.writeHead(307).end();
      }
    };
    return server;
  }

  function testFor(server: FaultServer, settings: Partial<Settings> = {}): TestResolver {
    return use(createTestResolver({ logins: { [server.host]: login }, use: settings }));
  }

  it("another origin gets no credential, and the last answer's digest counts", async () => {
    const other = use(
      await startFaultServer((_, response) => answerHead(response, { digest: testDigest("b") })),
    );
    const server = await startRedirecting(() => `${other.url}/elsewhere`);
    const answer = await testFor(server).resolved(`${server.host}/team/app:1`);
    assert.equal(answer.digest, testDigest("b"));
    assert.equal(answer.host, other.host);
    assert.equal(other.requests[0]?.authorization, undefined);
    assert.match(other.requests[0]?.headers.accept ?? "", /index/);
  });

  it("the same origin keeps it", async () => {
    const server = await startRedirecting(() => "/good");
    await testFor(server).resolved(`${server.host}/team/app:1`);
    assert.equal(server.requests.find(({ path }) => path === "/good")?.authorization, basic);
  });

  it("another origin that wants a token gets an anonymous one of its own", async () => {
    const other = use(await startFaultServer(() => undefined));
    other.handle = ({ authorization, path }, response) => {
      if (path === "/token") response.end('{"token":"anonymous"}');
      else if (authorization === "Bearer anonymous") answerHead(response);
      else {
        const value = `Bearer realm="${other.url}/token",scope="repository:x/y:pull"`;
        response.writeHead(401, { "www-authenticate": value }).end();
      }
    };
    const server = await startRedirecting(() => `${other.url}/elsewhere`);
    await testFor(server).resolved(`${server.host}/team/app:1`);
    const token = other.requests.find(({ path }) => path === "/token");
    assert.equal(token?.authorization, undefined);
    assert.match(token?.url ?? "", /scope=repository%3Ax%2Fy%3Apull/);
  });

  it("the token of another origin comes from where it was reached, not from further inside", async () => {
    const authority = use(await createAuthority());
    const tls = authority.issue(["registry.example", "other.example"]);
    const inner = use(
      await startFaultServer((_, response) => response.end('{"token":"x"}'), {
        tls,
        address: "127.0.0.3",
      }),
    );
    const realm = `https://other.example:${inner.port}/token`;
    const challenge = { "www-authenticate": `Bearer realm="${realm}"`, connection: "close" };
    const options = { tls, address: "127.0.0.2", port: inner.port };
    const other = use(
      await startFaultServer((_, response) => response.writeHead(401, challenge).end(), options),
    );
    const location = `https://other.example:${other.port}/x`;
    const server = use(
      await startFaultServer((_, response) => response.writeHead(307, { location }).end(), {
        tls,
        address: "127.0.0.4",
      }),
    );
    let asked = 0;
    const test = use(
      createTestResolver({
        use: { caFile: authority.file },
        classes: { "127.0.0.2": "public", "127.0.0.4": "public" },
        // Who owns the name lets it lead to this machine the second time.
        lookUp: (name) => {
          const second = name === "other.example" && (asked += 1) > 1;
          const address = second ? inner : name === "other.example" ? other : server;
          return Promise.resolve([{ address: address.host.split(":")[0] ?? "", family: 4 }]);
        },
      }),
    );
    const failure = await test.failed(`registry.example:${server.port}/team/app:1`);
    assert.equal(failure.error.kind, "blocked");
    assert.equal(asked, 2);
    assert.equal(inner.connections(), 0);
  });

  it("a way back does not bring the credential back", async () => {
    const other = use(await startFaultServer(() => undefined));
    const server = await startRedirecting(() => `${other.url}/there`);
    other.handle = (_, response) => {
      response.writeHead(307, { location: `${server.url}/good` }).end();
    };
    await testFor(server).resolved(`${server.host}/team/app:1`);
    const back = server.requests.find(({ path }) => path === "/good");
    assert.ok(back !== undefined);
    assert.equal(back.authorization, undefined);
  });

  const bad: readonly (readonly [string, (own: FaultServer) => string | string[]])[] = [
    ["in a circle", () => "/v2/again"],
    ["with two targets", () => ["/good", "/better"]],
    ["to nonsense", () => "http://%zz"],
    ["to a file", () => "file:///etc/passwd"],
    ["with a user", (own) => `${own.url.replace("//", "//user@")}/good`],
    ["with a password", (own) => `${own.url.replace("//", "//:pass@")}/good`],
    ["to the port of another protocol", () => "http://127.0.0.1:25/"],
    ["to a metadata address", () => "http://169.254.169.254/latest"],
  ];
  for (const [what, location] of bad) {
    it(`a redirect ${what} is refused`, async () => {
      const server = await startRedirecting(location);
      const failure = await testFor(server).failed(`${server.host}/team/app:1`);
      assert.ok(["invalid-response", "blocked"].includes(failure.error.kind), failure.error.kind);
      assert.ok(server.requests.length <= 12);
    });
  }

  it("as many redirects are followed as by Go's client, and no more", async () => {
    for (const hops of [9, 10]) {
      const server = use(await startFaultServer(() => undefined));
      server.handle = ({ path }, response) => {
        const left = Number(/^\/x\/(\d+)$/.exec(path)?.[1] ?? hops);
        if (left === 0) answerHead(response);
        else response.writeHead(307, { location: `/x/${left - 1}` }).end();
      };
      const image = `${server.host}/team/app:1`;
      if (hops === 9) await testFor(server).resolved(image);
      else assert.equal((await testFor(server).failed(image)).error.kind, "invalid-response");
    }
  });

  /** A registry on a private address that leads to a public host, which leads or points on to a private one. */
  async function chain(
    second: (inner: string, response: ServerResponse) => void,
  ): Promise<{ connections: () => number; test: TestResolver; image: string }> {
    const authority = use(await createAuthority());
    const tls = authority.issue(["registry.example", "outer.example", "inner.example"]);
    const at = async (address: string, handle: FaultHandler): Promise<FaultServer> =>
      use(await startFaultServer(handle, { tls, address }));
    const inner = await at("127.0.0.4", (_, response) => response.end('{"token":"t"}'));
    const outer = await at("127.0.0.3", (_, response) =>
      second(`https://inner.example:${inner.port}/x`, response),
    );
    const location = `https://outer.example:${outer.port}/x`;
    const registry = await at("127.0.0.2", (_, response) =>
      response.writeHead(307, { location }).end(),
    );
    const names = {
      "registry.example": "127.0.0.2",
      "outer.example": "127.0.0.3",
      "inner.example": "127.0.0.4",
    };
    const classes = {
      "127.0.0.2": "private",
      "127.0.0.3": "public",
      "127.0.0.4": "private",
    } as const;
    const test = use(createTestResolver({ names, classes, use: { caFile: authority.file } }));
    const image = `registry.example:${registry.port}/team/app:1`;
    return { connections: inner.connections, test, image };
  }

  it("a chain reaches no further inside than the outermost host in it", async () => {
    const { connections, test, image } = await chain((inner, response) =>
      response.writeHead(307, { location: inner }).end(),
    );
    assert.equal((await test.failed(image)).error.kind, "blocked");
    assert.equal(connections(), 0);
  });

  it("the realm of a host that was redirected to lies no further inside than that host", async () => {
    const { connections, test, image } = await chain((inner, response) =>
      response.writeHead(401, { "www-authenticate": `Bearer realm="${inner}"` }).end(),
    );
    await test.failed(image);
    assert.equal(connections(), 0);
  });

  it("a redirect from https to http is refused", async () => {
    const authority = use(await createAuthority());
    const target = use(await startFaultServer((_, response) => answerHead(response)));
    const server = use(
      await startFaultServer(
        (_, response) => response.writeHead(307, { location: `${target.url}/x` }).end(),
        { tls: authority.issue(["127.0.0.1"]) },
      ),
    );
    const failure = await testFor(server, { caFile: authority.file }).failed(
      `${server.host}/a/b:1`,
    );
    assert.match(failure.error.message, /^Redirect from \S+ not followed/);
    assert.equal(target.connections(), 0);
  });

  it("a redirect to a metadata address is not followed through a proxy either", async () => {
    const authority = use(await createAuthority());
    const tls = authority.issue(["registry.example"]);
    const location = "https://metadata.google.internal/x";
    const server = use(
      await startFaultServer((_, response) => response.writeHead(307, { location }).end(), { tls }),
    );
    const proxy = use(await startConnectProxy({ map: { "registry.example:443": server.host } }));
    const test = use(createTestResolver({ use: { proxy: proxy.url, caFile: authority.file } }));
    const failure = await test.failed("registry.example/team/app:1");
    assert.equal(failure.error.kind, "blocked");
    assert.deepEqual(proxy.requests, ["CONNECT registry.example:443"]);
  });

  it("a redirect of a public registry to an inner address is refused at the connection", async () => {
    const inner = use(await startRawServer((socket) => socket.destroy(), "127.0.0.3"));
    const authority = use(await createAuthority());
    const server = use(
      await startFaultServer(
        (_, response) =>
          response.writeHead(307, { location: `https://inner.example:${inner.port}/x` }).end(),
        { tls: authority.issue(["registry.example"]), address: "127.0.0.2" },
      ),
    );
    const test = use(
      createTestResolver({
        names: { "registry.example": "127.0.0.2", "inner.example": "127.0.0.3" },
        classes: { "127.0.0.2": "public", "127.0.0.3": "private" },
        use: { caFile: authority.file },
      }),
    );
    const failure = await test.failed(`registry.example:${server.port}/team/app:1`);
    assert.equal(failure.error.kind, "blocked");
    assert.equal(inner.connections(), 0);
  });
});
