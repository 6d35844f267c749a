// Digests of the real docker-registry, with skopeo's as the second opinion.

import assert from "node:assert/strict";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  startDockerRegistry,
  type StartedRegistry,
} from "../../support/registry/dockerRegistry.ts";
import type { FaultServer } from "../../support/registry/faultServer.ts";
import { pushFixtures, standardFixtures } from "../../support/registry/fixtures.ts";
import { startFrontServer } from "../../support/registry/frontServer.ts";
import { createTestResolver, eventually, keyOf } from "../../support/registry/testResolver.ts";

describe("digests from docker-registry", function () {
  const { use, run } = createCleanUp();
  let registry: StartedRegistry;
  let front: FaultServer;
  let digests: ReadonlyMap<string, string>;

  before(async () => {
    registry = await startDockerRegistry();
    front = await startFrontServer(registry.host);
    digests = await pushFixtures(registry.host);
  });
  beforeEach(() => void front.requests.splice(0));
  afterEach(run);
  after(async () => {
    await front.stop();
    await registry.stop();
  });

  const cases = ["an OCI index", "an OCI manifest", "a docker manifest list", "a docker manifest"];
  for (const [index, what] of cases.entries()) {
    it(`${what} has the digest that skopeo sees, after one request`, async () => {
      const target = standardFixtures[index]?.target ?? "";
      const test = use(createTestResolver());
      const answer = await test.resolved(`${front.host}/${target}`);
      assert.equal(answer.digest, digests.get(target));
      assert.deepEqual(
        front.requests.map(({ method, path }) => `${method} ${path}`),
        [`HEAD /v2/team/app/manifests/${target.split(":")[1] ?? ""}`],
      );
    });
  }

  it("with fewer types accepted the registry answers with a child's digest", async () => {
    const accept = "application/vnd.docker.distribution.manifest.v2+json";
    const url = `${registry.url}/v2/team/app/manifests/list`;
    const answer = await fetch(url, { method: "HEAD", headers: { accept } });
    assert.equal(answer.status, 200);
    assert.notEqual(answer.headers.get("docker-content-digest"), digests.get("team/app:list"));
    const test = use(createTestResolver());
    await test.resolved(`${front.host}/team/app:list`);
    assert.equal(front.requests[0]?.headers.accept?.split(",").length, 6);
  });

  it("an answer to If-None-Match has no digest, so it is never asked for", async () => {
    const digest = digests.get("team/app:index") ?? "";
    const answer = await fetch(`${registry.url}/v2/team/app/manifests/index`, {
      method: "HEAD",
      headers: {
        "if-none-match": `"${digest}"`,
        accept: "*/*, application/vnd.oci.image.index.v1+json",
      },
    });
    assert.equal(answer.status, 304);
    assert.equal(answer.headers.get("docker-content-digest"), null);
    const test = use(createTestResolver());
    await test.resolved(`${front.host}/team/app:index`);
    await test.resolved(`${front.host}/team/app:index`, { fresh: true });
    assert.ok(front.requests.every(({ headers }) => headers["if-none-match"] === undefined));
  });

  it("a missing tag is named, and not asked for again", async () => {
    const test = use(createTestResolver());
    const failure = await test.failed(`${front.host}/team/app:missing`);
    assert.equal(failure.error.kind, "tag-not-found");
    assert.match(failure.error.message, /Tag missing not found in 127\.0\.0\.1:\d+\/team\/app/);
    assert.match(
      failure.error.knative ?? "",
      /^HEAD http:.*\/manifests\/missing: unexpected status code 404 Not Found \(HEAD/,
    );
    await test.failed(`${front.host}/team/app:missing`);
    assert.equal(front.requests.length, 1);
    assert.ok(failure.retryAt - failure.at >= 120_000);
  });

  it("a missing repository is reported as a missing tag or repository", async () => {
    const test = use(createTestResolver());
    const failure = await test.failed(`${front.host}/no/such:1`, { fresh: true });
    assert.equal(failure.error.kind, "tag-not-found");
    assert.match(failure.error.message, /^Tag 1 not found in /);
  });

  it("the tags of a missing repository", async () => {
    const test = use(createTestResolver());
    const { signal } = new AbortController();
    const answer = await test.resolver.tags(front.host, "no/such", { signal });
    assert.ok("error" in answer);
    assert.match(answer.error.message, /Repository 127\.0\.0\.1:\d+\/no\/such not found/);
  });

  it("the internal path in an error's detail is not shown", async () => {
    const answer = await fetch(`${registry.url}/v2/team/app/manifests/sha256:zz`);
    assert.equal(answer.status, 500);
    const body = await answer.text();
    const bad = use(
      await startFrontServer(registry.host, {
        intercept: (_, response) => {
          response.writeHead(403, { "content-type": "application/json" }).end(body);
          return true;
        },
      }),
    );
    const test = use(createTestResolver());
    const { signal } = new AbortController();
    const list = await test.resolver.tags(bad.host, "team/app", { signal });
    assert.ok("error" in list);
    assert.doesNotMatch(`${list.error.message} ${test.log.join()}`, /\/docker\/registry\//);
  });

  it("tags come sorted and complete from a registry that ignores n", async () => {
    const test = use(createTestResolver());
    const { signal } = new AbortController();
    const answer = await test.resolver.tags(front.host, "team/app", { signal });
    assert.deepEqual(answer, { tags: ["index", "list", "single", "v2s2"], truncated: false });
    await test.resolver.tags(front.host, "team/app", { signal });
    assert.equal(front.requests.length, 1);
  });

  it("a digest is found, and one that is not there is named", async () => {
    const test = use(createTestResolver());
    const digest = digests.get("team/app:index") ?? "";
    const answer = await test.resolved(`${front.host}/team/app@${digest}`);
    assert.equal(answer.digest, digest);
    const failure = await test.failed(`${front.host}/team/app@sha256:${"0".repeat(64)}`);
    assert.equal(failure.error.kind, "digest-not-found");
    assert.equal(failure.error.knative, undefined);
  });

  it("details tell platforms, age and source, and are checked against their digest", async () => {
    const test = use(createTestResolver());
    const { signal } = new AbortController();
    const details = await test.resolver.details(keyOf(`${front.host}/team/app:index`), { signal });
    assert.ok(!("status" in details));
    assert.deepEqual(
      details.platforms.map(({ platform }) => `${platform.os}/${platform.architecture}`),
      ["linux/amd64", "linux/arm64"],
    );
    assert.equal(details.created, "2024-01-02T03:04:05Z");
    assert.equal(details.source, "https://example.com/source");
    const single = await test.resolver.details(keyOf(`${front.host}/team/app:single`), { signal });
    assert.ok(!("status" in single));
    assert.equal(single.platforms[0]?.platform.architecture, "amd64");
    assert.ok((single.layersSize ?? 0) > 0);
  });

  it("what is wanted arrives in the background, and is told to those who listen", async () => {
    const test = use(createTestResolver());
    const key = keyOf(`${front.host}/team/app:index`);
    let calls = 0;
    test.resolver.onDidChange(() => (calls += 1));
    assert.deepEqual(test.resolver.peek(key), { status: "not-asked", reason: "not-yet" });
    test.resolver.prefetch([key], "visible");
    assert.deepEqual(test.resolver.peek(key), { status: "pending" });
    await eventually(() => calls > 0);
    const answer = test.resolver.peek(key);
    assert.ok(answer.status === "resolved" && answer.digest === digests.get("team/app:index"));
    assert.ok(test.resolver.generation > 0);
  });
});
