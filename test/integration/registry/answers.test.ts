// Answers that registries give and should not: what is made of them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  answerHead,
  startFaultServer,
  testDigest,
  type FaultHandler,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import {
  createTestResolver,
  keyOf,
  type TestResolver,
} from "../../support/registry/testResolver.ts";
import { startConnectProxy } from "../../support/registry/connectProxy.ts";
import { createAuthority } from "../../support/registry/certificates.ts";

const manifest = JSON.stringify({ schemaVersion: 2, manifests: [] });
const manifestDigest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
const indexType = "application/vnd.oci.image.index.v1+json";

/** GET gives the manifest. */
function answerGet(
  response: ServerResponse,
  headers: Record<string, string | string[]> = {},
): void {
  response.writeHead(200, { "content-type": indexType, ...headers }).end(manifest);
}

describe("answers of registries", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  async function start(handle: FaultHandler): Promise<{ server: FaultServer; test: TestResolver }> {
    return { server: use(await startFaultServer(handle)), test: use(createTestResolver()) };
  }

  const headOrGet =
    (head: (response: ServerResponse) => void, get = answerGet): FaultHandler =>
    ({ method }, response) => {
      if (method === "HEAD") head(response);
      else get(response);
    };

  it("the digest of a signed schema 1 manifest is the header's, never a hash", async () => {
    const { server, test } = await start(({ method }, response) => {
      if (method === "HEAD") response.writeHead(405).end();
      else {
        answerGet(response, {
          "content-type": "application/vnd.docker.distribution.manifest.v1+prettyjws",
          "docker-content-digest": testDigest("b"),
        });
      }
    });
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.digest, testDigest("b"));
  });

  it("without a digest header the digest is found by GET, and Knative's failure is reported", async () => {
    const { server, test } = await start(
      headOrGet((response) =>
        response.writeHead(200, { "content-type": indexType, "content-length": "10" }).end(),
      ),
    );
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.kind, "no-digest-header");
    assert.equal(failure.error.digest, manifestDigest);
    assert.equal(
      failure.error.knative,
      `HEAD http://${server.host}/v2/team/app/manifests/1: response did not include Docker-Content-Digest header`,
    );
    assert.deepEqual(
      server.requests.map(({ method }) => method),
      ["HEAD", "GET"],
    );
    await test.failed(`${server.host}/team/app:2`);
    assert.deepEqual(
      server.requests.map(({ method }) => method),
      ["HEAD", "GET", "GET"],
    );
  });

  it("nothing is claimed of other repositories of the host", async () => {
    const { server, test } = await start(({ path, method }, response) => {
      if (path.includes("/bare/") && method === "HEAD") answerHead(response, { digest: [] });
      else if (path.includes("/bare/"))
        response.writeHead(200, { "content-type": indexType }).end("{}");
      else answerHead(response);
    });
    await test.failed(`${server.host}/bare/app:1`);
    await test.resolved(`${server.host}/team/app:1`);
    await test.failed(`${server.host}/bare/app:2`);
    const bare = server.requests.filter(({ path }) => path.includes("/bare/"));
    assert.deepEqual(
      bare.map(({ method }) => method),
      ["HEAD", "GET", "GET"],
    );
  });

  it("a person who asks again sees that the header is there now", async () => {
    let mended = false;
    const { server, test } = await start(
      headOrGet((response) => {
        if (mended) answerHead(response);
        else response.writeHead(200, { "content-type": indexType, "content-length": "10" }).end();
      }),
    );
    await test.failed(`${server.host}/team/app:1`);
    mended = true;
    await test.resolved(`${server.host}/team/app:1`, { fresh: true });
    await test.resolved(`${server.host}/team/app:2`);
    assert.equal(server.requests.at(-1)?.method, "HEAD");
  });

  it("on Docker Hub no GET is sent by itself, and one when a person asks", async () => {
    const authority = use(await createAuthority());
    const hub = use(
      await startFaultServer(
        headOrGet((response) =>
          response.writeHead(200, { "content-type": indexType, "content-length": "10" }).end(),
        ),
        { tls: authority.issue(["index.docker.io"]) },
      ),
    );
    const proxy = use(await startConnectProxy({ map: { "index.docker.io:443": hub.host } }));
    const test = use(createTestResolver({ use: { proxy: proxy.url, caFile: authority.file } }));
    const failure = await test.failed("nginx:1");
    assert.equal(failure.error.kind, "no-digest-header");
    assert.equal(failure.error.digest, undefined);
    assert.match(failure.error.message, /Docker-Content-Digest/);
    assert.deepEqual(
      hub.requests.map(({ method }) => method),
      ["HEAD"],
    );
    const { signal } = new AbortController();
    const details = await test.resolver.details(keyOf("nginx:1"), { signal });
    assert.ok("error" in details && details.error.kind === "blocked");
    assert.equal(hub.requests.length, 1);
    const again = await test.failed("nginx:1", { fresh: true });
    assert.equal(again.error.digest, manifestDigest);
    assert.deepEqual(
      hub.requests.map(({ method }) => method),
      ["HEAD", "HEAD", "GET"],
    );
  });

  for (const header of ["sha256:zz", `md5:${"a".repeat(32)}`, `sha256:${"A".repeat(64)}`]) {
    it(`the digest header ${header.slice(0, 12)} is not believed`, async () => {
      const { server, test } = await start(
        headOrGet((response) => answerHead(response, { digest: header })),
      );
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.equal(failure.error.kind, "no-digest-header");
      assert.equal(failure.error.digest, manifestDigest);
    });
  }

  it("of two different digest headers the first counts, as for Knative", async () => {
    const { server, test } = await start(
      headOrGet((response) => answerHead(response, { digest: [testDigest("a"), testDigest("b")] })),
    );
    assert.equal((await test.resolved(`${server.host}/team/app:1`)).digest, testDigest("a"));
  });

  it("where header and content differ, the content's hash wins and it is said once", async () => {
    const { server, test } = await start(
      headOrGet(
        (response) => response.writeHead(405).end(),
        (response) => answerGet(response, { "docker-content-digest": testDigest("c") }),
      ),
    );
    for (const tag of ["1", "2"]) {
      const failure = await test.failed(`${server.host}/team/app:${tag}`);
      assert.equal(failure.error.digest, manifestDigest);
    }
    assert.equal(test.log.filter((line) => line.includes("names digests that are not")).length, 1);
  });

  it("content that does not match the digest asked for is an error", async () => {
    const { server, test } = await start(headOrGet((response) => response.writeHead(405).end()));
    const failure = await test.failed(`${server.host}/team/app@${testDigest("d")}`);
    assert.equal(failure.error.kind, "invalid-response");
    assert.match(failure.error.message, /does not match sha256:dddd/);
  });

  it("the parameters of the type are left out, and a web page without a digest is not a registry", async () => {
    const { server, test } = await start(({ path }, response) => {
      if (path.endsWith("/page"))
        response.writeHead(200, { "content-type": "text/html", "content-length": 9 }).end();
      else if (path.endsWith("/typed")) answerHead(response, { type: "text/html" });
      else answerHead(response, { type: `${indexType}; charset=utf-8` });
    });
    assert.equal((await test.resolved(`${server.host}/team/app:1`)).mediaType, indexType);
    // Knative does not look at the type.
    await test.resolved(`${server.host}/team/app:typed`);
    const page = await test.failed(`${server.host}/team/app:page`);
    assert.match(page.error.message, /does not respond like a container registry/);
  });

  it("a missing type or length is reported, since Knative fails for it, with the digest", async () => {
    const { server, test } = await start(({ path }, response) => {
      const typed = path.endsWith("/typed");
      response.writeHead(200, {
        "docker-content-digest": testDigest("a"),
        ...(typed ? { "content-type": indexType } : { "content-length": "10" }),
      });
      response.end();
    });
    const untyped = await test.failed(`${server.host}/team/app:1`);
    assert.equal(untyped.error.digest, testDigest("a"));
    assert.match(untyped.error.knative ?? "", /response did not include Content-Type header$/);
    const unmeasured = await test.failed(`${server.host}/team/app:typed`);
    assert.match(unmeasured.error.knative ?? "", /^GET .*response did not include Content-Length/);
    assert.ok(server.requests.every(({ method }) => method === "HEAD"));
  });

  it("a registry without HEAD is asked by GET, from then on at once", async () => {
    const { server, test } = await start(headOrGet((response) => response.writeHead(405).end()));
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.digest, manifestDigest);
    assert.match(failure.error.knative ?? "", /unexpected status code 405 Method Not Allowed/);
    await test.failed(`${server.host}/team/app:2`);
    assert.deepEqual(
      server.requests.map(({ method }) => method),
      ["HEAD", "GET", "GET"],
    );
  });

  const invalidNames = [
    "team/App:1",
    "team/../app:1",
    "team//app:1",
    `team/app:${"a".repeat(129)}`,
    `${"a".repeat(250)}:1`,
    "team/app:",
    "team/app:-x",
    "team/%2f:1",
    "team/app:sha256:zz",
  ];
  for (const name of invalidNames) {
    it(`P20 ${name.slice(0, 24)} is refused before any request`, async () => {
      const { server, test } = await start((_, response) => answerHead(response));
      const split = name.lastIndexOf(":") < 0 ? name.length : name.indexOf(":");
      const key = {
        registry: server.host,
        repository: name.slice(0, split),
        reference: name.slice(split + 1),
      };
      const { signal } = new AbortController();
      const answer = await test.resolver.resolve(key, { signal, priority: "hover" });
      assert.ok(answer.status === "failed");
      assert.equal(answer.error.kind, "blocked");
      assert.equal(server.connections(), 0);
    });
  }

  const bodies: readonly (readonly [string, string | Buffer])[] = [
    ["Docker Hub's", '{"details":"incorrect username"}'],
    ["Artifactory's", '{"errors":[{"status":404,"message":"no"}]}'],
    ["a web page", "<!doctype html><html><body>nginx</body></html>"],
    ["plain text", "Too Many Requests (HAP429)"],
    ["invalid UTF-8", Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ["10 MB", Buffer.alloc(10 * 1024 * 1024, "x")],
  ];
  for (const [what, body] of bodies) {
    it(`an error with ${what} as its body is reported by its status`, async () => {
      const { server, test } = await start((_, response) => response.writeHead(403).end(body));
      const { signal } = new AbortController();
      const answer = await test.resolver.tags(server.host, "team/app", { signal });
      assert.ok("error" in answer);
      assert.equal(answer.error.kind, "access-denied");
      assert.match(answer.error.message, /HTTP 403/);
      assert.ok(answer.error.message.length < 600);
    });
  }

  it("a warning is logged once", async () => {
    const { server, test } = await start((_, response) => {
      response.setHeader("warning", '299 - "This registry closes on Friday"');
      answerHead(response);
    });
    for (const tag of ["1", "2", "3"]) await test.resolved(`${server.host}/team/app:${tag}`);
    assert.equal(test.log.filter((line) => line.includes("closes on Friday")).length, 1);
  });

  it("a warning that says a password back is not logged, not even with its signs left out", async () => {
    // The signs that are left out of a server's text part every piece of it.
    const password = "canary(1)[2](3)canary(4)";
    const server = use(
      await startFaultServer(({ authorization }, response) => {
        if (authorization === undefined) {
          response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
          return;
        }
        response.setHeader("warning", `299 - "not ${password}"`);
        answerHead(response);
      }),
    );
    const auth = Buffer.from(`me:${password}`).toString("base64");
    const variables = {
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [server.host]: { auth } } }),
    };
    const test = use(createTestResolver({ variables }));
    await test.resolved(`${server.host}/team/app:1`);
    assert.doesNotMatch(test.log.join("\n"), /canary|warns/);
  });

  it("what a server says becomes harmless words", async () => {
    const text = `\u001b[31m[click](command:evil) \u202ereversed<img src=x> ${"x".repeat(10_000)}`;
    const { server, test } = await start((_, response) => {
      response.setHeader("warning", `299 - "${encodeURI("no")} [a](command:b)"`);
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ errors: [{ code: "DENIED", message: text }] }));
    });
    const { signal } = new AbortController();
    const answer = await test.resolver.tags(server.host, "team/app", { signal });
    assert.ok("error" in answer);
    const shown = `${answer.error.message} ${answer.error.knative ?? ""} ${test.log.join()}`;
    // eslint-disable-next-line no-control-regex -- what must not be there.
    assert.doesNotMatch(shown, /command:|[\u001b\u202e]|\]\(|<img|x{201}/);
  });
});
