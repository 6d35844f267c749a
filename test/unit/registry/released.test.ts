// What leaves the registry client says no secret back: every text that others wrote is checked, and nothing else is lost.

import assert from "node:assert/strict";
import type { ManifestDetails } from "../../../server/src/registry/detailsLookup.ts";
import type { ManifestAnswer } from "../../../server/src/registry/manifestLookup.ts";
import {
  RegistryError,
  type AuthenticationReport,
  type RegistryProblem,
} from "../../../server/src/registry/registryError.ts";
import {
  releaseDetails,
  releaseError,
  releaseManifest,
  releaseTags,
} from "../../../server/src/registry/released.ts";
import { TransportError } from "../../../server/src/environment.ts";

const secret = "hunter22";
const context = { says: (text: string) => text.includes(secret), host: "r.io" };
const digest = `sha256:${"a".repeat(64)}`;

const manifest: ManifestAnswer = {
  ...{ digest, mediaType: "m", size: 1, host: "cdn.io", notices: [], credentialPlace: "" },
  ...{ route: "", byToken: false },
};
const details: ManifestDetails = {
  ...{ digest, mediaType: "m", layersSize: 1, created: "2026", source: "s" },
  platforms: ["amd64", "arm64"].map((architecture) => ({
    digest,
    platform: { os: "linux", architecture, variant: undefined },
  })),
};
const report: AuthenticationReport = {
  ...{ registry: "r.io", credential: undefined, lookedIn: [], unusedKey: undefined },
  ...{ untrustedAuthHost: "auth.io", notices: [] },
};

describe("what leaves the registry client", () => {
  it("is as it came where it says no secret", () => {
    assert.deepEqual(releaseManifest(manifest, context), manifest);
    assert.deepEqual(releaseDetails(details, context), details);
    const tags = { tags: ["a", "b"], truncated: true };
    assert.deepEqual(releaseTags(tags, context), tags);
    const error = new RegistryError({ kind: "rate-limited", retryAt: 1 }, "cdn.io", report);
    const released = releaseError(error, context);
    assert.deepEqual(
      [released.problem, released.host, released.authentication],
      [error.problem, "cdn.io", report],
    );
  });

  it("has no digest that says one", () => {
    const refused = (error: unknown): boolean =>
      error instanceof RegistryError &&
      error.problem.kind === "invalid-response" &&
      error.problem.reason === "unreadable" &&
      error.host === "r.io";
    assert.throws(() => releaseManifest({ ...manifest, digest: secret }, context), refused);
    assert.throws(() => releaseDetails({ ...details, digest: secret }, context), refused);
  });

  it("has neither a media type nor a host that says one", () => {
    const released = releaseManifest(
      { ...manifest, mediaType: `m/${secret}`, host: `${secret}.io` },
      context,
    );
    assert.deepEqual([released.mediaType, released.host], [undefined, "r.io"]);
    assert.equal(releaseDetails({ ...details, mediaType: secret }, context).mediaType, "");
  });

  it("has no label that says one", () => {
    const { created, source } = releaseDetails(
      { ...details, created: secret, source: secret },
      context,
    );
    assert.deepEqual([created, source], [undefined, undefined]);
  });

  for (const part of ["digest", "os", "architecture", "variant"] as const) {
    it(`has no platform whose ${part} says one`, () => {
      const [first, second] = details.platforms;
      assert.ok(first && second);
      const odd =
        part === "digest"
          ? { ...first, digest: secret }
          : { ...first, platform: { ...first.platform, [part]: secret } };
      const { platforms } = releaseDetails({ ...details, platforms: [odd, second] }, context);
      assert.deepEqual(platforms, [second]);
    });
  }

  it("has no tag that says one", () => {
    const { tags } = releaseTags({ tags: ["a", secret, "b"], truncated: false }, context);
    assert.deepEqual(tags, ["a", "b"]);
  });

  const url = `https://r.io/?x=${secret}`;
  const clean = "https://r.io/";
  const problems: readonly [RegistryProblem, Partial<Record<string, unknown>>][] = [
    [{ kind: "not-found", error: undefined, url }, { url: clean }],
    [{ kind: "denied", status: 401, at: "registry", error: undefined, url }, { url: clean }],
    [{ kind: "server-error", status: 500, error: undefined, url }, { url: clean }],
    [{ kind: "transport", errors: [], url }, { url: clean }],
    [
      { kind: "no-digest-header", lacks: "head", status: 405, digest: secret, url },
      { url: clean, digest: undefined },
    ],
    [{ kind: "no-digest-header", lacks: "head", status: 405, digest, url: clean }, { digest }],
    [{ kind: "authentication-unsupported", schemes: ["Digest", secret] }, { schemes: ["Digest"] }],
    [{ kind: "blocked", reason: "why" }, { reason: "why" }],
    [{ kind: "invalid-response", reason: "too-large", status: 200 }, { reason: "too-large" }],
  ];
  for (const [problem, expected] of problems) {
    it(`has no secret in a problem of the kind ${problem.kind}: ${Object.keys(expected).join()}`, () => {
      const released = releaseError(new RegistryError(problem, "cdn.io"), context);
      assert.deepEqual({ ...released.problem }, { ...problem, ...expected });
      assert.equal(released.authentication, undefined);
    });
  }

  it("names no host that says one", () => {
    const blocked = { kind: "blocked", reason: "why" } as const;
    const named = { ...report, untrustedAuthHost: `${secret}.io` };
    const released = releaseError(new RegistryError(blocked, `${secret}.io`, named), context);
    assert.equal(released.host, "r.io");
    assert.deepEqual(released.authentication, { ...report, untrustedAuthHost: undefined });
  });

  it("has no cause but the transport's, whose words are ours", () => {
    const blocked = { kind: "blocked", reason: "why" } as const;
    const released = (cause: unknown): unknown =>
      releaseError(new RegistryError(blocked, "r.io", undefined, cause), context).cause;
    assert.equal(released(new Error(secret)), undefined);
    const own = Object.create(TransportError.prototype) as TransportError;
    assert.equal(released(own), own);
  });
});
