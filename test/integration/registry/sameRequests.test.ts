// What is sent for a reference is what skopeo sends: the same path, the same scope, the same credential.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  reader,
  startDockerRegistry,
  type StartedRegistry,
} from "../../support/registry/dockerRegistry.ts";
import type { FaultServer, RecordedRequest } from "../../support/registry/faultServer.ts";
import { pushFixtures } from "../../support/registry/fixtures.ts";
import { startFrontServer } from "../../support/registry/frontServer.ts";
import { runProgramBeside, temporaryFolder } from "../../support/registry/programs.ts";
import { createTestResolver } from "../../support/registry/testResolver.ts";
import { startTokenServer } from "../../support/registry/tokenServer.ts";

interface Seen {
  readonly paths: readonly string[];
  readonly accepts: readonly string[];
  readonly scopes: readonly string[];
  readonly credentials: readonly string[];
}

/** What matters of the requests for manifests and tokens; skopeo's ping is its own. */
function seen(requests: readonly RecordedRequest[]): Seen {
  const manifests = requests.filter(({ path: asked }) => asked.includes("/manifests/"));
  const tokens = requests.filter(({ path: asked }) => asked === "/token");
  const credentials = [...manifests, ...tokens].flatMap(({ authorization }) =>
    authorization?.startsWith("Basic ") === true ? [authorization] : [],
  );
  const types = manifests.flatMap(({ headers }) => (headers.accept ?? "").split(/,\s*/));
  return {
    paths: [...new Set(manifests.map(({ path: asked }) => asked))],
    accepts: [...new Set(types)].sort(),
    scopes: tokens.flatMap(({ url }) => new URL(url, "http://x").searchParams.getAll("scope")),
    credentials: [...new Set(credentials)],
  };
}

describe("requests as skopeo sends them", function () {
  const { use, run } = createCleanUp();
  let open: StartedRegistry;
  before(async () => {
    open = await startDockerRegistry();
    await pushFixtures(open.host);
  });
  after(() => open.stop());
  afterEach(run);

  async function compare(
    front: FaultServer,
    hasLogin: boolean,
    scopes: readonly string[],
  ): Promise<void> {
    const folder = use(await temporaryFolder());
    const auth = Buffer.from(`${reader.username}:${reader.password}`).toString("base64");
    const config = JSON.stringify({ auths: hasLogin ? { [front.host]: { auth } } : {} });
    const file = path.join(folder.path, "config.json");
    await writeFile(file, config);
    const image = `${front.host}/team/app:index`;
    const options = ["inspect", "--raw", "--tls-verify=false", `--authfile=${file}`];
    await runProgramBeside("skopeo", [...options, `docker://${image}`]);
    const theirs = seen(front.requests);
    front.requests.splice(0);
    const test = use(createTestResolver({ variables: { DOCKER_CONFIG: folder.path } }));
    await test.resolved(image);
    const ours = seen(front.requests);
    assert.deepEqual(ours.paths, theirs.paths);
    assert.deepEqual(ours.scopes, theirs.scopes);
    assert.deepEqual(ours.scopes, scopes);
    assert.deepEqual(ours.credentials, theirs.credentials);
    assert.equal(ours.credentials.length, hasLogin ? 1 : 0);
    assert.deepEqual(
      theirs.accepts.filter((type) => !ours.accepts.includes(type)),
      [],
    );
  }

  it("to an open registry", async () => {
    const front = use(await startFrontServer(open.host));
    await compare(front, false, []);
  });

  it("to one that wants a password", async () => {
    const locked = use(await startDockerRegistry({ storage: open.storage, login: "htpasswd" }));
    const front = use(await startFrontServer(locked.host));
    await compare(front, true, []);
  });

  for (const hasLogin of [false, true]) {
    it(`to one that wants a token, ${hasLogin ? "signed in" : "anonymously"}`, async () => {
      const users = hasLogin ? { [reader.username]: reader.password } : {};
      const tokens = use(await startTokenServer({ users }));
      let locked = "";
      const front = use(
        await startFrontServer(({ path: asked }) =>
          asked === "/token" ? tokens.server.host : locked,
        ),
      );
      const token = { ...tokens, realm: `${front.url}/token` };
      locked = use(await startDockerRegistry({ storage: open.storage, token })).host;
      await compare(front, hasLogin, ["repository:team/app:pull"]);
    });
  }
});
