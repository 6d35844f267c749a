// Certificates that OpenSSL or Go refuses: what is taken, and what is said of the others. Go itself is asked each time.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import path from "node:path";
import { createSecureContext, type DetailedPeerCertificate } from "node:tls";
import { goAcceptsPurpose } from "../../../server/src/node/certificates/certificateVerdict.ts";
import {
  createAuthority,
  type Authority,
  type KeyPair,
  type OddCertificate,
} from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { startConnectProxy } from "../../support/registry/connectProxy.ts";
import {
  answerHead,
  listenOn,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { goSays } from "../../support/registry/goSays.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver } from "../../support/registry/testResolver.ts";

/** What a server presents, and what is trusted. */
interface Presented {
  readonly leaf: KeyPair;
  /** Sent beside the server's own. */
  readonly chain?: readonly KeyPair[];
  readonly trusted: KeyPair;
}

const named = "subjectAltName=DNS:localhost";
const isAuthority = "basicConstraints=critical,CA:TRUE";
const unknownCritical = "1.2.3.4=critical,ASN1:UTF8String:x";
const rsaKey: readonly string[] = ["genrsa"];

describe("certificates", function () {
  const { use, run } = createCleanUp();
  let authority: Authority;
  before(async () => {
    authority = await createAuthority("Good CA");
  });
  after(() => authority.remove());
  afterEach(run);

  const odd = (lines: string, more: Partial<OddCertificate> = {}): OddCertificate => ({
    commonName: "x",
    extensions: `${named}\n${lines}`,
    ...more,
  });
  /** One that the good authority signed. */
  const leaf = (lines: string, more?: Partial<OddCertificate>) => (): Presented => ({
    leaf: authority.issueOdd(odd(lines, more)),
    trusted: authority,
  });
  const other = async (extensions: string, key?: readonly string[]): Promise<Authority> => {
    const made = await createAuthority("Other CA", extensions, key);
    use({ stop: made.remove });
    return made;
  };
  /** A good one of another authority. */
  const under = (extensions: string) => async (): Promise<Presented> => {
    const by = await other(extensions);
    return { leaf: by.issueOdd(odd("")), trusted: by };
  };
  /** One that signed itself and is trusted. */
  const own = (lines: string) => async (): Promise<Presented> => {
    const made = await other(`${named}\n${lines}`);
    return { leaf: made, trusted: made };
  };
  /** A good one of an authority below the good one, which is sent. */
  const below =
    (extensions: string, more: Partial<OddCertificate> = {}) =>
    (): Presented => {
      const by = authority.issueAuthority({ commonName: "Middle CA", extensions, ...more });
      return { leaf: by.issueOdd(odd("")), chain: [by], trusted: authority };
    };
  const weak = (hash: string) => async (): Promise<Presented> => {
    const by = await other(isAuthority, rsaKey);
    return { leaf: by.issueOdd(odd("", { hash })), trusted: by };
  };

  async function start({ leaf: pair, chain = [] }: Presented): Promise<FaultServer> {
    const certificate = [pair, ...chain].map((one) => one.certificate).join("");
    const tls = { key: pair.key, certificate, ciphers: "DEFAULT@SECLEVEL=0" };
    return use(await startFaultServer((_, response) => answerHead(response), { tls }));
  }
  async function fileOf({ trusted }: Presented): Promise<string> {
    const folder = use(await temporaryFolder());
    const file = path.join(folder.path, "trusted.pem");
    await writeFile(file, trusted.certificate);
    return file;
  }

  type Row = readonly [what: string, present: () => Presented | Promise<Presented>];

  const taken: readonly Row[] = [
    ["for any purpose", leaf("extendedKeyUsage=anyExtendedKeyUsage")],
    ["that may sign certificates, and nothing else", leaf("keyUsage=critical,keyCertSign")],
    ["with no usage of a server", leaf("keyUsage=critical,nonRepudiation")],
    ["for clients by Netscape's extension", leaf("nsCertType=client")],
    ["of its own that may only sign, trusted itself", own(`${isAuthority}\nkeyUsage=keyCertSign`)],
    ["of its own for any purpose", own("extendedKeyUsage=anyExtendedKeyUsage")],
    ["of an authority for any purpose", under(`${isAuthority}\nextendedKeyUsage=2.5.29.37.0`)],
    [
      "of an authority that is trusted while its issuer is not",
      () => {
        const by = authority.issueAuthority({ commonName: "Middle CA", extensions: isAuthority });
        return { leaf: by.issueOdd(odd("")), chain: [by], trusted: by };
      },
    ],
    [
      "that is trusted itself while its issuer is not",
      () => {
        const one = authority.issueOdd(odd(""));
        return { leaf: one, trusted: one };
      },
    ],
    [
      "with limits of names that it keeps",
      under(`${isAuthority}\nnameConstraints=permitted;DNS:localhost`),
    ],
  ];
  for (const [what, present] of taken) {
    it(`one ${what} is taken, as Go takes it`, async () => {
      const presented = await present();
      const server = await start(presented);
      const caFile = await fileOf(presented);
      const test = use(createTestResolver({ use: { caFile } }));
      const { controller } = await test.resolved(`localhost:${server.port}/team/app:1`);
      assert.equal(controller, undefined);
      assert.doesNotMatch(await goSays(server.port, caFile), /x509|tls:/);
    });
  }

  it("one for any purpose is taken through a proxy, too", async () => {
    const extensions = "subjectAltName=DNS:registry.example\nextendedKeyUsage=anyExtendedKeyUsage";
    const pair = authority.issueOdd({ commonName: "x", extensions });
    const server = await start({ leaf: pair, trusted: authority });
    const map = { "registry.example:443": `127.0.0.1:${server.port}` };
    const proxy = use(await startConnectProxy({ map }));
    const test = use(createTestResolver({ use: { caFile: authority.file, proxy: proxy.url } }));
    await test.resolved("registry.example/team/app:1");
  });

  const incompatible = "certificate specifies an incompatible key usage";
  const unhandled = "unhandled critical extension";
  const mayNotSign = "invalid signature: parent certificate cannot sign this kind of certificate";
  const insecure = "cannot verify signature: insecure algorithm";
  const unsigned = (why: string, by: string): string =>
    `certificate signed by unknown authority (possibly because of "x509: ${why}" while trying to verify candidate authority certificate "${by}")`;

  const refused: readonly (readonly [...Row, go: string])[] = [
    ["for clients alone", leaf("extendedKeyUsage=clientAuth"), incompatible],
    ["for a purpose of its own", leaf("extendedKeyUsage=1.2.3.4"), incompatible],
    ["of its own for clients alone", own("extendedKeyUsage=clientAuth"), incompatible],
    [
      "of an authority for clients",
      under(`${isAuthority}\nextendedKeyUsage=clientAuth`),
      incompatible,
    ],
    [
      "below an authority for clients",
      below(`${isAuthority}\nextendedKeyUsage=clientAuth`),
      incompatible,
    ],
    ["with an unknown critical extension", leaf(unknownCritical), unhandled],
    [
      "for any purpose with an unknown critical extension",
      leaf(`extendedKeyUsage=anyExtendedKeyUsage\n${unknownCritical}`),
      unhandled,
    ],
    [
      "of an authority with such an extension",
      under(`${isAuthority}\n${unknownCritical}`),
      unhandled,
    ],
    [
      "below an authority with such an extension",
      below(`${isAuthority}\n${unknownCritical}`),
      unhandled,
    ],
    ["signed with SHA-1 and RSA", weak("sha1"), unsigned(`${insecure} SHA1-RSA`, "Other CA")],
    ["signed with MD5", weak("md5"), unsigned(`${insecure} MD5-RSA`, "Other CA")],
    [
      "signed with SHA-1",
      leaf("", { hash: "sha1" }),
      unsigned(`${insecure} ECDSA-SHA1`, "Good CA"),
    ],
    [
      "below one that is",
      below(isAuthority, { hash: "sha1" }),
      unsigned(`${insecure} ECDSA-SHA1`, "Good CA"),
    ],
    [
      "of an authority that must not sign",
      under(`${isAuthority}\nkeyUsage=critical,digitalSignature`),
      unsigned(mayNotSign, "Other CA"),
    ],
    [
      "below an authority that must not sign",
      below(`${isAuthority}\nkeyUsage=critical,digitalSignature`),
      unsigned(mayNotSign, "Middle CA").replace(/ while.*/, ""),
    ],
    [
      "below one that is no authority",
      below("basicConstraints=CA:FALSE"),
      unsigned(mayNotSign, "Middle CA"),
    ],
    [
      "of an authority for other names",
      under(`${isAuthority}\nnameConstraints=critical,permitted;DNS:example.com`),
      "a root or intermediate certificate is not authorized to sign for this name",
    ],
    [
      "of an authority for all names but this",
      under(`${isAuthority}\nnameConstraints=excluded;DNS:localhost`),
      "a root or intermediate certificate is not authorized to sign for this name",
    ],
    [
      "below one authority too many",
      async () => {
        const top = await other(`${isAuthority},pathlen:0`);
        const by = top.issueAuthority({ commonName: "Middle CA", extensions: isAuthority });
        return { leaf: by.issueOdd(odd("")), chain: [by], trusted: top };
      },
      "too many intermediates for path length constraint",
    ],
  ];
  for (const [what, present, go] of refused) {
    it(`one ${what} is refused, in Go's words`, async () => {
      const presented = await present();
      const server = await start(presented);
      const caFile = await fileOf(presented);
      const test = use(createTestResolver({ use: { caFile } }));
      const host = `localhost:${server.port}`;
      const { error } = await test.failed(`${host}/team/app:1`);
      assert.equal(error.kind, "certificate-untrusted");
      assert.match(error.message, /cannot be used/);
      const words = `Get "https://${host}/v2/": tls: failed to verify certificate: x509: ${go}`;
      // What Knative would say of http, which it also tries here, follows.
      assert.equal(error.knative?.split("; ")[0], words);
      assert.equal(server.requests.length, 0);
      const said = await goSays(server.port, caFile);
      // Of SHA-1, Go said before 1.24 how to allow it.
      const lasting = said.replace(/ \(temporarily override with [^)]*\)/, "");
      assert.ok(lasting.includes(`x509: ${go}`), said);
    });
  }

  const untrusted: readonly Row[] = [
    [
      "for any purpose by an authority that is not known",
      async () => ({
        leaf: (await other(isAuthority)).issueOdd(odd("extendedKeyUsage=anyExtendedKeyUsage")),
        trusted: authority,
      }),
    ],
    [
      "for any purpose by another of the same name",
      async () => {
        const double = await createAuthority("Good CA");
        use({ stop: double.remove });
        return {
          leaf: double.issueOdd(odd("extendedKeyUsage=anyExtendedKeyUsage")),
          trusted: authority,
        };
      },
    ],
    [
      "of its own that may only sign, and that nobody knows",
      async () => ({ leaf: (await own("keyUsage=keyCertSign")()).leaf, trusted: authority }),
    ],
  ];
  for (const [what, present] of untrusted) {
    it(`one ${what} is not trusted`, async () => {
      const presented = await present();
      const server = await start(presented);
      const caFile = await fileOf(presented);
      const test = use(createTestResolver({ use: { caFile } }));
      const { error } = await test.failed(`localhost:${server.port}/team/app:1`);
      assert.equal(error.kind, "certificate-untrusted");
      assert.match(error.message, /caFile/);
      assert.match(error.knative ?? "", /certificate signed by unknown authority/);
      assert.equal(server.requests.length, 0);
      assert.match(await goSays(server.port, caFile), /signed by unknown authority/);
    });
  }

  const alsoRefused: readonly (readonly [...Row, message: RegExp])[] = [
    ["that has expired", leaf("extendedKeyUsage=anyExtendedKeyUsage", { days: -1 }), /has expired/],
    [
      "for another name",
      () => ({
        leaf: authority.issueOdd({
          commonName: "x",
          extensions: "subjectAltName=DNS:other.example\nextendedKeyUsage=anyExtendedKeyUsage",
        }),
        trusted: authority,
      }),
      /cannot be used/,
    ],
  ];
  for (const [what, present, message] of alsoRefused) {
    it(`one for any purpose ${what} is refused`, async () => {
      const presented = await present();
      const server = await start(presented);
      const test = use(createTestResolver({ use: { caFile: await fileOf(presented) } }));
      const { error } = await test.failed(`localhost:${server.port}/team/app:1`);
      assert.equal(error.kind, "certificate-untrusted");
      assert.match(error.message, message);
      assert.equal(server.requests.length, 0);
    });
  }

  it("one with an odd purpose below another authority is not validated here, and that is reported", async () => {
    const by = authority.issueAuthority({ commonName: "Middle CA", extensions: isAuthority });
    const server = await start({
      leaf: by.issueOdd(odd("extendedKeyUsage=anyExtendedKeyUsage")),
      chain: [by],
      trusted: authority,
    });
    const test = use(createTestResolver({ use: { caFile: authority.file } }));
    const { error } = await test.failed(`localhost:${server.port}/team/app:1`);
    assert.equal(error.kind, "registry-unreachable");
    assert.match(error.message, /Knative's controller may accept it/);
    assert.equal(error.knative, undefined);
    assert.equal(server.requests.length, 0);
  });

  it("one that takes the place of another that was just accepted is not trusted", async () => {
    const anyPurpose = odd("extendedKeyUsage=anyExtendedKeyUsage");
    const stranger = (await other(isAuthority)).issueOdd(anyPurpose);
    const pairs = [authority.issueOdd(anyPurpose), stranger];
    const contexts = pairs.map(({ certificate, key }) =>
      createSecureContext({ cert: certificate, key }),
    );
    let handshakes = 0;
    let requests = 0;
    const server = createServer(
      {
        SNICallback(_, callback) {
          handshakes += 1;
          callback(null, contexts[Math.min(handshakes, 2) - 1]);
        },
      },
      (_, response) => {
        requests += 1;
        response.end();
      },
    );
    const { port } = await listenOn(server, {});
    use({
      async stop() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    });
    const test = use(createTestResolver({ use: { caFile: authority.file } }));
    const { error } = await test.failed(`localhost:${port}/team/app:1`);
    assert.equal(error.kind, "certificate-untrusted");
    assert.deepEqual([handshakes >= 2, requests], [true, 0]);
  });

  describe("whose purpose OpenSSL refuses, and of which it says nothing else", () => {
    const anyPurpose = "extendedKeyUsage=anyExtendedKeyUsage";
    /** As Node gives what a server sent, with the issuers that it found by their names. */
    const peerOf = (...chain: readonly KeyPair[]): DetailedPeerCertificate => {
      const [first, ...others] = chain.map(({ certificate }) => ({
        raw: new X509Certificate(certificate).raw,
      }));
      const [issuer] = others;
      return { ...first, issuerCertificate: issuer } as unknown as DetailedPeerCertificate;
    };
    const judged = (
      chain: readonly KeyPair[],
      trusted: KeyPair,
      code = "INVALID_PURPOSE",
    ): boolean => {
      const { raw } = new X509Certificate(trusted.certificate);
      return goAcceptsPurpose(Object.assign(new Error(), { code }), {
        ...{ hostname: "localhost", peer: peerOf(...chain) },
        isTrusted: (der) => der.equals(raw),
      });
    };

    it("are taken where a trusted authority signed them, or they are trusted themselves", () => {
      const one = authority.issueOdd(odd(anyPurpose));
      assert.ok(judged([one, authority], authority));
      assert.ok(judged([one], one));
    });
    it("are not taken for another reason of OpenSSL's", () => {
      const one = authority.issueOdd(odd(anyPurpose));
      assert.ok(!judged([one, authority], authority, "CERT_SIGNATURE_FAILURE"));
    });
    it("are not taken of an authority that is not trusted, or of another of the same name", async () => {
      const double = await createAuthority("Good CA");
      use({ stop: double.remove });
      const one = double.issueOdd(odd(anyPurpose));
      assert.ok(!judged([one, double], authority));
      assert.ok(!judged([one, authority], authority));
      assert.ok(!judged([one], authority));
    });
    it("are not taken after their time, for another name, or with limits of names", async () => {
      const old = authority.issueOdd(odd(anyPurpose, { days: -1 }));
      assert.ok(!judged([old, authority], authority));
      const elsewhere = authority.issueOdd({ commonName: "localhost", extensions: anyPurpose });
      assert.ok(!judged([elsewhere, authority], authority));
      const limited = await other(`${isAuthority}\nnameConstraints=permitted;DNS:localhost`);
      assert.ok(!judged([limited.issueOdd(odd(anyPurpose)), limited], limited));
    });
    it("are not taken over an authority between", () => {
      const by = authority.issueAuthority({ commonName: "Middle CA", extensions: isAuthority });
      assert.ok(!judged([by.issueOdd(odd(anyPurpose)), by], authority));
    });
  });
});
