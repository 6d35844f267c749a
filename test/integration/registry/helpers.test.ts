// Credential helpers: when they are run, how they are found, and what their answers mean.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import {
  createTestResolver,
  eventually,
  type TestResolver,
} from "../../support/registry/testResolver.ts";

const secret = "canary-helper";
const basic = `Basic ${Buffer.from(`helped:${secret}`).toString("base64")}`;

describe("credential helpers", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  /** A registry that takes what the helper knows, a helper script, and a config that names it. */
  async function start(options: {
    readonly script: string;
    readonly config: (host: string) => unknown;
    readonly name?: string;
    readonly path?: (folder: string) => string;
    /** The folder of helpers as the workspace, or its name in a workspace. */
    readonly workspace?: boolean | string;
    readonly home?: boolean;
    readonly variables?: Readonly<Record<string, string>>;
    readonly open?: boolean;
    readonly cache?: boolean;
  }): Promise<{ server: FaultServer; test: TestResolver; folder: string }> {
    const server = use(
      await startFaultServer(
        ({ authorization }, response) => {
          if (options.open === true || authorization === basic) answerHead(response);
          else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
        },
        // Where `/v2/` is open, each repository is tried without credentials first.
        options.cache === true ? { handlesPing: "unnoted" } : {},
      ),
    );
    const { path: folder } = use(await temporaryFolder());
    const bin = typeof options.workspace === "string" ? `workspace/${options.workspace}` : "bin";
    await mkdir(path.join(folder, bin), { recursive: true });
    await mkdir(path.join(folder, "home"));
    const helper = path.join(folder, bin, `docker-credential-${options.name ?? "test"}`);
    const preamble = `#!/bin/sh\necho "$@" >> ${folder}/arguments\ntee -a ${folder}/input > ${folder}/last\n`;
    await writeFile(helper, preamble + options.script.replaceAll("HOST", server.host));
    await chmod(helper, 0o755);
    await writeFile(path.join(folder, "config.json"), JSON.stringify(options.config(server.host)));
    const test = use(
      createTestResolver({
        ...(options.cache === true ? { cacheFolder: path.join(folder, "cache") } : {}),
        variables: {
          DOCKER_CONFIG: folder,
          PATH: `${options.path?.(folder) ?? path.join(folder, bin)}:/usr/bin:/bin`,
          ...options.variables,
        },
        ...(options.home === true ? { home: path.join(folder, "home") } : {}),
        workspaceFolders: () =>
          options.workspace === true
            ? [path.join(folder, bin)]
            : options.workspace === undefined
              ? []
              : [path.join(folder, "workspace")],
      }),
    );
    return { server, test, folder };
  }

  const good = `echo '{"ServerURL":"HOST","Username":"helped","Secret":"${secret}"}'\n`;
  const forAll = (): unknown => ({ credsStore: "test" });

  it("an empty entry means that the store has the secret; it is asked for the host, once", async () => {
    const { server, test, folder } = await start({
      script: good,
      config: (host) => ({ auths: { [host]: {} }, credsStore: "test" }),
    });
    await test.resolved(`${server.host}/team/app:1`);
    await test.resolved(`${server.host}/team/other:1`);
    assert.equal(await readFile(path.join(folder, "input"), "utf8"), server.host);
    assert.equal(await readFile(path.join(folder, "arguments"), "utf8"), "get\n");
  });

  it("a helper is not asked before a registry refuses", async () => {
    const { server, test, folder } = await start({ script: good, config: forAll, open: true });
    await test.resolved(`${server.host}/team/app:1`);
    assert.ok(!existsSync(path.join(folder, "arguments")));
  });

  it("a helper is not asked before a registry refuses, also where an earlier session knows that it will", async () => {
    const { server, test, folder } = await start({ script: good, config: forAll, cache: true });
    await test.resolved(`${server.host}/team/app:1`);
    await test.close();
    assert.ok(test.access.client.traits.get(server.host).authentication !== undefined);
    await writeFile(path.join(folder, "arguments"), "");
    const again = use(createTestResolver(test.options));
    const asked = server.requests.length;
    server.handle = ({ authorization, path: asks }, response) => {
      const helperRan = readFileSync(path.join(folder, "arguments"), "utf8") !== "";
      if (asks !== "/v2/") assert.equal(helperRan, authorization !== undefined);
      if (authorization === basic) answerHead(response);
      else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
    };
    const tags = ["2", "3", "4"].map((tag) => again.resolved(`${server.host}/team/app:${tag}`));
    await Promise.all(tags);
    assert.equal(server.requests.length - asked, 4);
  });

  it("the helper of a host goes before the store of all and before the file's entries", async () => {
    const { server, test } = await start({
      script: good,
      config: (host) => ({
        auths: { [host]: { auth: Buffer.from("filed:wrong").toString("base64") } },
        credHelpers: { [host]: "test" },
        credsStore: "missing",
      }),
    });
    await test.resolved(`${server.host}/team/app:1`);
  });

  it("a helper that has nothing is not an error", async () => {
    const { server, test } = await start({
      script: "echo 'credentials not found in native keychain'; exit 1\n",
      config: forAll,
    });
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.match(failure.error.message, /no credentials found/);
    assert.doesNotMatch(failure.error.message, /docker-credential-test/);
  });

  it("a helper that hangs is ended with its children, and other hosts go on", async () => {
    const { server, test, folder } = await start({
      script: "sleep 300 & echo $! > $(dirname $0)/child; wait\n",
      config: forAll,
    });
    const other = use(await startFaultServer((_, response) => answerHead(response)));
    const slow = test.failed(`${server.host}/team/app:1`);
    await test.resolved(`${other.host}/team/app:1`);
    const failure = await slow;
    assert.match(failure.error.message, /docker-credential-test timed out/);
    const child = Number(await readFile(path.join(folder, "bin/child"), "utf8"));
    await eventually(() => !isAlive(child));
  });

  const badAnswers: readonly (readonly [string, string, RegExp])[] = [
    ["10 MB", "head -c 10000000 /dev/zero | tr '\\0' x\n", /test printed too much output/],
    ["no JSON", `echo 'hello ${secret}'\n`, /test printed unexpected output/],
    [
      "an error on standard output",
      `echo 'the vault is locked'; exit 2\n`,
      /failed \(exit code 2\)/,
    ],
    [
      "an error with more lines",
      `printf 'locked\\n${secret}\\n'; exit 2\n`,
      /failed \(exit code 2\)/,
    ],
    ["its credential and an exit code", `echo '${secret}'; exit 3\n`, /failed \(exit code 3\)/],
    ["the secret on standard error", `echo ${secret} >&2; exit 3\n`, /failed \(exit code 3\)/],
    [
      "a new token on standard error",
      `echo "no ${"x1".repeat(20)}${secret}" >&2; exit 3\n`,
      /failed: no …/,
    ],
    [
      "its credential on both",
      `echo '{"Secret":"${secret}"}'; echo "cannot store ${secret}" >&2; exit 3\n`,
      /failed \(exit code 3\)/,
    ],
    [
      "a sentence on standard error",
      `echo 'secret ${secret}'; printf '\\n the vault \\033[31mis locked\\nsecond line\\n' >&2; exit 3\n`,
      /docker-credential-test failed: the vault is locked(?!.*second)/,
    ],
    [
      "its credential as the name of another host",
      `echo '{"ServerURL":"https://${secret}.example","Username":"helped","Secret":"${secret}"}'\n`,
      /returned a credential for /,
    ],
    ["much on standard error", `head -c 3000000 /dev/zero | tr '\\0' 'x ' >&2; exit 3\n`, /failed/],
  ];
  for (const [what, script, message] of badAnswers) {
    it(`a helper that writes ${what} is reported, and nothing of it leaks`, async () => {
      const { server, test } = await start({ script, config: forAll });
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.match(failure.error.message, message);
      assert.doesNotMatch(`${JSON.stringify(failure)} ${test.log.join()}`, new RegExp(secret));
    });
  }

  it("the user <token> makes the secret an identity token", async () => {
    const { server, test } = await start({
      script: `echo '{"ServerURL":"HOST","Username":"<token>","Secret":"${secret}"}'\n`,
      config: forAll,
    });
    server.handle = ({ path: asked, method, authorization }, response) => {
      if (asked === "/token") response.end(JSON.stringify({ access_token: `from-${method}` }));
      else if (authorization === "Bearer from-POST") answerHead(response);
      else response.writeHead(401, { "www-authenticate": 'Bearer realm="/token"' }).end();
    };
    await test.resolved(`${server.host}/team/app:1`);
    const body = server.requests.find(({ method }) => method === "POST")?.body ?? "";
    assert.equal(new URLSearchParams(body).get("refresh_token"), secret);
  });

  it("an answer for another host is not used", async () => {
    const { server, test } = await start({
      script: `echo '{"ServerURL":"https://other.example","Username":"helped","Secret":"${secret}"}'\n`,
      config: forAll,
    });
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.match(failure.error.message, /returned a credential for other\.example/);
    assert.ok(server.requests.every(({ authorization }) => authorization === undefined));
  });

  it("a helper that has said a secret once is not quoted with it later", async () => {
    const once = `if [ -e $(dirname $0)/twice ]; then echo "cannot read ${secret}" >&2; exit 3; fi\n`;
    const { server, test, folder } = await start({ script: once + good, config: forAll });
    await test.resolved(`${server.host}/team/app:1`);
    await writeFile(path.join(folder, "bin/twice"), "");
    test.access.client.reset();
    const failure = await test.failed(`${server.host}/team/app:2`);
    assert.match(failure.error.message, /failed \(exit code 3\)/);
    assert.doesNotMatch(`${JSON.stringify(failure)} ${test.log.join()}`, new RegExp(secret));
  });

  it("what a helper leaves running does not hold its answer back", async () => {
    const { server, test } = await start({
      script: `sleep 20 >/dev/null &\n${good}`,
      config: forAll,
    });
    await test.resolved(`${server.host}/team/app:1`);
  });

  it("a helper in a folder of the workspace whose name begins with two dots is not run", async () => {
    const { server, test, folder } = await start({
      script: good,
      config: forAll,
      workspace: "..bin",
    });
    await test.failed(`${server.host}/team/app:1`);
    assert.ok(!existsSync(path.join(folder, "arguments")));
  });

  it("a helper runs in the home folder, without what editors set for their own processes", async () => {
    const { server, test, folder } = await start({
      script: `{ pwd; echo "$NODE_OPTIONS$ELECTRON_RUN_AS_NODE$OTHER"; } > $(dirname $0)/seen\n${good}`,
      config: forAll,
      home: true,
      variables: { NODE_OPTIONS: "--bad", ELECTRON_RUN_AS_NODE: "1", OTHER: "other" },
    });
    await test.resolved(`${server.host}/team/app:1`);
    assert.equal(await readFile(path.join(folder, "bin/seen"), "utf8"), `${folder}/home\nother\n`);
  });

  for (const name of ["../x", "a b", "x;y", "a".repeat(65), "/bin/sh", "..", "a..b", "x\\y"]) {
    it(`the helper name ${JSON.stringify(name.slice(0, 8))} is refused`, async () => {
      const { server, test, folder } = await start({
        script: good,
        config: () => ({ credsStore: name }),
      });
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.match(failure.error.message, /is not a plain file name/);
      assert.ok(!existsSync(path.join(folder, "arguments")));
    });
  }

  it("relative and empty PATH entries are passed over, and a short PATH is explained", async () => {
    const { server, test, folder } = await start({
      script: good,
      config: forAll,
      path: () => ".::bin",
    });
    const before = process.cwd();
    process.chdir(folder);
    try {
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.match(failure.error.message, /not found in PATH/);
    } finally {
      process.chdir(before);
    }
    assert.ok(!existsSync(path.join(folder, "arguments")));
  });

  it("a helper inside the workspace is not run", async () => {
    const { server, test, folder } = await start({ script: good, config: forAll, workspace: true });
    await test.failed(`${server.host}/team/app:1`);
    assert.ok(!existsSync(path.join(folder, "arguments")));
  });

  it("explain names the helper and does not run it", async () => {
    const { test, folder } = await start({ script: good, config: forAll });
    const target = { registry: "registry.example", repository: "team/app" };
    const finding = await test.access.keychain.explain(target);
    assert.ok(finding.kind === "helper");
    assert.equal(finding.helper, "test");
    assert.equal(finding.origin.source, "credential-helper");
    assert.equal(finding.serverKey, "registry.example");
    assert.ok(!existsSync(path.join(folder, "arguments")));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
