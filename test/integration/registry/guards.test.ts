// Settings that guard and cannot be used: the request is not sent, and a sentence names the setting.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parseSettings, type Settings } from "../../../server/src/settings.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { runProgram, temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver } from "../../support/registry/testResolver.ts";

describe("a setting that cannot be used", function () {
  this.timeout(180_000);
  const { use, run } = createCleanUp();
  afterEach(run);

  /** A registry that is not on loopback, since what is never goes through a proxy. */
  async function startRegistry(): Promise<{ server: FaultServer; image: string }> {
    const server = use(
      await startFaultServer((_, response) => answerHead(response), { address: "127.0.0.2" }),
    );
    return { server, image: `registry.example:${server.port}/team/app:1` };
  }

  async function refusal(
    settings: (host: string) => Partial<Settings>,
    variables: Record<string, string> = {},
  ): Promise<string> {
    const { server, image } = await startRegistry();
    const [host = ""] = image.split("/");
    const own = settings(host);
    const registries = { [host]: { insecure: true }, ...own.registries };
    const test = use(
      createTestResolver({
        names: { "registry.example": "127.0.0.2" },
        classes: { "127.0.0.2": "private" },
        variables,
        use: { ...own, registries },
      }),
    );
    const failure = await test.failed(image);
    assert.equal(failure.error.kind, "blocked");
    assert.equal(server.connections(), 0);
    const said = `${JSON.stringify(failure)}\n${test.log.join("\n")}`;
    assert.doesNotMatch(said, /canary/);
    return failure.error.message;
  }

  it("a proxy stops the request, from any source", async () => {
    const proxy = "http://me:canary/1@127.0.0.2:1";
    assert.match(await refusal(() => ({ proxy })), /invalid proxy in knativeDigest\.proxy/);
    const variables = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
    assert.match(await refusal(() => ({}), variables), /invalid proxy in HTTPS_PROXY/);
    assert.match(await refusal(() => ({ proxy: "http://proxy.example:99999" })), /: write http:/);
  });

  it("an exception from the proxy stops the request", async () => {
    const variables = { HTTPS_PROXY: "http://127.0.0.2:1", NO_PROXY: "10.0.0.0/99" };
    assert.match(await refusal(() => ({}), variables), /"10\.0\.0\.0\/99" in NO_PROXY/);
  });

  it("a mirror that is not a host stops the request, and is not quoted", async () => {
    const mirror = "https://me:canary/1@mirror.example";
    const message = await refusal((host) => ({ registries: { [host]: { mirror } } }));
    assert.match(message, /invalid mirror of registry\.example:\d+ in knativeDigest\.registries/);
  });

  it("what is said of a registry stops its requests", async () => {
    const message = await refusal(
      (host) => parseSettings({ registries: { [host]: { mirror: 5 } } }).settings,
    );
    assert.match(message, /invalid value for \S+ in the setting knativeDigest\.registries/);
    const trusted = await refusal(
      (host) => parseSettings({ trustedAuthHosts: { [host]: ["*"] } }).settings,
    );
    assert.match(trusted, /in the setting knativeDigest\.trustedAuthHosts/);
  });

  it("a file of authorities that is missing, empty, a folder, a FIFO or a device stops the request", async () => {
    const folder = use(await temporaryFolder()).path;
    const at = (name: string): string => path.join(folder, name);
    await writeFile(at("empty.pem"), "canary");
    runProgram("mkfifo", [at("fifo")]);
    for (const file of [at("missing"), at("empty.pem"), folder, at("fifo"), "/dev/zero"]) {
      assert.match(
        await refusal(() => ({ caFile: file })),
        /the CA file in knativeDigest\.caFile cannot be used/,
      );
      assert.match(
        await refusal((host) => ({ registries: { [host]: { caFile: file } } })),
        /the CA file in knativeDigest\.registries cannot be used/,
      );
    }
  });
});
