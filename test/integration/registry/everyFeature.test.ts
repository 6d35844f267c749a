// The built programs with every kind of secret at hand and in their files, over all features: no piece of one is told.

import { append } from "../../../server/src/base/append.ts";
import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { serverCommands } from "../../../server/src/server/handlers/commandNames.ts";
import { runBuilt } from "../../support/builtCommand.ts";
import { visualStudioCode } from "../../support/clientProfiles.ts";
import { withCluster, type TestCluster } from "../../support/kubernetes/withCluster.ts";
import { oneRevision, runs } from "../../support/kubernetes/comparing.ts";
import { startLanguageServer, type LanguageClient } from "../../support/lspClient.ts";
import { createAuthority, type Authority } from "../../support/registry/certificates.ts";
import { createCleanUp } from "../../support/registry/cleanUp.ts";
import { startConnectProxy } from "../../support/registry/connectProxy.ts";
import {
  answerHead,
  startFaultServer,
  type FaultServer,
} from "../../support/registry/faultServer.ts";
import { temporaryFolder } from "../../support/registry/programs.ts";
import { digestA } from "../../support/reading.ts";
import { base64, leakIn, madeSecret } from "../../support/secretPieces.ts";

/** What signs in somewhere, and therefore reaches a server. */
const credentials = {
  password: madeSecret("feature password", 20),
  identity: madeSecret("feature identity", 60),
  registryToken: madeSecret("feature registry token", 40),
  helper: madeSecret("feature helper", 20),
  proxy: madeSecret("feature proxy", 14),
  pullSecret: madeSecret("feature pull secret", 18),
};

/** What stands in files, in the cluster or in answers, and is of no use to the program. */
const others = {
  token: madeSecret("feature token", 80),
  refreshToken: madeSecret("feature refresh token", 60),
  environment: madeSecret("feature environment", 16),
  kubeconfig: madeSecret("feature kubeconfig", 30),
  clusterSecret: madeSecret("feature cluster secret", 20),
  clusterVariable: madeSecret("feature cluster variable", 20),
  variable: madeSecret("feature variable", 20),
  value: madeSecret("feature value", 20),
  generated: madeSecret("feature generated", 20),
  setting: madeSecret("feature setting", 20),
  brokenSecret: madeSecret("feature broken secret", 20),
  configuration: madeSecret("feature configuration", 20),
  hosting: madeSecret("feature hosting", 20),
  json: madeSecret("feature json", 20),
};

/** What only these features say: that they were used. */
const spoken = [
  // The hover on a name in `imagePullSecrets`.
  "Knative signs in with this secret for",
  // The inventory, of a file in JSON, of a chart and of what a development cluster's registry has.
  "app.json",
  "chart/values.yaml",
  "registry.test:5001/hosted",
  // The comparison with the cluster.
  "shop-00001",
];

describe("the built programs over all features", function () {
  this.timeout(600_000);
  const { use, run } = createCleanUp();
  let authority: Authority;
  before(async () => {
    authority = await createAuthority();
  });
  after(() => authority.remove());
  afterEach(run);

  /** What reached the servers that credentials are for, decoded. */
  const received: string[] = [];

  async function startRegistry(scheme: "basic" | "bearer", isTls = false): Promise<FaultServer> {
    const tls = isTls ? { tls: authority.issue(["127.0.0.1"]) } : {};
    const server = use(await startFaultServer(() => undefined, tls));
    const challenge = scheme === "basic" ? 'Basic realm="r"' : `Bearer realm="${server.url}/token"`;
    server.handle = ({ path: asked, authorization = "", body, url, method }, response) => {
      received.push(authorization, Buffer.from(authorization.slice(6), "base64").toString(), body);
      // As a registry that wants it in somebody's log.
      const said = JSON.stringify({ errors: [{ code: "DENIED", message: authorization + body }] });
      if (asked === "/token" && !url.includes("bad")) {
        const { token: access_token, refreshToken: refresh_token } = others;
        response.end(JSON.stringify({ access_token, refresh_token }));
      } else if (authorization === "" && asked !== "/token") {
        response.writeHead(401, { "www-authenticate": challenge }).end();
      } else if (asked.includes("/bad/") || asked === "/token") {
        response.writeHead(403, { "content-type": "application/json" }).end(said);
      } else if (asked.endsWith("/tags/list")) response.end('{"tags":["1"]}');
      else if (method === "GET") response.writeHead(404).end(said);
      else answerHead(response, { digest: digestA });
    };
    return server;
  }

  interface World {
    readonly home: string;
    readonly workspace: string;
    readonly files: Readonly<Record<string, string>>;
    readonly images: readonly string[];
    readonly variables: Record<string, string>;
    /** The editor's proxy. */
    readonly proxy: { readonly url: string; readonly authorization: string };
    readonly proxied: () => string;
    /** A line of the private key. */
    readonly key: string;
  }

  async function start(): Promise<World> {
    const home = use(await temporaryFolder()).path;
    const proxy = use(await startConnectProxy({ mode: "sign-in" }));
    const [locked, tokens, identities, helped, direct] = [
      await startRegistry("basic", true),
      await startRegistry("bearer"),
      await startRegistry("bearer"),
      await startRegistry("basic"),
      await startRegistry("bearer"),
    ];
    const client = authority.issue(["client.example"]);
    const certs = path.join(home, ".docker/certs.d", locked.host);
    await mkdir(certs, { recursive: true });
    await writeFile(path.join(certs, "client.cert"), client.certificate);
    await writeFile(path.join(certs, "client.key"), client.key);
    const auth = base64(`me:${credentials.password}`);
    const config = {
      auths: {
        [locked.host]: { auth },
        [tokens.host]: { auth },
        [identities.host]: { auth, identitytoken: credentials.identity },
        [direct.host]: { registrytoken: credentials.registryToken },
      },
      credHelpers: { [helped.host]: "canary" },
    };
    await writeFile(path.join(home, "config.json"), JSON.stringify(config));
    const helper = path.join(home, "docker-credential-canary");
    const secret = JSON.stringify({ ServerURL: "", Username: "robot", Secret: credentials.helper });
    await writeFile(helper, `#!/bin/sh\necho '${secret}'\necho ${credentials.helper} >&2\n`);
    await chmod(helper, 0o755);
    const environment = { auths: { "env.example": { auth: base64(`me:${others.environment}`) } } };
    const images = [locked, tokens, identities, helped, direct].flatMap(({ host }) =>
      ["good", "bad"].map((name) => `${host}/${name}/app:1`),
    );
    const workspace = path.join(home, "workspace");
    const files = filesOf([...images, "env.example/team/app:1"], locked.host);
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(workspace, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    return {
      ...{ home, workspace, files, images },
      variables: {
        DOCKER_CONFIG: home,
        DOCKER_AUTH_CONFIG: JSON.stringify(environment),
        HOME: home,
        PATH: `${home}:${process.env["PATH"] ?? ""}`,
        HTTPS_PROXY: proxy.url.replace("//", `//me:${credentials.proxy}@`),
      },
      proxy: { url: proxy.url, authorization: `Basic ${base64(`me:${credentials.proxy}`)}` },
      proxied: () =>
        proxy.authorizations.map((one) => Buffer.from(one?.slice(6) ?? "", "base64")).join("\n"),
      key: client.key.split("\n").find((line) => line.length >= 40) ?? assert.fail("no key"),
    };
  }

  it("say, write and send to nobody else a piece of a secret", async () => {
    const world = await start();
    const secrets = { ...credentials, ...others, key: world.key };
    const all = oneRevision(digestA);
    const metadata = { name: "pull", namespace: "default" };
    const auths = { "registry.test": { username: "me", password: others.clusterSecret } };
    const data = { ".dockerconfigjson": base64(JSON.stringify({ auths })) };
    const type = "kubernetes.io/dockerconfigjson";
    const resources = {
      ...all,
      services: (all["services"] ?? []).map(withVariable),
      secrets: [{ apiVersion: "v1", kind: "Secret", metadata, type, data }],
    };
    const said = await withCluster(
      { resources, token: others.kubeconfig },
      async (cluster): Promise<readonly string[]> => {
        const { KUBECONFIG = "" } = cluster.variables;
        const inServer = await sayInServer(world, KUBECONFIG);
        const inCommands = await sayInCommands(world, KUBECONFIG);
        assertOnlyNamedSecrets(cluster);
        return [...inServer, ...inCommands];
      },
    );
    const arrived = [...received, world.proxied()].join("\n");
    for (const [name, secret] of Object.entries(credentials)) {
      assert.ok(arrived.includes(secret), `${name} was used`);
    }
    const everything = said.join("\n");
    for (const feature of spoken) assert.ok(everything.includes(feature), `${feature} was said`);
    for (const text of said) assert.equal(leakIn(secrets, text), undefined);
  });

  /** Of Secrets only those are asked for that a resource pulls with, each by its name. */
  function assertOnlyNamedSecrets({ requests }: TestCluster): void {
    assert.ok(requests.length > 0);
    assert.deepEqual(
      requests.filter(
        (each) => /secrets/.test(each) && !/\/secrets\/(?:pull|broken)(?:\?|$)/.test(each),
      ),
      [],
    );
  }

  /** Everything that the server says while each feature is used, and all that it leaves on the disk. */
  async function sayInServer(world: World, KUBECONFIG: string): Promise<readonly string[]> {
    const { workspace, files, variables, proxy, home } = world;
    const cacheFolder = path.join(home, "cache");
    const folder = pathToFileURL(workspace).href;
    const said: unknown[] = [];
    const client = await startLanguageServer({
      capabilities: visualStudioCode,
      env: { ...variables, KUBECONFIG, HTTPS_PROXY: "" },
      workspaceFolders: [{ uri: folder, name: "w" }],
      initializationOptions: { commandLinks: true, trusted: true, cacheFolder, proxy },
      configuration: () => ({ caFile: authority.file, diagnostics: { "unpinned-tag": "hint" } }),
    });
    try {
      await client.connection.sendNotification("$/setTrace", { value: "verbose" });
      for (const [name, text] of Object.entries(files)) {
        await client.open(`${folder}/${name}`, text);
      }
      for (const [name, text] of Object.entries(files)) {
        append(said, await useEverything(client, `${folder}/${name}`, text));
      }
      for (const command of Object.values(serverCommands)) {
        for (const argument of [{}, { uri: `${folder}/service.yaml` }, { format: "csv" }]) {
          const params = { command, arguments: [argument] };
          said.push(await ask(client, "workspace/executeCommand", params));
        }
      }
      for (const image of world.images) {
        const params = { command: serverCommands.resolveImage, arguments: [{ image, ask: true }] };
        said.push(await ask(client, "workspace/executeCommand", params));
      }
      said.push(client.received);
      assert.equal(await client.stop(), 0);
    } finally {
      client.process.kill();
    }
    const cached = await readdir(cacheFolder);
    assert.ok(cached.length > 0);
    for (const file of cached) said.push(await readFile(path.join(cacheFolder, file), "utf8"));
    return [...said.map((each) => JSON.stringify(each ?? null)), client.standardError()];
  }

  /** What is asked of one document: at each of its lines, and of the whole. */
  async function useEverything(
    client: LanguageClient,
    uri: string,
    text: string,
  ): Promise<readonly unknown[]> {
    const lines = text.split("\n");
    const whole = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
    const said: unknown[] = [];
    for (const [line, written] of lines.entries()) {
      if (
        !/image|Image|name: (?:pull|broken)|json|repository|newName|literals|registr|data:/.test(
          written,
        )
      )
        continue;
      const position = { line, character: written.length - 1 };
      const params = { textDocument: { uri }, position };
      said.push(await client.hover(uri, line, position.character));
      said.push(await ask(client, "textDocument/definition", params));
      if (/image|registries/.test(written)) {
        const offered = await ask(client, "textDocument/completion", params);
        const [item] = itemsOf(offered);
        said.push(offered, item && (await ask(client, "completionItem/resolve", item)));
      }
    }
    for (const method of ["textDocument/documentLink", "textDocument/documentSymbol"]) {
      said.push(await ask(client, method, { textDocument: { uri } }));
    }
    const found = await client.diagnostics(uri);
    const actions = await client.codeActions(uri, whole, found);
    const hints = await client.inlayHints(uri, whole);
    said.push(found, actions, hints);
    for (const hint of hints) said.push(await ask(client, "inlayHint/resolve", hint));
    for (const action of actions) said.push(await ask(client, "codeAction/resolve", action));
    return said;
  }

  async function ask(client: LanguageClient, method: string, params: unknown): Promise<unknown> {
    return await client.connection
      .sendRequest(method, params)
      .catch((error: unknown) => String(error));
  }

  async function sayInCommands(world: World, KUBECONFIG: string): Promise<readonly string[]> {
    const { workspace: cwd, images } = world;
    const variables = { ...world.variables, KUBECONFIG };
    const said: string[] = [];
    const outputs = ["text", "json", "sarif", "github"].map((output) => ["--output", output]);
    for (const command of [
      ...outputs.map((output) => ["check", "--cluster", "--verbose", ...output]),
      ...outputs.slice(0, 2).map((output) => ["list", "--cluster", ...output]),
      ...[
        ["pin", "--diff"],
        ["pin", "--from-cluster", "--diff"],
        ["pin", "--diff", "--output", "json"],
        ["update", "--diff"],
        ["unpin", "--diff", "--output", "json"],
      ],
      ["check", "--pull-secret", "broken.yaml"],
      ["resolve", "--pull-secret", "secret.yaml", images[0] ?? ""],
      ...outputs.slice(0, 2).map((output) => ["explain", ...output, ...images]),
      ["explain", "--pull-secret", "secret.yaml", ...images],
      ["explain", "--pull-secret", "broken.yaml", ...images],
    ]) {
      const args = [...command, "--ca-file", authority.file];
      const { stdout, stderr } = await runBuilt(args, { cwd, variables });
      assert.ok(stdout + stderr !== "", command.join(" "));
      assert.doesNotMatch(stderr, /Internal error/);
      said.push(stdout, stderr);
    }
    return said;
  }
});

/** The items of an answer to a request for completion. */
function itemsOf(offered: unknown): readonly unknown[] {
  const { items = [] } = (offered ?? {}) as { readonly items?: readonly unknown[] };
  return Array.isArray(offered) ? offered : items;
}

/** The cluster's Service, with a variable that nobody is to see, as it is and as it was applied. */
function withVariable(service: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const env = [{ name: "A", value: others.clusterVariable }];
  const image = runs(digestA);
  const template = { spec: { containers: [{ name: "user-container", image, env }] } };
  const text = JSON.stringify({ spec: { template } });
  const { metadata, spec } = service as { metadata: object; spec: object };
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": text };
  return {
    ...service,
    metadata: { ...metadata, annotations },
    spec: { ...spec, template },
  };
}

/** Files of every kind that is read, each with images, and most with a secret far from them: a patch shows what is near. */
function filesOf(images: readonly string[], host: string): Readonly<Record<string, string>> {
  const far = "  # \n".repeat(6);
  const named = "      imagePullSecrets:\n        - name: pull\n";
  const namedBroken = `${named}        - name: broken\n`;
  const service = (
    name: string,
    image: string,
    more = "",
  ): string => `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
spec:
  template:
    spec:
${more}      containers:
        - image: ${image}
          ports: [{ containerPort: 8080 }]
          resources: {}
          tty: false
          stdin: false
          workingDir: /
          env:
            - { name: A, value: ${others.variable} }
${far}`;
  const secret = (name: string, text: string): string => `apiVersion: v1
kind: Secret
metadata: { name: ${name} }
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '${text}'
`;
  const auths = { [host]: { username: "me", password: credentials.pullSecret } };
  const [image = ""] = images;
  /** Skipped, and the registry of a development cluster. */
  const skipped = "registry.test:5001";
  return {
    "service.yaml": [
      service("layered", "registry.test/shop:1", namedBroken),
      ...images.map((each, at) => service(`app${at}`, each)),
    ].join("---\n"),
    // In no layer, so that it is compared with the cluster's.
    "shop.yaml": service("shop", image, named),
    "secret.yaml": secret("pull", JSON.stringify({ auths })),
    "broken.yaml": secret("broken", `{"auths":{"${host}":{"auth":"${others.brokenSecret}"}}`),
    "func.yaml": `specVersion: 0.36.0
name: fn
runtime: node
image: ${image}
build:
  builderImages: { pack: "${image}" }
${far}run:
  envs:
    - { name: A, value: ${others.variable} }
`,
    "chart/Chart.yaml": "name: chart\nversion: 1.0.0\n",
    "chart/values.yaml": `image: { repository: ${image.slice(0, -2)}, tag: "1" }
${far}password: ${others.value}
`,
    "chart/templates/service.yaml": service(
      "charted",
      '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
    ),
    "layer/kustomization.yaml": `resources: [../service.yaml]
images:
  - name: registry.test/shop
    newName: ${image.slice(0, -2)}
    newTag: "1"
patches:
  - path: patch.json
    target: { kind: Service }
${far}secretGenerator:
  - name: s
    literals: [password=${others.generated}]
`,
    "layer/patch.json": JSON.stringify([
      { op: "replace", path: "/spec/template/spec/containers/0/image", value: image },
    ]),
    "config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: config-deployment, namespace: knative-serving }
data:
  registries-skipping-tag-resolving: kind.local,ko.local,dev.local,${skipped}
  registries-skipping-tag-resolution: registry.test
${far}  password: ${others.configuration}
`,
    "hosting.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: local-registry-hosting, namespace: kube-public }
data:
  localRegistryHosting.v1: |
    host: "${skipped}"
    help: "https://me:${others.hosting}@help.example"
`,
    "hosted.yaml": service("hosted", `${skipped}/hosted:latest`),
    "app.json": `{
  "apiVersion": "serving.knative.dev/v1",
  "kind": "Service",
  "metadata": { "name": "json" },
  "spec": { "template": { "spec": { "containers": [
    {
      "image": "${image}",
${" \n".repeat(6)}
      "env": [{ "name": "A", "value": "${others.json}" }]
    }
  ] } } }
}
`,
    ".knative-digest.yaml": `proxy: http://me:${others.setting}@proxy.example:3128\nkey-${others.setting}: 1\n`,
  };
}
