// What Knative's controller meets that this machine does not: found beside the digest, and said.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Settings } from "../../../server/src/settings.ts";
import {
  createAuthority,
  type Authority,
  type OddCertificate,
} from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { goSays } from "../../support/registry/goSays.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
  type RecordedRequest,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver, eventually } from "../../support/registry/testResolver.ts";

type Answer = (request: RecordedRequest, response: ServerResponse) => void;

const unreachableTls = "http: server gave HTTP response to HTTPS client";

describe("what Knative's controller meets", () => {
  const { use, run } = createCleanUp();
  afterEach(run);

  /** A registry whose answer to `/v2/` the test writes. */
  async function startPinged(ping: Answer): Promise<FaultServer> {
    return use(
      await startFaultServer(
        (request, response) => {
          if (request.path === "/v2/") ping(request, response);
          else answerHead(response);
        },
        { handlesPing: "noted" },
      ),
    );
  }

  const pingsOf = ({ requests }: FaultServer): number =>
    requests.filter(({ path }) => path === "/v2/").length;
  const status =
    (code: number, body = "", headers: Readonly<Record<string, string>> = {}): Answer =>
    (_, response) =>
      void response.writeHead(code, headers).end(body);

  const pings: readonly (readonly [what: string, answer: Answer, knative: string | undefined])[] = [
    ["200", status(200), undefined],
    ["401 without a challenge", status(401), undefined],
    ["401 Basic", status(401, "", { "www-authenticate": 'Basic realm="x"' }), undefined],
    ["404", status(404), "GET http://HOST/v2/: unexpected status code 404 Not Found"],
    [
      "404 with text",
      status(404, "no"),
      "GET http://HOST/v2/: unexpected status code 404 Not Found: no",
    ],
    ["403", status(403), "GET http://HOST/v2/: unexpected status code 403 Forbidden"],
    [
      "403 with a code",
      status(403, '{"errors":[{"code":"DENIED","message":"no"}]}'),
      "GET http://HOST/v2/: DENIED: no",
    ],
    ["204", status(204), "GET http://HOST/v2/: unexpected status code 204 No Content"],
    [
      "503 again and again",
      status(503),
      "GET http://HOST/v2/: unexpected status code 503 Service Unavailable",
    ],
    ["a closed connection", (_, response) => void response.destroy(), 'Get "http://HOST/v2/": EOF'],
    ["429, which says nothing of the next one", status(429), undefined],
    [
      "a redirect to 200",
      ({ url }, response) =>
        url === "/v2/"
          ? void response.writeHead(301, { location: "/v2/?x" }).end()
          : void response.end(),
      undefined,
    ],
    [
      "a realm that is relative",
      status(401, "", { "www-authenticate": 'Bearer realm="/token?a=b",service="s"' }),
      'Get "/token?scope=repository%3Ateam%2Fapp%3Apull": unsupported protocol scheme ""',
    ],
    [
      "no realm",
      status(401, "", { "www-authenticate": 'Bearer service="s"' }),
      "malformed www-authenticate, missing realm",
    ],
  ];
  for (const [what, answer, knative] of pings) {
    it(`/v2/ answers ${what}`, async () => {
      const server = await startPinged(answer);
      const test = use(createTestResolver());
      const { controller } = await test.resolved(`${server.host}/team/app:1`);
      const words = knative?.replace("HOST", server.host);
      // Of a name that it may ask over http, Knative prints what https met first.
      const first = `Get "https://${server.host}/v2/": ${unreachableTls}; `;
      assert.equal(
        controller?.knative,
        words !== undefined && /^G(ET|et) "?http:/.test(words) ? `${first}${words}` : words,
      );
    });
  }

  it("/v2/ is asked for once, however many images there are, and not about a digest", async () => {
    const server = await startPinged(status(200));
    const test = use(createTestResolver());
    await test.resolved(`${server.host}/team/app@sha256:${"a".repeat(64)}`);
    assert.equal(pingsOf(server), 0);
    const images = Array.from({ length: 20 }, (_, index) => `${server.host}/team/app:${index}`);
    await Promise.all(images.map((image) => test.resolved(image)));
    await test.resolved(images[0] ?? "", { fresh: true });
    assert.equal(pingsOf(server), 1);
  });

  it("a good answer is remembered across sessions; a bad one is shown and asked for once more", async () => {
    let code = 404;
    const server = await startPinged((request, response) => status(code)(request, response));
    const folder = use(await temporaryFolder());
    let sessions = 0;
    const session = async (): Promise<boolean> => {
      sessions += 1;
      const test = createTestResolver({ cacheFolder: folder.path });
      const { controller } = await test.resolved(`${server.host}/team/app:${sessions}`);
      await test.close();
      return controller !== undefined;
    };
    assert.deepEqual([await session(), pingsOf(server)], [true, 1]);
    code = 200;
    assert.deepEqual([await session(), pingsOf(server)], [false, 2]);
    assert.deepEqual([await session(), pingsOf(server)], [false, 2]);
  });

  it("a digest is not delayed by a /v2/ that never answers", async () => {
    const server = await startPinged(() => undefined);
    const test = use(createTestResolver());
    const { signal } = new AbortController();
    const key = { registry: server.host, repository: "team/app", reference: "1" };
    const answer = await test.resolver.resolve(key, { signal, priority: "hover" });
    assert.equal(answer.status, "resolved");
    await eventually(() => pingsOf(server) === 1);
  });

  it("a token that is demanded although /v2/ asks for none", async () => {
    let challenge = "";
    const server = use(
      await startFaultServer(
        ({ path, authorization }, response) => {
          if (path === "/token") response.end('{"token":"t"}');
          else if (path === "/v2/" && challenge === "") response.end();
          else if (authorization === "Bearer t" || path.includes("/open/")) answerHead(response);
          else response.writeHead(401, { "www-authenticate": bearer() }).end();
        },
        { handlesPing: "noted" },
      ),
    );
    const bearer = (): string => `Bearer realm="${server.url}/token",service="s"`;
    const test = use(createTestResolver());
    const image = `${server.host}/team/app:1`;
    assert.match(
      (await test.resolved(image)).controller?.knative ?? "",
      /^HEAD http:.*\/v2\/team\/app\/manifests\/1: unexpected status code 401 Unauthorized/,
    );
    // Nothing is claimed of a repository that is served without one.
    assert.equal((await test.resolved(`${server.host}/open/app:1`)).controller, undefined);
    challenge = "the same";
    const other = use(createTestResolver());
    assert.equal((await other.resolved(image)).controller, undefined);
  });

  it("plain http under a name that Knative asks over https only", async () => {
    const server = await startPinged(status(200));
    const host = `registry.example:${server.port}`;
    const test = use(
      createTestResolver({
        names: { "registry.example": "127.0.0.1" },
        use: { registries: { [host]: { insecure: true } } },
      }),
    );
    const { controller } = await test.resolved(`${host}/team/app:1`);
    assert.equal(controller?.knative, `Get "https://${host}/v2/": ${unreachableTls}`);
  });

  it("a mirror says nothing about the registry that Knative asks", async () => {
    const server = await startPinged(status(404));
    const registries = { "ghcr.io": { mirror: `http://${server.host}` } } as Settings["registries"];
    const test = use(createTestResolver({ use: { registries } }));
    assert.equal((await test.resolved("ghcr.io/team/app:1")).controller, undefined);
    assert.equal(pingsOf(server), 0);
  });

  describe("certificates that Node takes and Go refuses", function () {
    let authority: Authority;
    before(async () => {
      authority = await createAuthority();
    });
    after(() => authority.remove());

    const verify = "tls: failed to verify certificate: x509: ";
    const unnamed = `${verify}certificate is not valid for any names, but wanted to match localhost`;
    const named = "subjectAltName=DNS:localhost";
    const keyOf = (algorithm: string): readonly string[] => ["genpkey", "-algorithm", algorithm];
    const handshake = "remote error: tls: handshake failure";
    const rows: readonly (readonly [
      what: string,
      odd: OddCertificate,
      refusal: string | undefined,
      /** Whether skopeo's Go (1.19) is old enough to take it. */
      isNew?: true,
    ])[] = [
      ["a good one", { commonName: "x", extensions: named }, undefined],
      [
        "a common name alone",
        { commonName: "localhost", extensions: "" },
        `${verify}certificate relies on legacy Common Name field, use SANs instead`,
      ],
      [
        "addresses alone",
        { commonName: "localhost", extensions: "subjectAltName=IP:127.0.0.1" },
        unnamed,
      ],
      [
        "mail alone",
        { commonName: "localhost", extensions: "subjectAltName=email:a@b.c" },
        unnamed,
      ],
      [
        "a dot at the end",
        { commonName: "x", extensions: `${named}.` },
        `${verify}certificate is valid for localhost., not localhost`,
      ],
      ["an Ed448 key", { commonName: "x", extensions: named, key: keyOf("ed448") }, handshake],
      ["an RSA-PSS key", { commonName: "x", extensions: named, key: keyOf("rsa-pss") }, handshake],
      [
        "a negative serial number",
        { commonName: "x", extensions: named, serial: "-5" },
        "tls: failed to parse certificate from server: x509: negative serial number",
        true,
      ],
    ];

    async function check(
      by: Authority,
      odd: OddCertificate,
      refusal: string | undefined,
      isNew = false,
    ): Promise<void> {
      const server = use(
        await startFaultServer((_, response) => answerHead(response), { tls: by.issueOdd(odd) }),
      );
      const test = use(createTestResolver({ use: { caFile: by.file } }));
      const host = `localhost:${server.port}`;
      const { controller } = await test.resolved(`${host}/team/app:1`);
      assert.equal(controller?.knative, refusal && `Get "https://${host}/v2/": ${refusal}`);
      const said = await goSays(server.port, by.file);
      // Go said less about verifying before 1.20.
      if (refusal !== undefined && !isNew) {
        assert.ok(said.includes(refusal.replace("tls: failed to verify certificate: ", "")), said);
      } else assert.doesNotMatch(said, /x509|tls:/);
    }

    for (const [what, odd, refusal, isNew] of rows) {
      it(`${what}: Go itself says the same`, () => check(authority, odd, refusal, isNew));
    }

    it("an authority that does not say it is one: Go itself says the same", async () => {
      const other = await createAuthority("Odd CA", "keyUsage=keyCertSign");
      use({ stop: other.remove });
      await check(
        other,
        { commonName: "x", extensions: named },
        `${verify}certificate signed by unknown authority (possibly because of "x509: invalid signature: parent certificate cannot sign this kind of certificate" while trying to verify candidate authority certificate "Odd CA")`,
      );
    });

    it("TLS below the minimum of the Knative release", async () => {
      const tls = { ...authority.issue(["127.0.0.1"]), maxVersion: "TLSv1.2" } as const;
      const server = use(await startFaultServer((_, response) => answerHead(response), { tls }));
      const image = `${server.host}/team/app:1`;
      for (const [knativeVersion, fails] of [
        ["1.23", true],
        ["1.21.2", true],
        ["1.21.1", false],
        ["1.10.0", true],
      ] as const) {
        const test = use(createTestResolver({ use: { caFile: authority.file, knativeVersion } }));
        const { controller } = await test.resolved(image);
        const words = `Get "https://${server.host}/v2/": remote error: tls: protocol version not supported`;
        assert.equal(controller?.knative, fails ? words : undefined, knativeVersion);
      }
    });
  });
});
