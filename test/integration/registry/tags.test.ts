// Lists of tags: pages, links, and what stands in lists that are no tags.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Failed, NotAsked, TagList } from "../../../server/src/resolver/resolution.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  startFaultServer,
  type FaultHandler,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { createTestResolver, type TestResolver } from "../../support/registry/testResolver.ts";

describe("lists of tags", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  async function list(
    handle: (server: FaultServer) => FaultHandler,
  ): Promise<{ server: FaultServer; test: TestResolver; answer: TagList | Failed | NotAsked }> {
    const server = use(await startFaultServer(() => undefined));
    server.handle = handle(server);
    const test = use(createTestResolver());
    const { signal } = new AbortController();
    return { server, test, answer: await test.resolver.tags(server.host, "team/app", { signal }) };
  }

  function page(response: ServerResponse, tags: unknown, link?: string | string[]): void {
    if (link !== undefined) response.setHeader("link", link);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ name: "team/app", tags }));
  }

  it("relative and absolute links of the registry are followed once each", async () => {
    const { server, answer } = await list(({ url }) => (request, response) => {
      const last = new URL(request.url, url).searchParams.get("last");
      const next = "/v2/team/app/tags/list?n=1000&last=";
      if (last === null) page(response, ["1.10"], `<${next}a>; rel="next"`);
      else if (last === "a") {
        page(
          response,
          ["1.9"],
          [`</first>; rel="first"`, `</other>; rel=other, <${url}${next}b>; rel=next`],
        );
      } else page(response, ["latest"]);
    });
    assert.deepEqual(answer, { tags: ["1.9", "1.10", "latest"], truncated: false });
    assert.deepEqual(
      server.requests.map(({ url }) => url.split("?")[1]),
      ["n=1000", "n=1000&last=a", "n=1000&last=b"],
    );
  });

  const badLinks = [
    "https://elsewhere.example/v2/team/app/tags/list",
    "//169.254.169.254/x",
    "http://[",
  ];
  for (const link of badLinks) {
    it(`the link ${link} is not followed`, async () => {
      const { server, answer, test } = await list(() => (_, response) => {
        page(response, ["1"], `<${link}>; rel="next"`);
      });
      assert.deepEqual(answer, { tags: ["1"], truncated: true });
      assert.equal(server.requests.length, 1);
      assert.ok(test.log.some((line) => line.includes("incomplete")));
    });
  }

  it("a link in a circle ends", async () => {
    const { server, answer } = await list(() => (_, response) => {
      page(response, ["1"], `</v2/team/app/tags/list?n=1000>; rel="next"`);
    });
    assert.deepEqual(answer, { tags: ["1"], truncated: true });
    assert.equal(server.requests.length, 1);
  });

  it("of a thousand pages twenty are read", async () => {
    let count = 0;
    const { server, answer } = await list(() => (_, response) => {
      count += 1;
      page(response, [`t${count}`], `</v2/team/app/tags/list?last=${count}>; rel="next"`);
    });
    assert.ok("tags" in answer && answer.truncated);
    assert.equal(answer.tags.length, 20);
    assert.equal(server.requests.length, 20);
  });

  it("what is not a tag is left out", async () => {
    const signature = `sha256-${"a".repeat(64)}.sig`;
    const { answer } = await list(() => (_, response) => {
      page(response, [
        "1",
        null,
        `sha256:${"a".repeat(64)}`,
        signature,
        "a b",
        "-x",
        "a".repeat(129),
        7,
      ]);
    });
    assert.deepEqual(answer, { tags: ["1"], truncated: false });
  });

  it("a repository without tags has none", async () => {
    const { answer } = await list(() => (_, response) => page(response, null));
    assert.deepEqual(answer, { tags: [], truncated: false });
  });

  it("a million tags are cut to those that are of use", async () => {
    const many = Array.from({ length: 1_000_000 }, (_, index) => `build-${index}`);
    const { answer } = await list(() => (_, response) => page(response, many));
    assert.ok("tags" in answer && answer.truncated);
    assert.equal(answer.tags.length, 20_000);
  });

  it("what may no longer be asked ends between two pages", async () => {
    const server = use(await startFaultServer(() => undefined));
    const test = use(createTestResolver());
    const { requests } = server;
    server.handle = (_, response) => {
      const link = `</v2/team/app/tags/list?last=${requests.length}>; rel="next"`;
      if (requests.length === 2) test.resolver.setPolicy({ trusted: true, offline: true });
      page(response, ["1"], link);
    };
    const { signal } = new AbortController();
    const answer = await test.resolver.tags(server.host, "team/app", { signal });
    assert.deepEqual(answer, { status: "not-asked", reason: "offline" });
    await test.close();
    assert.equal(requests.length, 2);
  });

  it("no more is asked for than Amazon ECR gives", async () => {
    const { server, answer } = await list(() => ({ url }, response) => {
      const n = Number(new URL(url, "http://x").searchParams.get("n"));
      if (n > 1000) response.writeHead(405).end();
      else page(response, ["1"]);
    });
    assert.ok("tags" in answer);
    assert.equal(server.requests.length, 1);
  });

  it("the link of Artifactory, which loses the repository, is put right", async () => {
    const { server, answer } = await list(() => ({ url }, response) => {
      response.setHeader("x-jfrog-version", "Artifactory/7");
      const last = new URL(url, "http://x").searchParams.get("last");
      if (last === null) page(response, ["1"], `</v2/app/tags/list?last=1&n=1000>; rel="next"`);
      else page(response, ["2"]);
    });
    assert.deepEqual(answer, { tags: ["1", "2"], truncated: false });
    assert.equal(server.requests[1]?.path, "/v2/team/app/tags/list");
  });

  it("an answer that is not a list is reported", async () => {
    const { answer } = await list(() => (_, response) => response.end("[]"));
    assert.ok("error" in answer && answer.error.kind === "invalid-response");
  });
});
