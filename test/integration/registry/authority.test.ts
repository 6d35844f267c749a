// What this machine may be known by, client certificates and plain http: only for hosts, and ports, that the user wrote.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Settings } from "../../../server/src/settings.ts";
import { createAuthority, type Authority } from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver, type TestResolver } from "../../support/registry/testResolver.ts";

describe("a client certificate of this machine", function () {
  this.timeout(180_000);
  const { use, run } = createCleanUp();
  let authority: Authority;
  before(async () => {
    authority = await createAuthority();
  });
  after(() => authority.remove());
  afterEach(run);

  /** A host that is spoken to by those alone who present a certificate. */
  async function startGuarded(): Promise<FaultServer> {
    const tls = { ...authority.issue(["127.0.0.1"]), ca: authority.certificate, requestCert: true };
    const server = use(await startFaultServer(() => undefined, { tls }));
    server.handle = ({ path: asked }, response) => {
      if (asked === "/token") response.end('{"token":"t"}');
      else answerHead(response);
    };
    return server;
  }

  async function testWith(
    guarded: FaultServer,
    settings: Partial<Settings>,
  ): Promise<TestResolver> {
    const home = use(await temporaryFolder()).path;
    const place = path.join(home, ".docker/certs.d", guarded.host);
    const client = authority.issue(["client.example"]);
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, "client.cert"), client.certificate);
    await writeFile(path.join(place, "client.key"), client.key);
    return use(createTestResolver({ home, use: { caFile: authority.file, ...settings } }));
  }

  async function startRegistry(realm: () => string): Promise<FaultServer> {
    return use(
      await startFaultServer(({ authorization }, response) => {
        if (authorization !== undefined) answerHead(response);
        else response.writeHead(401, { "www-authenticate": `Bearer realm="${realm()}"` }).end();
      }),
    );
  }

  it("is not presented to a token service because a challenge of another host names it", async () => {
    const guarded = await startGuarded();
    const registry = await startRegistry(() => `${guarded.url}/token`);
    const test = await testWith(guarded, {});
    await test.failed(`${registry.host}/team/app:1`);
    assert.equal(guarded.requests.length, 0);
    assert.ok(registry.requests.every(({ authorization }) => authorization === undefined));
  });

  it("is presented to a token service that the user trusts with this registry", async () => {
    const guarded = await startGuarded();
    const registry = await startRegistry(() => `${guarded.url}/token`);
    const trustedAuthHosts = { [registry.host]: [guarded.host] };
    const test = await testWith(guarded, { trustedAuthHosts });
    await test.resolved(`${registry.host}/team/app:1`);
    assert.deepEqual(
      guarded.requests.map(({ path: asked }) => asked),
      ["/token"],
    );
  });

  it("is not presented to another host because a redirect names it, also where it is presented to it as a registry", async () => {
    const guarded = await startGuarded();
    const registry = use(
      await startFaultServer((_, response) =>
        response.writeHead(307, { location: `${guarded.url}/v2/x/manifests/1` }).end(),
      ),
    );
    const test = await testWith(guarded, {});
    await test.resolved(`${guarded.host}/team/app:1`);
    assert.equal(guarded.requests.length, 1);
    await test.failed(`${registry.host}/team/app:1`);
    assert.equal(guarded.requests.length, 1);
  });

  it("buys no token for a host that redirects to the host that issues them", async () => {
    // It speaks to everybody, and gives more to those it knows.
    const tls = { ...authority.issue(["127.0.0.1"]), ca: authority.certificate };
    const options = { tls: { ...tls, requestCert: true, rejectUnauthorized: false } };
    const guarded = use(await startFaultServer(() => undefined, options));
    guarded.handle = ({ path: asked, authorization, identified }, response) => {
      if (asked === "/token") response.end(`{"token":"${identified ? "inner" : "outer"}"}`);
      else if (authorization !== undefined) answerHead(response);
      else {
        const challenge = `Bearer realm="${guarded.url}/token",scope="repository:team/app:pull"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      }
    };
    const location = `${guarded.url}/v2/team/app/manifests/1`;
    const registry = use(
      await startFaultServer((_, response) => response.writeHead(307, { location }).end()),
    );
    const test = await testWith(guarded, {});
    await test.resolved(`${guarded.host}/team/app:1`);
    assert.equal(guarded.requests.at(-1)?.authorization, "Bearer inner");
    await test.resolved(`${registry.host}/team/app:1`);
    assert.equal(guarded.requests.at(-1)?.authorization, "Bearer outer");
    assert.equal(guarded.requests.at(-1)?.identified, false);
  });
});

describe("a fallback to plain http", function () {
  this.timeout(180_000);
  const { use, run } = createCleanUp();
  afterEach(run);

  /** What is connected to, without a server at the ports that need rights. */
  async function portsOf(image: string, settings: Partial<Settings> = {}): Promise<string[]> {
    const urls: string[] = [];
    const test = use(
      createTestResolver({ use: settings, names: { "registry.example": "127.0.0.9" } }),
    );
    await test.failed(image);
    for (const line of test.log) {
      const [, url] = /HEAD (https?:\/\/[^/]+)\//.exec(line) ?? [];
      if (url !== undefined) urls.push(url);
    }
    return urls;
  }

  const insecure = (host: string): Partial<Settings> => ({
    registries: { [host]: { insecure: true } },
  });
  const cases: readonly (readonly [string, Partial<Settings>, readonly string[]])[] = [
    ["127.0.0.9:443", {}, ["https://127.0.0.9", "http://127.0.0.9:443"]],
    ["[::1]:443", {}, ["https://[::1]", "http://[::1]:443"]],
    [
      "registry.example:443",
      insecure("registry.example:443"),
      ["https://registry.example", "http://registry.example:443"],
    ],
    [
      "registry.example:443",
      insecure("registry.example"),
      ["https://registry.example", "http://registry.example:443"],
    ],
    [
      "registry.example",
      insecure("registry.example:443"),
      ["https://registry.example", "http://registry.example:443"],
    ],
    [
      "registry.example:5999",
      insecure("registry.example:5999"),
      ["https://registry.example:5999", "http://registry.example:5999"],
    ],
    // Another port was named insecure, so this one is not.
    ["registry.example", insecure("registry.example:80"), ["https://registry.example"]],
    ["registry.example:80", insecure("registry.example"), ["https://registry.example:80"]],
    // No port is written anywhere: that of each scheme, as docker has it.
    [
      "registry.example",
      insecure("registry.example"),
      ["https://registry.example", "http://registry.example"],
    ],
  ];
  for (const [host, settings, expected] of cases) {
    const named = Object.keys(settings.registries ?? {}).join();
    it(`stays at the port of ${host}${named === "" ? "" : ` where ${named} is insecure`}`, async () => {
      assert.deepEqual(await portsOf(`${host}/team/app:1`, settings), expected);
    });
  }

  it("to another port of an insecure host takes no credential along, trusted or not", async () => {
    const auth = use(
      await startFaultServer((_, response) => response.end('{"token":"t"}'), {
        address: "127.0.0.2",
      }),
    );
    const realm = `http://registry.example:${auth.port}/token`;
    const registry = use(
      await startFaultServer(
        ({ authorization }, response) => {
          if (authorization === "Bearer t") answerHead(response);
          else response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
        },
        { address: "127.0.0.2" },
      ),
    );
    const host = `registry.example:${registry.port}`;
    const trustedAuthHosts = { [host]: [`registry.example:${auth.port}`] };
    const options = {
      names: { "registry.example": "127.0.0.2" },
      classes: { "127.0.0.2": "private" },
      logins: { [host]: { username: "user", password: "canary-S3cret" } },
    } as const;
    const test = use(
      createTestResolver({ ...options, use: { ...insecure(host), trustedAuthHosts } }),
    );
    await test.resolved(`${host}/team/app:1`);
    assert.equal(auth.requests.at(-1)?.authorization, undefined);
    // Named insecure itself, it may have it.
    const registries = {
      [host]: { insecure: true },
      [`registry.example:${auth.port}`]: { insecure: true },
    };
    const other = use(createTestResolver({ ...options, use: { registries, trustedAuthHosts } }));
    await other.resolved(`${host}/team/app:1`);
    assert.match(auth.requests.at(-1)?.authorization ?? "", /^Basic /);
  });
});
