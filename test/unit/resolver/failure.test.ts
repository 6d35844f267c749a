// Failures in words: for people, and as Knative prints them.

import assert from "node:assert/strict";
import { TransportError, type TransportFailure } from "../../../server/src/environment.ts";
import {
  RegistryError,
  type RegistryProblem,
  type AuthenticationReport,
} from "../../../server/src/registry/registryError.ts";
import { describeFailure } from "../../../server/src/resolver/failure.ts";
import type { ResolutionError } from "../../../server/src/resolver/resolution.ts";

const now = 0;
const noAuthentication: AuthenticationReport = {
  registry: "ghcr.io",
  credential: undefined,
  lookedIn: ["~/.docker/config.json"],
  unusedKey: undefined,
  untrustedAuthHost: undefined,
  notices: [],
};

function describe_(
  problem: RegistryProblem,
  registry = "ghcr.io",
  authentication: AuthenticationReport = { ...noAuthentication, registry },
): ResolutionError {
  const key = { registry, repository: "team/app", reference: "1" };
  return describeFailure(new RegistryError(problem, registry, authentication), key, now).error;
}

const url = "https://ghcr.io/v2/team/app/manifests/1";
const denied = { kind: "denied", status: 401, at: "registry", error: undefined, url } as const;

function transport(failure: TransportFailure, address?: string): RegistryProblem {
  const details = address === undefined ? {} : { address };
  return { kind: "transport", errors: [new TransportError(failure, "x", details)], url };
}

describe("what Knative would print", () => {
  const noBody = "(HEAD responses have no body, use GET for details)";
  const cases: readonly (readonly [string, RegistryProblem, string | undefined])[] = [
    [
      "a missing tag",
      { kind: "not-found", error: undefined, url },
      `HEAD ${url}: unexpected status code 404 Not Found ${noBody}`,
    ],
    ["a refusal", denied, `HEAD ${url}: unexpected status code 401 Unauthorized ${noBody}`],
    [
      "a limit",
      { kind: "rate-limited", retryAt: 60_000 },
      `HEAD ${url}: unexpected status code 429 Too Many Requests ${noBody}`,
    ],
    [
      "a refusal of the token endpoint in the specified form",
      {
        kind: "denied",
        status: 403,
        at: "token-endpoint",
        error: { code: "DENIED", message: "requested access to the resource is denied" },
        url: "https://ghcr.io/token?scope=repository%3Ateam%2Fapp%3Apull&service=ghcr.io",
      },
      "GET https://ghcr.io/token?scope=repository%3Ateam%2Fapp%3Apull&service=ghcr.io: DENIED: requested access to the resource is denied",
    ],
    [
      "a refusal of the token endpoint in another form",
      {
        kind: "denied",
        status: 401,
        at: "token-endpoint",
        error: { code: undefined, message: "no" },
        url: "https://a/token",
      },
      "GET https://a/token: unexpected status code 401 Unauthorized: no",
    ],
    [
      "no name",
      transport("name-not-found"),
      'Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io: no such host',
    ],
    [
      "a refused connection",
      transport("refused", "1.2.3.4:443"),
      'Get "https://ghcr.io/v2/": dial tcp 1.2.3.4:443: connect: connection refused',
    ],
    ["no time", transport("timeout"), 'Get "https://ghcr.io/v2/": context deadline exceeded'],
    [
      "an unknown CA",
      transport("untrusted-certificate"),
      'Get "https://ghcr.io/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      "plain http",
      transport("not-tls"),
      'Get "https://ghcr.io/v2/": http: server gave HTTP response to HTTPS client',
    ],
    [
      "no digest header",
      {
        kind: "no-digest-header",
        lacks: "Docker-Content-Digest",
        status: 200,
        digest: undefined,
        url,
      },
      `HEAD ${url}: response did not include Docker-Content-Digest header`,
    ],
    [
      "trouble",
      { kind: "server-error", status: 503, error: undefined, url },
      "GET https://ghcr.io/v2/: unexpected status code 503 Service Unavailable",
    ],
    ["a name rule", { kind: "blocked", reason: "x" }, undefined],
    ["the address policy", transport("address-forbidden"), undefined],
    ["a proxy of this machine", transport("proxy-refused"), undefined],
  ];
  for (const [what, problem, words] of cases) {
    it(`of ${what}`, () => assert.equal(describe_(problem).knative, words));
  }

  it("of a digest is nothing, since it asks nothing", () => {
    const key = { registry: "ghcr.io", repository: "a/b", reference: `sha256:${"a".repeat(64)}` };
    const error = new RegistryError({ kind: "not-found", error: undefined, url }, "ghcr.io");
    const described = describeFailure(error, key, now).error;
    assert.equal(described.knative, undefined);
    assert.equal(described.kind, "digest-not-found");
  });
});

describe("what people are shown", () => {
  const authentication: AuthenticationReport = {
    ...noAuthentication,
    untrustedAuthHost: "auth.example.com",
    notices: ["docker-credential-pass cannot be run."],
  };
  const digest = `sha256:${"a".repeat(64)}`;
  const long: readonly (readonly [string, RegistryProblem])[] = [
    ["a refusal with all its reasons", denied],
    ["a limit", { kind: "rate-limited", retryAt: 60_000 }],
    ["an unknown CA", transport("untrusted-certificate")],
    ["plain http", transport("not-tls")],
    [
      "a missing header",
      { kind: "no-digest-header", lacks: "Content-Type", status: 200, digest, url },
    ],
    ["a sign-in host", { kind: "invalid-response", reason: "realm-refused", status: 401 }],
  ];
  for (const [what, problem] of long) {
    it(`of ${what} is one sentence, as editors show it above the hover`, () => {
      const { message } = describe_(problem, "ghcr.io", authentication);
      assert.match(message, /^[^\n]*\.$/);
      assert.doesNotMatch(message, /[.!?] /);
    });
  }

  it("of a loopback port that another protocol has, that http was not tried, and what allows it", () => {
    const { message } = describe_(transport("not-tls"), "localhost:6000");
    assert.match(message, /port 6000 is not contacted over http.*set insecure .*--insecure\)\.$/);
    assert.doesNotMatch(describe_(transport("not-tls"), "localhost:5000").message, /port 5000/);
  });

  it("of Docker Hub, that it does not say whether an image is private or missing", () => {
    const error = describe_(denied, "index.docker.io");
    assert.match(error.message, /is private or missing/);
    assert.match(error.message, /run docker login\.$/);
  });

  it("of an entry under a key that is never used, the key that works", () => {
    const unusedKey = {
      key: "docker.io",
      place: "~/.docker/config.json",
      works: "https://index.docker.io/v1/",
    };
    const { message } = describe_(denied, "index.docker.io", {
      ...noAuthentication,
      registry: "index.docker.io",
      unusedKey,
    });
    assert.match(
      message,
      /; the entry docker\.io in ~\/\.docker\/config\.json is not used for Docker Hub: use the key https:\/\/index\.docker\.io\/v1\/\./,
    );
  });

  it("of a credential, its place and user, and who refused it", () => {
    const credential = {
      source: "credential-helper",
      place: "~/.docker/config.json",
      key: "ghcr.io",
      username: "bob",
      helper: "desktop",
    } as const;
    const error = describe_({ ...denied, status: 403 }, "ghcr.io", {
      ...noAuthentication,
      credential,
    });
    assert.equal(
      error.credential,
      "docker-credential-desktop, configured in ~/.docker/config.json, user bob",
    );
    assert.match(error.message, /bob .* may not pull ghcr\.io\/team\/app \(HTTP 403\)/);
  });

  it("of a mirror that refuses, to sign in there", () => {
    const error = describe_(denied, "index.docker.io", {
      ...noAuthentication,
      registry: "mirror.example:5000",
    });
    assert.match(
      error.message,
      /^index\.docker\.io\/team\/app is private or missing .* run docker login mirror\.example:5000\.$/,
    );
    assert.equal(error.deniedBy, "mirror.example:5000");
  });

  it("of Amazon's sign-in that has died, how to renew it", () => {
    const registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    const error = {
      code: "DENIED",
      message: "Your authorization token has expired. Reauthenticate and try again.",
    };
    assert.match(
      describe_({ ...denied, status: 403, error }, registry).message,
      /aws ecr get-login-password/,
    );
  });

  it("of a registry without TLS, whether Knative would try http", () => {
    const message = (registry: string): string => describe_(transport("not-tls"), registry).message;
    assert.match(
      message("localhost:5000"),
      /does not use TLS.*Knative would also try http here\.$/,
    );
    assert.match(message("r.test:5000"), /does not use TLS.*Knative uses only https for this name/);
  });

  it("of a sign-in host that is not trusted, the setting that trusts it", () => {
    const { message } = describe_(denied, "ghcr.io", {
      ...noAuthentication,
      untrustedAuthHost: "auth.example",
    });
    assert.match(message, /add auth\.example to knativeDigest\.trustedAuthHosts for ghcr\.io/);
  });

  it("of network trouble, a kind that is never red", () => {
    for (const failure of [
      "name-not-found",
      "refused",
      "timeout",
      "reset",
      "not-tls",
      "proxy-refused",
    ] as const) {
      assert.equal(describe_(transport(failure)).kind, "registry-unreachable", failure);
    }
  });

  it("never a query", () => {
    const problem = { ...denied, at: "token-endpoint", url: "https://a/token?secret=1" } as const;
    assert.doesNotMatch(describe_(problem).message, /\?|secret/);
  });
});

describe("the kind of a failed connection", () => {
  const rows: readonly [ResolutionError["kind"], readonly TransportFailure[]][] = [
    ["registry-unreachable", []],
    ["registry-unreachable", ["refused"]],
    ["certificate-untrusted", ["untrusted-certificate"]],
    ["certificate-untrusted", ["refused", "expired-certificate"]],
    ["blocked", ["untrusted-certificate", "address-forbidden"]],
  ];
  for (const [kind, failures] of rows) {
    it(`is ${kind} for ${failures.join(" and ") || "none that is known"}`, () => {
      const errors = failures.map((failure) => new TransportError(failure, "x", {}));
      assert.equal(describe_({ kind: "transport", errors, url }).kind, kind);
    });
  }
});
