// Every kind of secret in hand, and a registry that says all of them back in every place and form: nothing shows it.

import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createPullSecretKeychain } from "../../../server/src/resolver/pullSecretKeychain.ts";
import {
  createAuthority,
  type Authority,
  type KeyPair,
} from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { places, sayBack, smallPlaces, type Place } from "../../support/registry/sayingBack.ts";
import {
  createTestResolver,
  keyOf,
  type TestResolver,
} from "../../support/registry/testResolver.ts";
import { base64, leakIn, madeSecret } from "../../support/secretPieces.ts";

const secrets = {
  password: `${madeSecret("password", 12)}/+:${madeSecret("password 2", 8)}`,
  identity: madeSecret("identity", 400),
  identityPassword: madeSecret("identity password", 16),
  registryToken: madeSecret("registry token", 60),
  helper: madeSecret("helper", 20),
  token: madeSecret("token", 900),
  refreshToken: madeSecret("refresh token", 60),
  environment: madeSecret("environment", 16),
  proxy: madeSecret("proxy", 14),
  pullSecret: madeSecret("pull secret", 18),
};

/** How a secret is said, and what of that must not be found. */
const forms: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "in base64": base64,
  "behind a user in base64": (secret) => base64(`user:${secret}`),
  "URL-encoded": (secret) => encodeURIComponent(secret),
  "by its first eight characters": (secret) => secret.slice(0, 8),
  "by its last eight characters": (secret) => secret.slice(-8),
};

/** What is tried everywhere: each form in each place would take minutes. */
const usualForms = Object.entries(forms).filter(([name]) =>
  ["as it is", "in base64"].includes(name),
);

describe("a registry that says back all secrets", function () {
  this.timeout(180_000);
  const { use, run } = createCleanUp();
  let authority: Authority;
  let pair: KeyPair;
  let client: KeyPair;
  before(async () => {
    authority = await createAuthority();
    pair = authority.issue(["127.0.0.1"]);
    client = authority.issue(["client.example"]);
  });
  after(() => authority.remove());
  afterEach(run);

  interface Setting {
    readonly servers: readonly FaultServer[];
    readonly test: TestResolver;
    readonly folder: string;
    readonly key: string;
    /** From now on the servers say something back. */
    readonly say: (place: Place, text: string) => void;
  }

  async function start(): Promise<Setting> {
    let saying: { place: Place; text: string } | undefined;
    const startOne = async (basic: boolean, tls = false): Promise<FaultServer> => {
      const server = use(await startFaultServer(() => undefined, tls ? { tls: pair } : {}));
      server.handle = (request, response) => {
        const { path: asked, authorization } = request;
        if (asked === "/refuse") {
          const body = JSON.stringify({
            details: `not ${saying?.text ?? ""}`,
            error_description: saying?.text,
          });
          response.writeHead(401).end(body);
        } else if (asked === "/token") {
          const { token: access_token, refreshToken: refresh_token } = secrets;
          response.end(JSON.stringify({ access_token, refresh_token }));
        } else if (
          saying !== undefined &&
          sayBack(request, response, { ...saying, url: server.url })
        )
          return;
        else if (authorization === undefined) {
          const challenge = basic ? 'Basic realm="r"' : `Bearer realm="${server.url}/token"`;
          response.writeHead(401, { "www-authenticate": challenge }).end();
        } else if (asked.endsWith("/tags/list")) response.end('{"tags":["1"]}');
        else if (request.method === "GET") response.writeHead(404).end();
        else answerHead(response);
      };
      return server;
    };
    const [locked, identities, direct, helped] = [
      await startOne(true, true),
      await startOne(false),
      await startOne(false),
      await startOne(true),
    ];
    const folder = use(await temporaryFolder()).path;
    const certs = path.join(folder, ".docker/certs.d", locked.host);
    await mkdir(certs, { recursive: true });
    await writeFile(path.join(certs, "client.cert"), client.certificate);
    await writeFile(path.join(certs, "client.key"), client.key);
    const config = {
      auths: {
        [locked.host]: { auth: base64(`user:${secrets.password}`) },
        [identities.host]: {
          auth: base64(`user:${secrets.identityPassword}`),
          identitytoken: secrets.identity,
        },
        [direct.host]: { registrytoken: secrets.registryToken },
      },
      credHelpers: { [helped.host]: "canary" },
    };
    await writeFile(path.join(folder, "config.json"), JSON.stringify(config));
    const answer = JSON.stringify({ ServerURL: "", Username: "user", Secret: secrets.helper });
    const helper = path.join(folder, "docker-credential-canary");
    await writeFile(helper, `#!/bin/sh\necho '${answer}'\necho "has ${secrets.helper}" >&2\n`);
    await chmod(helper, 0o755);
    const environment = {
      auths: { "env.example": { auth: base64(`user:${secrets.environment}`) } },
    };
    const test = createTestResolver({
      home: folder,
      cacheFolder: path.join(folder, "cache"),
      variables: {
        DOCKER_CONFIG: folder,
        DOCKER_AUTH_CONFIG: JSON.stringify(environment),
        HTTPS_PROXY: `http://user:${secrets.proxy}@proxy.example:3128`,
        PATH: `${folder}:/usr/bin:/bin`,
      },
      use: { caFile: authority.file },
      lookUp: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]),
    });
    const auths = { "pull.example": { username: "user", password: secrets.pullSecret } };
    const text = JSON.stringify({ auths });
    createPullSecretKeychain(test.access.keychain, {
      secrets: [{ type: "kubernetes.io/dockerconfigjson", text }],
      place: "secret.yaml",
    });
    const lines = client.key.split("\n").filter((line) => line.length >= 40);
    const say = (place: Place, said: string): void => void (saying = { place, text: said });
    return {
      servers: [locked, identities, direct, helped],
      test,
      folder,
      key: lines.join(""),
      say,
    };
  }

  /** Everything that a person or a file could get to see. */
  async function everything({ servers, test, folder }: Setting): Promise<string> {
    const { signal } = new AbortController();
    const said: unknown[] = [];
    for (const { host } of servers) {
      const image = `${host}/team/app:2`;
      said.push(await test.ask(image, { fresh: true }), test.resolver.peek(keyOf(image)));
      said.push(await test.resolver.details(keyOf(image), { signal, mayPull: true }));
      said.push(await test.resolver.tags(host, "team/app", { signal }));
      said.push(await test.access.keychain.explain({ registry: host, repository: "team/app" }));
    }
    await test.close();
    const cache = path.join(folder, "cache");
    for (const file of await readdir(cache).catch(() => [])) {
      said.push(await readFile(path.join(cache, file), "utf8"));
    }
    // What `explain` holds beside the origin is for whoever signs in.
    const text = JSON.stringify(said, (name, value: unknown) =>
      name === "secret" || name === "file" ? undefined : value,
    );
    return `${text}\n${test.log.join("\n")}`;
  }

  for (const place of places) {
    it(`in the place “${place}” is not heard`, async () => {
      const tried = place === "error of a refusal" ? Object.entries(forms) : usualForms;
      for (const [name, form] of tried) {
        const setting = await start();
        for (const { host } of setting.servers) await setting.test.resolved(`${host}/team/app:1`);
        const all = { ...secrets, key: setting.key };
        const texts = Object.values(all).map(form);
        setting.say(place, smallPlaces.includes(place) ? form(secrets.helper) : texts.join(" "));
        const said = await everything(setting);
        assert.equal(leakIn(all, said), undefined, name);
      }
    });
  }

  it("one by one is not heard", async () => {
    const { servers, test, key, say } = await start();
    for (const { host } of servers) await test.resolved(`${host}/team/app:1`);
    const shown = async (tag: string, text: string): Promise<string> => {
      say("warning", text);
      await test.resolved(`${servers[2]?.host ?? ""}/team/app:${tag}`);
      return test.log.join("\n");
    };
    // Each in a text of its own: of several, the first that is found keeps the others from being heard.
    const all = { ...secrets, key: key.slice(0, 48) };
    for (const [name, secret] of Object.entries(all)) {
      assert.equal(leakIn(all, await shown(name, secret)), undefined, name);
    }
    assert.match(await shown("last", "what is no secret"), /warns: .*what is no secret/);
  });

  it("in the name of who issued its certificate is not heard", async () => {
    const { servers, test } = await start();
    for (const { host } of servers) await test.resolved(`${host}/team/app:1`);
    const issuer = use(await createAuthority(`CA ${secrets.helper}`));
    const tls = issuer.issue(["127.0.0.1"]);
    const { host } = use(await startFaultServer(() => undefined, { tls }));
    const failure = await test.failed(`${host}/team/app:1`);
    assert.equal(failure.error.kind, "certificate-untrusted");
    const said = `${JSON.stringify(failure)}\n${test.log.join("\n")}`;
    assert.equal(leakIn(secrets, said), undefined);
  });
});
