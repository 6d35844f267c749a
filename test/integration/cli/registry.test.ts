// The built command line against the real docker-registry, with skopeo's digests as the second opinion.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { runBuilt, type BuiltResult } from "../../support/builtCommand.ts";
import { service } from "../../support/reading.ts";
import {
  reader,
  startDockerRegistry,
  type StartedRegistry,
} from "../../support/registry/dockerRegistry.ts";
import { answerHead, startFaultServer } from "../../support/registry/faultServer.ts";
import { pushFixtures } from "../../support/registry/fixtures.ts";
import { loopbackIsFine } from "../../support/loopbackIsFine.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

describe("the command line and docker-registry", function () {
  let registry: StartedRegistry;
  let digests: ReadonlyMap<string, string>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  before(async () => {
    registry = await startDockerRegistry();
    digests = await pushFixtures(registry.host);
  });
  after(() => registry.stop());
  beforeEach(async () => {
    folder = await temporaryFolder();
    const settings = path.join(folder.path, ".knative-digest.yaml");
    await writeFile(settings, JSON.stringify(loopbackIsFine));
  });
  afterEach(() => folder.remove());

  const run = (args: string, variables = {}): Promise<BuiltResult> =>
    runBuilt(args.split(" "), { cwd: folder.path, variables });
  const image = (name: string): string => `${registry.host}/team/app:${name}`;

  /** Manifests of every form that an image can be written in. */
  async function writeManifests(): Promise<Readonly<Record<string, string>>> {
    const [index, single, list] = ["index", "single", "list"].map(image);
    const texts = {
      "plain.yaml": service(`${index ?? ""} # web`),
      "windows.yaml": service(`"${single ?? ""}"`).replaceAll("\n", "\r\n"),
      "no end.yaml": service(`'${list ?? ""}'`).trimEnd(),
      "flow/süß.yml": `{apiversion: x}\n---\n{apiVersion: serving.knative.dev/v1, kind: Service, spec: {template: {spec: {containers: [{image: ${index ?? ""}}, {image: "${single ?? ""}"}]}}}}\n`,
      "flow/block.yaml": service(`>-\n            ${list ?? ""}`),
    };
    await mkdir(path.join(folder.path, "flow"));
    for (const [name, text] of Object.entries(texts)) {
      await writeFile(path.join(folder.path, name), text);
    }
    return texts;
  }

  async function readManifests(
    names: readonly string[],
    from = folder.path,
  ): Promise<Record<string, string>> {
    const read = async (name: string) =>
      [name, await readFile(path.join(from, name), "utf8")] as const;
    return Object.fromEntries(await Promise.all(names.map(read)));
  }

  it("resolves as skopeo does, and says what is not there", async () => {
    const images = ["index", "single", "list", "v2s2"].map(image);
    const { code, stdout, stderr } = await run(`resolve ${images.join(" ")} ${image("nowhere")}`);
    const repository = `${registry.host}/team/app`;
    assert.deepEqual(
      stdout.trimEnd().split("\n"),
      ["index", "single", "list", "v2s2"].map(
        (name) => `${repository}@${digests.get(`team/app:${name}`) ?? ""}`,
      ),
    );
    assert.equal(code, 1);
    assert.match(stderr, /Tag nowhere not found/);
  });

  it("pins, finds all pinned, and gives back the first bytes", async () => {
    const before = await writeManifests();
    const pinned = await run("pin");
    assert.equal(pinned.code, 0, pinned.stdout + pinned.stderr);
    assert.match(pinned.stdout, /6 images pinned in 5 files\./);
    const after = await readManifests(Object.keys(before));
    for (const text of Object.values(after)) assert.match(text, /@sha256:[0-9a-f]{64}/);
    const checked = await run("check --fail-on information");
    assert.equal(checked.code, 0, checked.stdout);
    const unpinned = await run("unpin");
    assert.equal(unpinned.code, 0, unpinned.stdout);
    assert.deepEqual(await readManifests(Object.keys(before)), before);
  });

  it("shows a patch that git applies to what pin writes", async () => {
    const names = Object.keys(await writeManifests());
    const other = await temporaryFolder();
    const copy = other.path;
    await cp(folder.path, copy, { recursive: true });
    const { code, stdout } = await runBuilt(["pin", "--diff"], { cwd: copy });
    assert.equal(code, 0);
    execFileSync("git", ["apply", "-"], { cwd: copy, input: stdout });
    const { code: pinned } = await runBuilt(["pin", ...names], { cwd: folder.path });
    assert.equal(pinned, 0);
    assert.deepEqual(await readManifests(names, copy), await readManifests(names));
    await other.remove();
  });

  it("shows a patch that git applies in a folder of a repository", async () => {
    execFileSync("git", ["init", "--quiet"], { cwd: folder.path });
    const sub = path.join(folder.path, "sub");
    await mkdir(sub);
    await writeFile(path.join(sub, "a.yaml"), service(image("index")));
    const { stdout } = await runBuilt(["pin", "--diff"], { cwd: sub });
    execFileSync("git", ["apply", "-"], { cwd: sub, input: stdout });
    assert.match(await readFile(path.join(sub, "a.yaml"), "utf8"), /@sha256:/);
  });

  it("moves a pin when its tag has moved", async () => {
    const [old, now] = [digests.get("team/app:single"), digests.get("team/app:index")];
    const file = path.join(folder.path, "a.yaml");
    await writeFile(file, service(`${image("index")}@${old ?? ""}`));
    const checked = await run("check --fail-on information");
    assert.equal(checked.code, 1);
    assert.match(checked.stdout, /tag-moved/);
    assert.equal((await run("update")).code, 0);
    assert.equal(await readFile(file, "utf8"), service(`${image("index")}@${now ?? ""}`));
  });

  it("signs in with docker's configuration, and shows nothing secret when that is refused", async () => {
    const locked = await startDockerRegistry({ login: "htpasswd", storage: registry.storage });
    try {
      const { username, password } = reader;
      const login = async (secret: string): Promise<BuiltResult> => {
        const auth = Buffer.from(`${username}:${secret}`).toString("base64");
        const config = JSON.stringify({ auths: { [locked.host]: { auth } } });
        await writeFile(path.join(folder.path, "config.json"), config);
        return run(`resolve ${locked.host}/team/app:index`, { DOCKER_CONFIG: folder.path });
      };
      const right = await login(password);
      const digest = digests.get("team/app:index") ?? "";
      assert.equal(right.stdout, `${locked.host}/team/app@${digest}\n`, right.stderr);
      const wrong = await login("wr0ng-canary");
      assert.equal(wrong.code, 3);
      assert.ok(!`${wrong.stdout}${wrong.stderr}`.includes("wr0ng-canary"));
      // Knative signs in with the pull secret and knows nothing of docker's configuration.
      const auths = { [locked.host]: { username, password } };
      await writeFile(path.join(folder.path, "secret"), JSON.stringify({ auths }));
      const asKnative = await run(`resolve ${locked.host}/team/app:index --pull-secret secret`);
      assert.equal(asKnative.stdout, right.stdout, asKnative.stderr);
      await writeFile(path.join(folder.path, "secret"), JSON.stringify({ auths: {} }));
      const docker = { DOCKER_CONFIG: folder.path };
      await login(password);
      const none = await run(`resolve ${locked.host}/team/app:index --pull-secret secret`, docker);
      assert.equal(none.code, 3);
      assert.match(none.stderr, /looked in secret/);
    } finally {
      await locked.stop();
    }
  });

  it("finds with a pull secret that is wrong what Knative finds: nothing, though the image is public", async () => {
    const server = await startFaultServer(({ path: asked, authorization }, response) => {
      if (asked === "/token" && authorization !== undefined) response.writeHead(401).end();
      else if (asked === "/token") response.end('{"token":"public"}');
      else if (authorization === "Bearer public") answerHead(response);
      else response.writeHead(401, { "www-authenticate": 'Bearer realm="/token"' }).end();
    });
    try {
      const images = ["one", "two", "three", "four"].map((name) => `${server.host}/team/${name}:1`);
      const auths = { [server.host]: { username: "me", password: "wrong-canary" } };
      await writeFile(path.join(folder.path, "secret"), JSON.stringify({ auths }));
      const wrong = await run(`resolve ${images.join(" ")} --pull-secret secret`);
      assert.equal(wrong.code, 3);
      assert.equal(wrong.stdout, "");
      for (const image of images) {
        const name = image.replace(/:1$/, "");
        assert.match(wrong.stderr, /rejected the entry \S+ of the pull secret/);
        assert.ok(wrong.stderr.includes(` for ${name} (HTTP 401)`));
      }
      const signedIn = server.requests.filter(
        ({ path: asked, authorization }) => asked === "/token" && authorization !== undefined,
      );
      assert.ok(signedIn.length <= 2, String(signedIn.length));
      assert.equal((await run(`resolve ${images.join(" ")}`)).code, 0);
    } finally {
      await server.stop();
    }
  });

  it("ends with 3 when the registry is down, the rest still done", async () => {
    const gone = await startDockerRegistry();
    await gone.stop();
    await writeFile(path.join(folder.path, "a.yaml"), service(`${gone.host}/team/app:1`));
    await writeFile(path.join(folder.path, "b.yaml"), service(image("single")));
    const checked = await run("check");
    assert.equal(checked.code, 3, checked.stdout);
    assert.match(checked.stdout, /registry-unreachable/);
    const pinned = await run("pin");
    assert.equal(pinned.code, 3);
    assert.match(await readFile(path.join(folder.path, "b.yaml"), "utf8"), /@sha256:/);
    assert.equal((await run("check --offline")).code, 0);
  });
});
