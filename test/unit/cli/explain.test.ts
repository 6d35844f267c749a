// `explain`: how Knative reads an image, and which credential it would get, without a secret.

import assert from "node:assert/strict";
import { parseConfigFile } from "../../../server/src/registry/credentials/dockerConfig.ts";
import type { CredentialFile } from "../../../server/src/registry/credentials/findCredential.ts";
import { runArguments, runCommand, type CommandWorld } from "../../support/commandLine.ts";
import { digestA } from "../../support/reading.ts";

function dockerConfig(config: unknown): readonly CredentialFile[] {
  return [
    {
      source: "docker-config",
      format: "docker",
      place: "~/.docker/config.json",
      stamp: "1",
      config: parseConfigFile(JSON.stringify(config), "docker"),
    },
  ];
}

const secret = "S3cret-canary";
const auth = Buffer.from(`me:${secret}`).toString("base64");

async function explained(image: string, world: CommandWorld = {}, more: readonly string[] = []) {
  const result = await runArguments(["explain", "--output", "json", ...more, image], world);
  assert.equal(result.code, 0, result.stderr);
  assert.ok(!result.stdout.includes(secret));
  return JSON.parse(result.stdout) as Record<string, unknown>;
}

describe("explain --output json", () => {
  it("prints the object of the contract", async () => {
    const world = {
      credentialFiles: dockerConfig({ auths: { "https://index.docker.io/v1/": { auth } } }),
    };
    const { stdout } = await runCommand("explain nginx --output json", world);
    assert.equal(
      stdout,
      '{"image":"nginx","kind":"tag","registry":"index.docker.io","repository":"library/nginx","tag":"latest",' +
        '"digest":null,"runsAs":"index.docker.io/library/nginx","scheme":"https","outcome":"resolve","problem":null,' +
        '"credential":{"source":"docker-config","key":"https://index.docker.io/v1/","username":"me"}}\n',
    );
  });

  const outcomes = [
    ["nginx:1", "tag", "resolve"],
    [`nginx:1@${digestA}`, "digest", "keep"],
    ["dev.local/app:1", "tag", "skip"],
    ["a", "invalid", "reject"],
    ["", "invalid", "reject"],
    ["ko://example.com/x", "tag", "doomed"],
    ["{{ .Values.image }}", "invalid", "template"],
    ["nginx:${TAG}", "invalid", "template"],
  ] as const;
  for (const [image, kind, outcome] of outcomes) {
    it(`tells kind and outcome of ${JSON.stringify(image)}`, async () => {
      const row = await explained(image);
      assert.deepEqual([row["image"], row["kind"], row["outcome"]], [image, kind, outcome]);
    });
  }

  it("assumes the skip list of the call", async () => {
    const row = await explained("nginx", {}, ["--skip-registries", " index.docker.io ,x"]);
    assert.equal(row["outcome"], "skip");
    const none = await explained("dev.local/app", {}, ["--skip-registries", ""]);
    assert.equal(none["outcome"], "resolve");
  });

  it("names the helper that would be asked, and runs none", async () => {
    const credentialFiles = dockerConfig({ credHelpers: { "reg.test": "vault" } });
    const row = await explained("reg.test/app", { credentialFiles });
    assert.deepEqual(row["credential"], {
      source: "credential-helper",
      key: "reg.test",
      username: null,
      helper: "vault",
    });
  });

  it("tells what cannot be read as docker reads it", async () => {
    const credentialFiles = dockerConfig({ auths: { "reg.test": { auth: "no base64!" } } });
    const { credential } = await explained("reg.test/app", { credentialFiles });
    assert.deepEqual(Object.keys(credential as object), ["source", "error"]);
  });

  it("asks nobody", async () => {
    const { questions } = await runCommand("explain nginx reg.test/app --output json");
    assert.deepEqual(questions, []);
  });
});

describe("explain -", () => {
  it("reads one image a line, and JSON strings where a line begins with a quote", async () => {
    const stdin = 'nginx\r\n"a\\nb"\n\n""\n';
    const { stdout } = await runCommand("explain --output json -", { stdin });
    const images = stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { image: string }).image);
    assert.deepEqual(images, ["nginx", "a\nb", "", ""]);
  });

  it("reads what stands behind a byte order mark", async () => {
    const { stdout } = await runCommand("explain --output json -", { stdin: "\ufeffnginx\n" });
    assert.match(stdout, /^\{"image":"nginx",/);
  });

  it("refuses what is not text", async () => {
    const { code, stderr } = await runCommand("explain -", { stdin: new Uint8Array([0x61, 0xff]) });
    assert.equal(code, 2);
    assert.match(stderr, /-: Not UTF-8 text/);
  });

  it("refuses more images than it can keep", async () => {
    const { code, stdout, stderr } = await runCommand("explain -", {
      stdin: "a\n".repeat(1_000_001),
    });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /more than 1000000 images/);
  });

  it("refuses a line that begins with a quote and is not a JSON string", async () => {
    const { code, stderr } = await runCommand("explain -", { stdin: 'nginx\n"oops\n' });
    assert.equal(code, 2);
    assert.match(stderr, /Line 2 of standard input/);
  });
});

describe("explain for people", () => {
  it("says what Knative does and why", async () => {
    const { stdout } = await runCommand("explain nginx dev.local/app");
    assert.equal(
      stdout,
      `nginx
  kind        tag
  registry    index.docker.io
  repository  library/nginx
  tag         latest
  runs as     index.docker.io/library/nginx@…
  protocol    https
  outcome     resolve: Knative looks up the tag in index.docker.io and runs that digest.
  credential  none (anonymous)
dev.local/app
  kind        tag
  registry    dev.local
  repository  app
  tag         latest
  runs as     dev.local/app@…
  protocol    https, then http
  outcome     skip: Not resolved: dev.local is on the skip list (Knative’s default), as usual in development.
  credential  none (anonymous)
`,
    );
  });

  it("lets no escape sequence of an image reach the terminal", async () => {
    const { stdout } = await runArguments(["explain", "a\u001b[31m\u202eb"]);
    assert.ok(!stdout.includes("\u001b") && !stdout.includes("\u202e"), stdout);
  });
});

describe("explain --pull-secret", () => {
  const json = JSON.stringify({ auths: { "https://index.docker.io/v1/": { auth } } });
  const manifest = (body: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ntype: kubernetes.io/dockerconfigjson\n${body}\n`;
  const encoded = Buffer.from(json).toString("base64");
  const forms = {
    "a manifest with data": manifest(`data:\n  .dockerconfigjson: ${encoded}`),
    "a manifest with stringData": manifest(`stringData:\n  .dockerconfigjson: '${json}'`),
    "a manifest in JSON": JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": encoded },
    }),
    "the bare text": json,
    "the older bare text": JSON.stringify({ "https://index.docker.io/v1/": { auth } }),
  };
  for (const [what, text] of Object.entries(forms)) {
    it(`reads ${what}`, async () => {
      const row = await explained("nginx", { files: { s: text } }, ["--pull-secret", "s"]);
      assert.deepEqual(row["credential"], {
        source: "pull-secret",
        key: "https://index.docker.io/v1/",
        username: "me",
      });
    });
  }

  it("chooses as Knative does, not as docker does", async () => {
    const text = JSON.stringify({ auths: { "docker.io": { auth } } });
    const row = await explained("nginx", { files: { s: text } }, ["--pull-secret", "s"]);
    assert.equal(row["credential"], null);
  });

  it("gives Knative's words for a secret that breaks the revision, for digests too", async () => {
    const text = JSON.stringify({ auths: { x: { auth: "!" } } });
    const world = { files: { s: text } };
    const row = await explained(`nginx@${digestA}`, world, ["--pull-secret", "s"]);
    assert.deepEqual(row["credential"], {
      source: "pull-secret",
      error: "unable to decode auth field: illegal base64 data at input byte 0",
    });
  });

  it("passes over a Secret of another type, and says so", async () => {
    const files = { s: manifest("data: {}").replace("dockerconfigjson", "tls") };
    const { code, stdout, stderr } = await runCommand("explain nginx --pull-secret s", { files });
    assert.equal(code, 0);
    assert.match(stdout, /credential {2}none/);
    assert.match(stderr, /No pull secret found in /);
  });

  it("prints nothing of data that is not valid base64", async () => {
    const files = { s: manifest(`data:\n  .dockerconfigjson: "${secret}#"`) };
    const { code, stdout, stderr } = await runCommand("explain nginx --pull-secret s", { files });
    assert.equal(code, 2);
    assert.ok(!`${stdout}${stderr}`.includes(secret));
    assert.match(stderr, /Kubernetes rejects this Secret/);
  });
});

describe("--pull-secret where registries are asked", () => {
  const secretText = (auth: string): string => JSON.stringify({ auths: { "reg.test": { auth } } });

  it("signs in with the Secret alone", async () => {
    const files = { s: secretText("bWU6cGFzcw==") };
    const { secrets } = await runCommand("resolve reg.test/app:1 --pull-secret s", { files });
    assert.deepEqual(secrets?.secrets, [{ type: "kubernetes.io/dockerconfigjson", text: files.s }]);
    assert.equal(secrets.place, "s");
  });

  it("asks nobody with one that breaks the revision", async () => {
    const { code, stderr, questions } = await runCommand("resolve reg.test/app:1 --pull-secret s", {
      files: { s: secretText("!") },
    });
    assert.deepEqual([code, questions], [2, []]);
    assert.match(stderr, /Invalid pull secret, so all images using it fail: .*base64/);
  });
});
