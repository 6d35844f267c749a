// Certificates: whom to trust, and what is said when the answer is nobody.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { TlsOptions } from "node:tls";
import { createAuthority, type Authority } from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  startDockerRegistry,
  type StartedRegistry,
} from "../../support/registry/dockerRegistry.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { pushFixtures } from "../../support/registry/fixtures.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver } from "../../support/registry/testResolver.ts";

describe("certificates", function () {
  const { use, run } = createCleanUp();
  let authority: Authority;
  let registry: StartedRegistry;
  let open: StartedRegistry;
  before(async () => {
    authority = await createAuthority("Acme Root CA");
    open = await startDockerRegistry();
    await pushFixtures(open.host);
    registry = await startDockerRegistry({
      storage: open.storage,
      tls: authority.issue(["127.0.0.1"]),
    });
  });
  after(async () => {
    await registry.stop();
    await open.stop();
    await authority.remove();
  });
  afterEach(run);

  it("an unknown CA is named, with how to give it to the editor and to Knative", async () => {
    const test = use(createTestResolver());
    const failure = await test.failed(`${registry.host}/team/app:index`);
    assert.equal(failure.error.kind, "certificate-untrusted");
    assert.match(failure.error.message, /Acme Root CA/);
    assert.match(failure.error.message, /caFile/);
    assert.match(failure.error.message, /SSL_CERT_DIR/);
    assert.match(failure.error.knative ?? "", /x509: certificate signed by unknown authority/);
  });

  it("the file of the setting, of the host, and of the environment are trusted in addition to the usual", async () => {
    const image = `${registry.host}/team/app:index`;
    const forAll = use(createTestResolver({ use: { caFile: authority.file } }));
    await forAll.resolved(image);
    const registries = { [registry.host]: { caFile: authority.file } };
    const forHost = use(createTestResolver({ use: { registries } }));
    await forHost.resolved(image);
    const other = use(await createAuthority("Other CA"));
    const variables = { NODE_EXTRA_CA_CERTS: authority.file };
    const byVariable = use(createTestResolver({ variables, use: { caFile: other.file } }));
    await byVariable.resolved(image);
    const system = use(createTestResolver({ variables: { SSL_CERT_FILE: authority.file } }));
    await system.resolved(image);
  });

  it("a CA that is given for one host is not trusted for another", async () => {
    const tls = authority.issue(["127.0.0.1"]);
    const other = use(await startFaultServer((_, response) => answerHead(response), { tls }));
    const registries = { [registry.host]: { caFile: authority.file } };
    const test = use(createTestResolver({ use: { registries } }));
    await test.resolved(`${registry.host}/team/app:index`);
    const failure = await test.failed(`${other.host}/team/app:index`);
    assert.equal(failure.error.kind, "certificate-untrusted");
  });

  for (const folder of [".docker/certs.d", ".config/containers/certs.d"]) {
    it(`~/${folder} is read`, async () => {
      const home = use(await temporaryFolder());
      const place = path.join(home.path, folder, registry.host);
      await mkdir(place, { recursive: true });
      await writeFile(path.join(place, "ca.crt"), authority.certificate);
      const test = use(createTestResolver({ home: home.path }));
      await test.resolved(`${registry.host}/team/app:index`);
    });
  }

  it("a host that the user calls insecure is not verified, and that is reported", async () => {
    const registries = { [registry.host]: { insecure: true } };
    const test = use(createTestResolver({ use: { registries } }));
    const answer = await test.resolved(`${registry.host}/team/app:index`);
    assert.ok(answer.notices.some((notice) => notice.includes("was not verified")));
  });

  it("NODE_TLS_REJECT_UNAUTHORIZED does not turn verification off", async () => {
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      const test = use(createTestResolver());
      const failure = await test.failed(`${registry.host}/team/app:index`);
      assert.equal(failure.error.kind, "certificate-untrusted");
    } finally {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    }
  });

  async function startTls(
    names: readonly string[],
    options: { expired?: boolean; tls?: TlsOptions } = {},
  ): Promise<FaultServer> {
    const pair = authority.issue(names, { expired: options.expired ?? false });
    const tls = { ...pair, ...options.tls } as typeof pair;
    return use(await startFaultServer((_, response) => answerHead(response), { tls }));
  }

  const cases: readonly (readonly [string, Parameters<typeof startTls>, string, RegExp])[] = [
    ["an expired one", [["127.0.0.1"], { expired: true }], "certificate-untrusted", /has expired/],
    ["one for another name", [["other.example"]], "certificate-untrusted", /for another name/],
    [
      "old TLS only",
      [
        ["127.0.0.1"],
        { tls: { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } },
      ],
      "registry-unreachable",
      /TLS handshake with/,
    ],
    [
      "a client certificate that is wanted",
      [["127.0.0.1"], { tls: { requestCert: true, rejectUnauthorized: true } }],
      "registry-unreachable",
      /closed the connection|TLS handshake with/,
    ],
  ];
  for (const [what, args, kind, message] of cases) {
    it(`${what} is reported`, async () => {
      const server = await startTls(...args);
      const test = use(createTestResolver({ use: { caFile: authority.file } }));
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.equal(failure.error.kind, kind);
      assert.match(failure.error.message, message);
      assert.equal(server.requests.length, 0);
    });
  }

  it("a client certificate in certs.d is shown to the host that wants one", async () => {
    const server = await startTls(["127.0.0.1"], {
      tls: { requestCert: true, rejectUnauthorized: true, ca: authority.certificate },
    });
    const home = use(await temporaryFolder());
    const place = path.join(home.path, ".docker/certs.d", server.host);
    const client = authority.issue(["client.example"]);
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, "ca.crt"), authority.certificate);
    await writeFile(path.join(place, "client.cert"), client.certificate);
    await writeFile(path.join(place, "client.key"), client.key);
    const test = use(createTestResolver({ home: home.path }));
    await test.resolved(`${server.host}/team/app:1`);
  });

  it("a client certificate that cannot be used with its key is passed over, and that is logged", async () => {
    const server = await startTls(["127.0.0.1"]);
    const home = use(await temporaryFolder());
    const place = path.join(home.path, ".docker/certs.d", server.host);
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, "ca.crt"), authority.certificate);
    await writeFile(path.join(place, "client.cert"), "none");
    await writeFile(path.join(place, "client.key"), "canary-key");
    const test = use(createTestResolver({ home: home.path }));
    await test.resolved(`${server.host}/team/app:1`);
    assert.match(test.log.join("\n"), /client\.cert cannot be used with its key/);
    assert.doesNotMatch(test.log.join("\n"), /canary-key/);
  });

  it("what a certificate says of its issuer becomes harmless words", async () => {
    const evil = use(await createAuthority("\u001b[31m[x](command:evil)"));
    const tls = evil.issue(["127.0.0.1"]);
    const server = use(await startFaultServer((_, response) => answerHead(response), { tls }));
    const test = use(createTestResolver());
    const { error } = await test.failed(`${server.host}/team/app:1`);
    assert.match(error.message, /CA x command evil\)/);
  });

  it("TLS 1.2 works here and fails in Knative since 1.21.2, which is reported", async () => {
    const server = await startTls(["127.0.0.1"], { tls: { maxVersion: "TLSv1.2" } });
    const test = use(createTestResolver({ use: { caFile: authority.file } }));
    const answer = await test.resolved(`${server.host}/team/app:1`);
    assert.match(answer.controller?.message ?? "", /TLS 1\.3/);
  });

  it("https to a port that speaks http is reported, where http is not allowed", async () => {
    const server = use(
      await startFaultServer((_, response) => answerHead(response), { address: "127.0.0.2" }),
    );
    const test = use(
      createTestResolver({
        names: { "registry.example": "127.0.0.2" },
        classes: { "127.0.0.2": "private" },
      }),
    );
    const failure = await test.failed(`registry.example:${server.port}/team/app:1`);
    assert.match(failure.error.message, /does not use TLS/);
    assert.match(failure.error.message, /only https/);
    assert.match(failure.error.knative ?? "", /server gave HTTP response to HTTPS client/);
    assert.equal(server.requests.length, 0);
  });

  it("http to a port that speaks TLS does not happen: https is tried first", async () => {
    const test = use(createTestResolver({ use: { caFile: authority.file } }));
    await test.resolved(`${registry.host}/team/app:index`);
    assert.equal(test.access.client.traits.get(registry.host).scheme, "https");
    const answer = await fetch(`http://${registry.host}/v2/`);
    assert.equal(answer.status, 400);
  });
});
