// The built programs with every kind of secret at hand: whatever they say, write or send elsewhere holds none.

import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { runBuilt } from "../../support/builtCommand.ts";
import { visualStudioCode } from "../../support/clientProfiles.ts";
import { startLanguageServer } from "../../support/lspClient.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { startConnectProxy, type ConnectProxy } from "../../support/registry/connectProxy.ts";
import {
  answerHead,
  startFaultServer,
  type FaultHandler,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";

const secrets = {
  password: "canary-password-1",
  identity: "canary-identity-2",
  token: "canary-token-3",
  helper: "canary-helper-4",
  registryToken: "canary-registry-token-5",
  pullSecret: "canary-pull-secret-6",
  proxy: "canary-proxy-7",
  environment: "canary-environment-8",
};

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** The forms in which a secret could be said. */
function formsOf(secret: string): readonly string[] {
  const pairs = ["me", "robot"].map((user) => base64(`${user}:${secret}`));
  return [secret, base64(secret), ...pairs, encodeURIComponent(secret)];
}

describe("the built programs", function () {
  const { use, run } = createCleanUp();
  afterEach(run);

  /** What reached the servers that secrets are for, decoded. */
  const received: string[] = [];

  /** Says back what it was sent, as a registry could that wants it in somebody's log. */
  function startRegistry(
    challenge: (own: FaultServer) => string,
    foreign: FaultServer,
  ): Promise<FaultServer> {
    const handle: FaultHandler = ({ path: asked, url, authorization = "", body }, response) => {
      received.push(authorization, Buffer.from(authorization.slice(6), "base64").toString(), body);
      const echo = JSON.stringify({
        errors: [{ code: "DENIED", message: `${authorization} ${body}` }],
      });
      if (asked === "/token" && !url.includes("bad")) {
        response.end(JSON.stringify({ access_token: secrets.token, refresh_token: secrets.token }));
      } else if (authorization === "" && asked !== "/token") {
        response.writeHead(401, { "www-authenticate": challenge(server) }).end();
      } else if (asked.includes("/moved/")) {
        response.writeHead(307, { location: `${foreign.url}/x` }).end();
      } else if (asked.includes("/bad/") || asked === "/token") {
        response.writeHead(403, { "content-type": "application/json" }).end(echo);
      } else if (asked.endsWith("/tags/list")) response.end('{"tags":["1"]}');
      else answerHead(response);
    };
    let server: FaultServer;
    return startFaultServer(handle).then((started) => (server = use(started)));
  }

  async function start(): Promise<{
    foreign: FaultServer;
    proxy: ConnectProxy;
    folder: string;
    variables: Record<string, string>;
    images: readonly string[];
    locked: FaultServer;
  }> {
    const folder = use(await temporaryFolder()).path;
    const foreign = use(
      await startFaultServer(({ method }, response) => {
        if (method === "HEAD") answerHead(response);
        else response.end('{"tags":["1"]}');
      }),
    );
    const proxy = use(await startConnectProxy({ mode: "sign-in" }));
    const bearer = (own: FaultServer): string => `Bearer realm="${own.url}/token"`;
    const basic = (): string => 'Basic realm="r"';
    const [locked, tokens, identities, helped, direct] = [
      await startRegistry(basic, foreign),
      await startRegistry(bearer, foreign),
      await startRegistry(bearer, foreign),
      await startRegistry(basic, foreign),
      await startRegistry(bearer, foreign),
    ];
    const auth = base64(`me:${secrets.password}`);
    const config = {
      auths: {
        [locked.host]: { auth },
        [tokens.host]: { auth },
        [identities.host]: { auth, identitytoken: secrets.identity },
        [direct.host]: { registrytoken: secrets.registryToken },
      },
      credHelpers: { [helped.host]: "canary" },
    };
    await writeFile(path.join(folder, "config.json"), JSON.stringify(config));
    const helper = path.join(folder, "docker-credential-canary");
    const answer = JSON.stringify({ ServerURL: "", Username: "robot", Secret: secrets.helper });
    await writeFile(helper, `#!/bin/sh\necho '${answer}'\necho ${secrets.helper} >&2\n`);
    await chmod(helper, 0o755);
    const environment = { auths: { "env.example": { auth: base64(`me:${secrets.environment}`) } } };
    return {
      ...{ foreign, proxy, folder, locked },
      variables: {
        DOCKER_CONFIG: folder,
        DOCKER_AUTH_CONFIG: JSON.stringify(environment),
        HOME: folder,
        PATH: `${folder}:${process.env["PATH"] ?? ""}`,
        HTTPS_PROXY: proxy.url.replace("//", `//me:${secrets.proxy}@`),
      },
      images: [
        ...[locked, tokens, identities, helped, direct].flatMap(({ host }) =>
          ["good", "bad", "moved"].map((name) => `${host}/${name}/app:1`),
        ),
        "env.example/team/app:1",
      ],
    };
  }

  const manifestsOf = (images: readonly string[]): string =>
    images
      .map(
        (image, index) => `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: app${index} }
spec: { template: { spec: { containers: [{ image: "${image}" }] } } }
`,
      )
      .join("---\n");

  it("say, write and send elsewhere no secret", async () => {
    const { foreign, proxy, folder, images, locked, variables } = await start();
    const said: string[] = [];
    const cacheFolder = path.join(folder, "cache");
    const client = await startLanguageServer({
      capabilities: visualStudioCode,
      env: { ...variables, HTTPS_PROXY: "" },
      initializationOptions: {
        ...{ commandLinks: true, trusted: true, cacheFolder },
        proxy: { url: proxy.url, authorization: `Basic ${base64(`me:${secrets.proxy}`)}` },
      },
    });
    try {
      await client.connection.sendNotification("$/setTrace", { value: "verbose" });
      const text = manifestsOf(images);
      const uri = "file:///app.yaml";
      await client.open(uri, text);
      for (const [index, image] of images.entries()) {
        const line = index * 5 + 3;
        const character = (text.split("\n")[line] ?? "").indexOf(image);
        said.push(JSON.stringify(await client.hover(uri, line, character)));
        const position = { line, character: character + image.length };
        const params = { textDocument: { uri }, position };
        said.push(
          JSON.stringify(await client.connection.sendRequest("textDocument/completion", params)),
        );
      }
      said.push(JSON.stringify(await client.diagnostics(uri)));
      said.push(JSON.stringify(client.received));
      assert.equal(await client.stop(), 0);
    } finally {
      client.process.kill();
    }
    said.push(client.standardError());
    for (const file of await readdir(cacheFolder)) {
      said.push(await readFile(path.join(cacheFolder, file), "utf8"));
    }

    const cwd = path.join(folder, "workspace");
    await mkdir(cwd);
    await writeFile(path.join(cwd, "app.yaml"), manifestsOf(images));
    const auths = { [locked.host]: { username: "me", password: secrets.pullSecret } };
    const pullSecret = path.join(folder, "secret.yaml");
    await writeFile(
      pullSecret,
      `apiVersion: v1
kind: Secret
metadata: { name: pull }
type: kubernetes.io/dockerconfigjson
stringData: { .dockerconfigjson: '${JSON.stringify({ auths })}' }
`,
    );
    for (const command of [
      ...["text", "json", "sarif", "github"].map((output) => ["check", "--output", output]),
      ["check", "--output", "json", "--pull-secret", pullSecret, "--timeout", "20"],
      ["resolve", ...images],
      ["resolve", "--output", "json", ...images],
      ["explain", ...images],
      ["explain", "--output", "json", ...images],
      ["explain", "--pull-secret", pullSecret, ...images],
      ["pin", "--diff", "app.yaml"],
    ]) {
      const { stdout, stderr } = await runBuilt(command, { cwd, variables });
      assert.ok(stdout.length > 0, command.join(" "));
      said.push(stdout, stderr);
    }
    said.push(JSON.stringify(foreign.requests), JSON.stringify(proxy.requests));

    const arrived = [
      ...received,
      ...proxy.authorizations.map((one) => Buffer.from(one?.slice(6) ?? "", "base64").toString()),
    ].join("\n");
    assert.ok(foreign.requests.length > 0 && proxy.requests.length > 1);
    for (const [name, secret] of Object.entries(secrets)) {
      // That of a host which the proxy does not let through has nowhere to go.
      if (name !== "environment") assert.ok(arrived.includes(secret), `${name} was used`);
      for (const form of formsOf(secret)) {
        const leak = said.find((one) => one.includes(form));
        assert.equal(leak, undefined, `${name} leaked`);
      }
    }
  });
});
