// What Knative's controller would fail at although this machine has the answer: which fault, in which order, its words.

import assert from "node:assert/strict";
import type { ControllerTraits } from "../../../server/src/registry/transport/ping.ts";
import { controllerProblem } from "../../../server/src/resolver/controllerProblem.ts";
import type { ControllerProblem } from "../../../server/src/resolver/resolution.ts";

const good = { status: 401, error: undefined, bearer: true, badRealm: undefined };

interface World extends Partial<ControllerTraits> {
  readonly registry?: string;
  readonly reference?: string;
  readonly byToken?: boolean;
  readonly version?: string;
  readonly tlsMinimum?: "1.2" | "1.3";
}

function problem(world: World): ControllerProblem | undefined {
  const { registry = "r.io", reference = "v1", byToken = false, version = "1.23" } = world;
  const { tlsMinimum: resolverTlsMinimum = "1.3", ...traits } = world;
  const usual = {
    scheme: "https",
    tlsVersion: "TLSv1.3",
    goRefusal: undefined,
    ping: good,
  } as const;
  return controllerProblem(
    { registry, repository: "a/b", reference },
    { byToken },
    { ...usual, ...traits },
    { version, resolverTlsMinimum },
  );
}

const httpsPing = (registry = "r.io"): string => `Get "https://${registry}/v2/"`;
const overHttp = "http: server gave HTTP response to HTTPS client";
const san =
  "tls: failed to verify certificate: x509: certificate relies on legacy Common Name field";
const serial = "x509: negative serial number";

describe("what Knative's controller would fail at", () => {
  const none: readonly [string, World][] = [
    ["a registry as it should be", {}],
    ["one without a challenge", { ping: { ...good, status: 200, bearer: false } }],
    ["one of which nothing is known", { ping: undefined, tlsVersion: undefined }],
    ["a digest", { scheme: "http", reference: `sha256:${"a".repeat(64)}` }],
    ["http at a name that Knative tries http at", { scheme: "http", registry: "localhost:5000" }],
    [
      "https at such a name without a port",
      { registry: "reg.local", ping: { ...good, status: 404 } },
    ],
    ["TLS 1.2 where that is enough", { tlsVersion: "TLSv1.2", tlsMinimum: "1.2" }],
    ["TLS in a way that is unknown", { tlsVersion: "SSLv3" }],
    ["no TLS", { scheme: "http", registry: "localhost:5000", tlsVersion: "TLSv1.2" }],
    ["a serial number that an older Go accepts", { goRefusal: serial, version: "1.17" }],
    [
      "a certificate that is not used",
      { scheme: "http", registry: "localhost:5000", goRefusal: san },
    ],
    [
      "a token without a challenge at /v2/ that was not needed",
      { ping: { ...good, bearer: false } },
    ],
    [
      "a realm of a challenge that is not Bearer",
      { ping: { ...good, bearer: false, badRealm: "" } },
    ],
    ["a token with a challenge", { byToken: true }],
  ];
  for (const [name, world] of none) {
    it(`is nothing at ${name}`, () => {
      assert.equal(problem(world), undefined);
    });
  }

  const ping = (
    status: number,
    error?: { code?: string; message?: string },
  ): ControllerTraits["ping"] => ({
    ...good,
    status,
    error: error === undefined ? undefined : { code: undefined, message: undefined, ...error },
  });
  const rows: readonly [string, World, RegExp, RegExp, string][] = [
    [
      "plain http",
      { scheme: "http" },
      /over https only/,
      /serve r\.io over https/,
      `${httpsPing()}: ${overHttp}`,
    ],
    [
      "an old TLS",
      { tlsVersion: "TLSv1.2" },
      /r\.io uses TLS 1\.2, and Knative 1\.23 requires TLS 1\.3/,
      /enable TLS 1\.3 on r\.io/,
      `${httpsPing()}: remote error: tls: protocol version not supported`,
    ],
    [
      "a TLS without a minor version",
      { tlsVersion: "TLSv1", tlsMinimum: "1.2" },
      /uses TLS 1, and/,
      /enable TLS 1\.2/,
      `${httpsPing()}: remote error: tls: protocol version not supported`,
    ],
    [
      "a certificate without a name",
      { goRefusal: san },
      /rejects the certificate of r\.io/,
      /names r\.io as a subject alternative name/,
      `${httpsPing()}: ${san}`,
    ],
    [
      "another certificate",
      { goRefusal: serial, version: "1.18" },
      /rejects the certificate of r\.io/,
      /another certificate for r\.io/,
      `${httpsPing()}: ${serial}`,
    ],
    [
      "no answer to /v2/",
      { ping: ping(0) },
      /gets no response/,
      /let r\.io answer \/v2\//,
      'Get "https://r.io/v2/": EOF',
    ],
    [
      "another answer to /v2/",
      { ping: ping(404) },
      /gets 404 instead of 200 or 401/,
      /let r\.io answer \/v2\//,
      "GET https://r.io/v2/: unexpected status code 404 Not Found",
    ],
    [
      "an answer with an error's code",
      { ping: ping(403, { code: "DENIED", message: "no" }) },
      /gets 403/,
      /let r\.io/,
      "GET https://r.io/v2/: DENIED: no",
    ],
    [
      "an answer with an error's code alone",
      { ping: ping(403, { code: "DENIED" }) },
      /gets 403/,
      /let r\.io/,
      "GET https://r.io/v2/: DENIED:",
    ],
    [
      "an answer with a text",
      { ping: ping(404, { message: "no page" }) },
      /gets 404/,
      /let r\.io/,
      "GET https://r.io/v2/: unexpected status code 404 Not Found: no page",
    ],
    [
      "an answer over http, where https is tried first",
      { scheme: "http", registry: "localhost:5000", ping: ping(404) },
      /gets 404/,
      /let localhost:5000/,
      `${httpsPing("localhost:5000")}: ${overHttp}; GET http://localhost:5000/v2/: unexpected status code 404 Not Found`,
    ],
    [
      "an answer over https at a port where http is tried, too",
      { registry: "localhost:5000", ping: ping(404) },
      /gets 404/,
      /let localhost:5000/,
      "GET https://localhost:5000/v2/: unexpected status code 404 Not Found",
    ],
    [
      "a challenge without a realm",
      { ping: { ...good, badRealm: "" } },
      /token service \(realm\) of r\.io is not an absolute URL/,
      /configure r\.io/,
      "malformed www-authenticate, missing realm",
    ],
    [
      "a relative realm",
      { ping: { ...good, badRealm: "/token" } },
      /is not an absolute URL/,
      /configure r\.io/,
      'Get "/token?scope=repository%3Aa%2Fb%3Apull": unsupported protocol scheme ""',
    ],
    [
      "a token that /v2/ does not speak of",
      { byToken: true, ping: { ...good, status: 200, bearer: false } },
      /r\.io requires a token, but does not say so at \/v2\//,
      /let r\.io answer \/v2\/ with 401/,
      "HEAD https://r.io/v2/a/b/manifests/v1: unexpected status code 401 Unauthorized (HEAD responses have no body, use GET for details)",
    ],
    [
      "the first of several",
      { tlsVersion: "TLSv1.2", goRefusal: san, ping: ping(0), byToken: true },
      /uses TLS 1\.2/,
      /enable TLS/,
      `${httpsPing()}: remote error: tls: protocol version not supported`,
    ],
  ];
  for (const [name, world, message, fix, knative] of rows) {
    it(`is ${name}`, () => {
      const found = problem(world) ?? assert.fail("there is none");
      assert.match(found.message, message);
      assert.match(found.fix, fix);
      assert.equal(found.knative, knative);
    });
  }
});
