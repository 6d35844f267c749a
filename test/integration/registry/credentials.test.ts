// Credentials: where they are found, how they are used, and what is said when they are not good.

import assert from "node:assert/strict";
import { chmod, mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  reader,
  startDockerRegistry,
  type StartedRegistry,
} from "../../support/registry/dockerRegistry.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { pushFixtures } from "../../support/registry/fixtures.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver, eventually, keyOf } from "../../support/registry/testResolver.ts";
import { startTokenServer } from "../../support/registry/tokenServer.ts";

const login = { username: "user", password: "canary-S3cret" };

function encode({ username, password }: { username: string; password: string }): string {
  return Buffer.from(`${username}:${password}`).toString("base64");
}

/** A registry that takes one password and notes what it is sent. */
async function startBasic(accepted = login): Promise<FaultServer> {
  return startFaultServer(({ authorization }, response) => {
    if (authorization === `Basic ${encode(accepted)}`) answerHead(response);
    else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
  });
}

describe("passwords", function () {
  const { use, run } = createCleanUp();
  let open: StartedRegistry;
  let locked: StartedRegistry;
  before(async () => {
    open = await startDockerRegistry();
    await pushFixtures(open.host);
    locked = await startDockerRegistry({ storage: open.storage, login: "htpasswd" });
  });
  after(async () => {
    await locked.stop();
    await open.stop();
  });
  afterEach(run);

  it("A28 a good password is taken; its colon and the challenge's quotes do no harm", async () => {
    const test = use(createTestResolver({ logins: { [locked.host]: reader } }));
    await test.resolved(`${locked.host}/team/app:index`);
  });

  it("a wrong password is named with its user and place, and not sent again for another image", async () => {
    const server = use(await startBasic());
    const wrong = { username: "bob", password: "wrong-canary" };
    const test = use(createTestResolver({ logins: { [server.host]: wrong } }));
    const failure = await test.failed(`${server.host}/team/app:1`);
    assert.equal(failure.error.kind, "access-denied");
    assert.match(failure.error.message, /DOCKER_AUTH_CONFIG, user bob/);
    assert.match(failure.error.message, /docker login/);
    assert.equal(failure.error.credential, "DOCKER_AUTH_CONFIG, user bob");
    assert.doesNotMatch(JSON.stringify(failure), /wrong-canary/);
    await test.failed(`${server.host}/team/other:1`);
    const sent = server.requests.filter(({ authorization }) => authorization !== undefined);
    assert.equal(sent.length, 1);
  });

  it("a wrong password is sent once, however many images ask at the same time", async () => {
    const server = use(await startBasic());
    const wrong = { username: "bob", password: "wrong-canary" };
    const test = use(createTestResolver({ logins: { [server.host]: wrong } }));
    const images = Array.from({ length: 20 }, (_, index) => `${server.host}/team/app${index}:1`);
    const failures = await Promise.all(images.map((image) => test.failed(image)));
    for (const { error } of failures) assert.match(error.message, /user bob/);
    const sent = server.requests.filter(({ authorization }) => authorization !== undefined);
    assert.equal(sent.length, 1);
  });

  it("a good password that is tried by one is sent by all", async () => {
    const server = use(await startBasic());
    const test = use(createTestResolver({ logins: { [server.host]: login } }));
    const images = Array.from({ length: 20 }, (_, index) => `${server.host}/team/app${index}:1`);
    await Promise.all(images.map((image) => test.resolved(image)));
    assert.equal(server.requests.length, 21);
  });

  it("without a password the message says where one was looked for", async () => {
    const test = use(createTestResolver());
    const failure = await test.failed(`${locked.host}/team/app:index`);
    assert.equal(failure.error.kind, "access-denied");
    assert.match(failure.error.message, /looked in .*config\.json/);
    assert.match(failure.error.message, new RegExp(`docker login ${locked.host}`));
  });

  it("once the host is known, a password needs no refusal first", async () => {
    const server = use(await startBasic());
    const test = use(createTestResolver({ logins: { [server.host]: login } }));
    for (const tag of ["1", "2", "3"]) await test.resolved(`${server.host}/team/app:${tag}`);
    assert.equal(server.requests.length, 4);
  });

  it("no password goes over http to a host elsewhere, unless the user names it insecure", async () => {
    const server = use(await startFaultServer(() => undefined, { address: "127.0.0.2" }));
    server.handle = ({ authorization }, response) => {
      if (authorization !== undefined) answerHead(response);
      else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
    };
    const host = `registry.example:${server.port}`;
    const common = {
      logins: { [host]: login },
      names: { "registry.example": "127.0.0.2" },
      classes: { "127.0.0.2": "private" },
    } as const;
    const test = use(createTestResolver(common));
    const failure = await test.failed(`${host}/team/app:1`);
    assert.match(failure.error.message, /does not use TLS/);
    assert.equal(server.requests.length, 0);
    const cacheFolder = use(await temporaryFolder()).path;
    const use_ = { registries: { [host]: { insecure: true } } };
    const allowed = use(createTestResolver({ ...common, use: use_, cacheFolder }));
    const answer = await allowed.resolved(`${host}/team/app:1`);
    assert.match(answer.controller?.message ?? "", /over plain http/);
    // What a session remembers of the host allows the next one nothing.
    await allowed.close();
    const { length } = server.requests;
    const next = use(createTestResolver({ ...common, cacheFolder }));
    assert.match((await next.failed(`${host}/team/app:1`)).error.message, /does not use TLS/);
    assert.equal(server.requests.length, length);
  });

  it("an identity token is exchanged by POST", async () => {
    const tokens = use(await startTokenServer({ identityTokens: ["canary-identity"] }));
    const registry = use(await startDockerRegistry({ storage: locked.storage, token: tokens }));
    const entry = {
      identitytoken: "canary-identity",
      auth: encode({ username: "00000000", password: "" }),
    };
    const folder = use(await temporaryFolder());
    await writeFile(
      path.join(folder.path, "config.json"),
      JSON.stringify({ auths: { [registry.host]: entry } }),
    );
    const test = use(
      createTestResolver({
        variables: { DOCKER_CONFIG: folder.path },
        use: { trustedAuthHosts: { [registry.host]: [tokens.server.host] } },
      }),
    );
    await test.resolved(`${registry.host}/team/app:index`);
    const [request] = tokens.server.requests;
    assert.equal(request?.method, "POST");
    assert.equal(request.url, "/token");
    assert.deepEqual(Object.fromEntries(new URLSearchParams(request.body)), {
      grant_type: "refresh_token",
      refresh_token: "canary-identity",
      client_id: "knative-digest",
      service: tokens.service,
      scope: "repository:team/app:pull",
    });
  });

  for (const withPassword of [true, false]) {
    it(`where POST is not known, GET is tried ${withPassword ? "with the password" : "without one"}`, async () => {
      const tokens = use(await startTokenServer({ users: { user: login.password } }));
      const registry = use(await startDockerRegistry({ storage: locked.storage, token: tokens }));
      const folder = use(await temporaryFolder());
      const entry = {
        identitytoken: "unknown",
        ...(withPassword ? { auth: encode(login) } : {}),
      };
      const auths = { [registry.host]: entry };
      await writeFile(path.join(folder.path, "config.json"), JSON.stringify({ auths }));
      const trustedAuthHosts = { [registry.host]: [tokens.server.host] };
      const test = use(
        createTestResolver({
          variables: { DOCKER_CONFIG: folder.path },
          use: { trustedAuthHosts },
        }),
      );
      await test.ask(`${registry.host}/team/app:index`);
      const methods = tokens.server.requests.map(({ method, authorization }) =>
        authorization === undefined ? method : `${method} with password`,
      );
      assert.deepEqual(methods, withPassword ? ["POST", "GET with password"] : ["POST", "GET"]);
    });
  }

  it("a saved sign-in that has died does not hide a public image, and is not sent again", async () => {
    const tokens = use(await startTokenServer({ users: { user: "changed" } }));
    const registry = use(await startDockerRegistry({ storage: locked.storage, token: tokens }));
    const trustedAuthHosts = { [registry.host]: [tokens.server.host] };
    const test = use(
      createTestResolver({ logins: { [registry.host]: login }, use: { trustedAuthHosts } }),
    );
    const answer = await test.resolved(`${registry.host}/team/app:index`);
    assert.ok(answer.notices.some((notice) => notice.includes("saved credentials")));
    await test.resolved(`${registry.host}/team/app:single`);
    const sent = tokens.server.requests.filter(({ authorization }) => authorization !== undefined);
    assert.equal(sent.length, 1);
  });

  /** A registry whose token endpoint gives anonymous tokens, and refuses some who sign in. */
  async function startStrict(refuses: (url: string) => number | undefined): Promise<FaultServer> {
    const server = use(await startFaultServer(() => undefined));
    server.handle = ({ authorization, path: asked, url }, response) => {
      const status = authorization === undefined ? undefined : refuses(url);
      if (asked === "/token" && status !== undefined) response.writeHead(status).end();
      else if (asked === "/token") {
        response.end(JSON.stringify({ token: authorization === undefined ? "public" : "signed" }));
      } else if (authorization === "Bearer signed") answerHead(response);
      else if (authorization === undefined || asked.includes("/private")) {
        response.writeHead(401, { "www-authenticate": 'Bearer realm="/token"' }).end();
      } else answerHead(response);
    };
    return server;
  }

  const signedIn = ({ requests }: FaultServer): number =>
    requests.filter(({ path: asked, authorization }) => asked === "/token" && authorization).length;

  for (const [status, most] of [
    [401, 2],
    [403, 4],
  ] as const) {
    it(`a sign-in that has died (${status}) is sent ${most} times at most for twenty public images at once`, async () => {
      const server = await startStrict(() => status);
      const test = use(createTestResolver({ logins: { [server.host]: login } }));
      const images = Array.from({ length: 20 }, (_, index) => `${server.host}/team/app${index}:1`);
      const answers = await Promise.all(images.map((image) => test.resolved(image)));
      for (const { notices } of answers) assert.match(notices.join(), /saved credentials/);
      assert.ok(signedIn(server) <= most, String(signedIn(server)));
    });
  }

  it("a repository that a good sign-in may not pull takes it from no other", async () => {
    const server = await startStrict((url) => (url.includes("other") ? 403 : undefined));
    const test = use(createTestResolver({ logins: { [server.host]: login } }));
    const refused = await test.failed(`${server.host}/private/other:1`);
    assert.match(refused.error.message, /rejected the saved credentials for private\/other/);
    await test.resolved(`${server.host}/private/app:1`);
    await test.failed(`${server.host}/private/other:1`, { fresh: true });
    await test.resolved(`${server.host}/private/app:2`);
  });

  it("a Docker Hub entry under a name that docker does not use is pointed out", async () => {
    const folder = use(await temporaryFolder());
    const auths = { "docker.io": { auth: encode(login) } };
    await writeFile(path.join(folder.path, "config.json"), JSON.stringify({ auths }));
    const server = use(await startFaultServer((_, response) => response.writeHead(401).end()));
    const mirror = { "docker.io": { mirror: `http://${server.host}` } };
    const test = use(
      createTestResolver({
        variables: { DOCKER_CONFIG: folder.path },
        use: { registries: mirror },
      }),
    );
    await test.failed("nginx:1");
    const finding = await test.access.keychain.explain(keyOf("nginx:1"));
    assert.deepEqual(finding, {
      kind: "none",
      unusedKey: {
        key: "docker.io",
        place: path.join(folder.path, "config.json"),
        works: "https://index.docker.io/v1/",
      },
    });
  });
});

describe("credential files", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  const asUser = (username: string): { auth: string } => ({
    auth: encode({ username, password: "pw" }),
  });

  it("they count in order, and a broken one is reported and passed over", async () => {
    const home = use(await temporaryFolder());
    const host = "registry.example";
    const write = async (name: string, text: string): Promise<string> => {
      const file = path.join(home.path, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    };
    const auths = (user: string): string => JSON.stringify({ auths: { [host]: asUser(user) } });
    await write(".dockercfg", JSON.stringify({ [host]: asUser("legacy") }));
    const userOf = async (variables: Record<string, string>): Promise<string | undefined> => {
      const test = use(createTestResolver({ home: home.path, variables }));
      const { signal } = new AbortController();
      const target = { registry: host, repository: "team/app" };
      const found = await test.access.keychain.credentialFor(target, signal);
      assert.ok(found !== "needs-helper");
      const { credential, notices } = found;
      if (variables["DOCKER_AUTH_CONFIG"] === "{broken") assert.equal(notices.length, 1);
      return credential?.origin.username;
    };
    assert.equal(await userOf({}), "legacy");
    await write(".config/containers/auth.json", auths("podman"));
    assert.equal(await userOf({}), "podman");
    await write("run/containers/auth.json", auths("runtime"));
    const XDG_RUNTIME_DIR = path.join(home.path, "run");
    assert.equal(await userOf({ XDG_RUNTIME_DIR }), "runtime");
    await write(".docker/config.json", auths("docker"));
    assert.equal(await userOf({ XDG_RUNTIME_DIR }), "docker");
    await write("other/config.json", auths("chosen"));
    const DOCKER_CONFIG = path.join(home.path, "other");
    assert.equal(await userOf({ DOCKER_CONFIG }), "chosen");
    const REGISTRY_AUTH_FILE = await write("authfile.json", auths("authfile"));
    assert.equal(await userOf({ DOCKER_CONFIG, REGISTRY_AUTH_FILE }), "authfile");
    const DOCKER_AUTH_CONFIG = auths("variable");
    const all = { DOCKER_CONFIG, REGISTRY_AUTH_FILE, DOCKER_AUTH_CONFIG };
    assert.equal(await userOf(all), "variable");
    assert.equal(await userOf({ ...all, DOCKER_AUTH_CONFIG: "{broken" }), "authfile");
  });

  it("a changed file is used for the next question, and what was denied is asked again", async () => {
    const folder = use(await temporaryFolder());
    const file = path.join(folder.path, "config.json");
    const server = use(await startBasic());
    await writeFile(file, "{}");
    const test = use(createTestResolver({ variables: { DOCKER_CONFIG: folder.path } }));
    const key = keyOf(`${server.host}/team/app:1`);
    await test.failed(`${server.host}/team/app:1`);
    await writeFile(file, JSON.stringify({ auths: { [server.host]: { auth: encode(login) } } }));
    await utimes(file, new Date(), new Date(Date.now() + 5000));
    // The file is looked at again two seconds later at the soonest.
    const timer = setInterval(() => test.resolver.prefetch([key], "visible"), 100);
    await eventually(() => test.resolver.peek(key).status === "resolved").finally(() =>
      clearInterval(timer),
    );
  });

  it("a file inside the workspace is not read, also through a link, and that is reported", async () => {
    const workspace = use(await temporaryFolder());
    const outside = use(await temporaryFolder());
    const server = use(await startBasic());
    const text = JSON.stringify({ auths: { [server.host]: { auth: encode(login) } } });
    await writeFile(path.join(workspace.path, "config.json"), text);
    await symlink(workspace.path, path.join(outside.path, "link"));
    for (const DOCKER_CONFIG of [workspace.path, path.join(outside.path, "link")]) {
      const test = use(
        createTestResolver({
          variables: { DOCKER_CONFIG },
          workspaceFolders: () => [workspace.path],
        }),
      );
      const failure = await test.failed(`${server.host}/team/app:1`);
      assert.match(failure.error.message, /; \S+ is inside the workspace/);
    }
    assert.ok(server.requests.every(({ authorization }) => authorization === undefined));
  });

  it("in an untrusted workspace nothing is sent, read or run", async () => {
    const folder = use(await temporaryFolder());
    const server = use(await startBasic());
    const marker = path.join(folder.path, "ran");
    const helper = path.join(folder.path, "docker-credential-test");
    await writeFile(helper, `#!/bin/sh\ntouch ${marker}\n`);
    await chmod(helper, 0o755);
    await writeFile(path.join(folder.path, "config.json"), '{"credsStore":"test"}');
    const lookedAt: string[] = [];
    const test = use(
      createTestResolver({
        variables: new Proxy(
          { DOCKER_CONFIG: folder.path, PATH: folder.path },
          {
            get(variables, name) {
              lookedAt.push(String(name));
              return Reflect.get(variables, name) as unknown;
            },
          },
        ),
        policy: { trusted: false, offline: false },
      }),
    );
    const key = keyOf(`${server.host}/team/app:1`);
    test.resolver.prefetch([key], "visible");
    const answer = await test.ask(`${server.host}/team/app:1`, { fresh: true });
    assert.deepEqual(answer, { status: "not-asked", reason: "untrusted" });
    const { signal } = new AbortController();
    const tags = await test.resolver.tags(server.host, "team/app", { signal });
    assert.deepEqual(tags, { status: "not-asked", reason: "untrusted" });
    const details = await test.resolver.details(key, { signal });
    assert.deepEqual(details, { status: "not-asked", reason: "untrusted" });
    const pinned = { ...key, reference: `sha256:${"a".repeat(64)}` };
    await test.resolver.prefetchDetails(pinned);
    test.resolver.prefetch([pinned], "visible");
    assert.equal(server.connections(), 0);
    assert.deepEqual(
      lookedAt.filter((name) => name !== "HOME" && name !== "USERPROFILE"),
      [],
    );
  });

  it("an answer that a sign-in gave is shown in a later session with that sign-in alone, where it may be looked at", async () => {
    const server = use(await startBasic());
    const cacheFolder = use(await temporaryFolder()).path;
    const image = `${server.host}/team/app:1`;
    const signedIn = { logins: { [server.host]: login }, cacheFolder };
    const first = use(createTestResolver(signedIn));
    await first.resolved(image);
    await first.close();
    const { length } = server.requests;
    const session = async (
      options: Parameters<typeof createTestResolver>[0],
      policy: { trusted: boolean; offline: boolean },
    ): Promise<string> => {
      const test = use(createTestResolver({ ...options, policy }));
      return (await test.ask(image)).status;
    };
    const offline = { trusted: true, offline: true };
    assert.equal(await session(signedIn, offline), "resolved");
    assert.equal(await session(signedIn, { trusted: false, offline: false }), "not-asked");
    assert.equal(await session({ cacheFolder }, offline), "not-asked");
    assert.equal(server.requests.length, length);
  });

  it("offline and with resolve off nothing is sent", async () => {
    const server = use(await startBasic());
    const offline = use(createTestResolver({ policy: { trusted: true, offline: true } }));
    const answer = await offline.ask(`${server.host}/team/app:1`, { fresh: true });
    assert.deepEqual(answer, { status: "not-asked", reason: "offline" });
    const off = use(createTestResolver({ use: { resolve: "off" } }));
    assert.deepEqual(await off.ask(`${server.host}/team/app:1`), {
      status: "not-asked",
      reason: "off",
    });
    const onDemand = use(createTestResolver({ use: { resolve: "on-demand" } }));
    onDemand.resolver.prefetch([keyOf(`${server.host}/team/app:1`)], "visible");
    assert.equal(server.connections(), 0);
    await onDemand.failed(`${server.host}/team/app:1`);
    assert.ok(server.connections() > 0);
  });
});
