// Every command of the guides is run as it is written there: ours with a registry and a cluster that stand in for the
// readers', those of kubectl on files. What cannot be run here is named.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { parse } from "yaml";
import { singleImage } from "../../demo/sampleImages.ts";
import { loopbackIsFine } from "../../support/loopbackIsFine.ts";
import { configDeployment, resource, revision } from "../../support/kubernetes/knativeResources.ts";
import { withCluster } from "../../support/kubernetes/withCluster.ts";
import { usePipeline } from "../../support/pipeline.ts";
import { projectPath } from "../../support/projectRoot.ts";
import { requireProgram } from "../../support/registry/programs.ts";

const guides = ["docs", "docs/diagnostics"].flatMap((folder) =>
  readdirSync(projectPath(folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`),
);

interface Shown {
  readonly guide: string;
  readonly command: string;
}

/** The commands in the fenced blocks of a language, each with all of its lines. */
function commandsIn(language: string): readonly Shown[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm");
  return guides.flatMap((guide) =>
    [...readFileSync(projectPath(guide), "utf8").matchAll(fence)].flatMap(([, block = ""]) =>
      whole(block).map((command) => ({ guide, command })),
    ),
  );
}

/** Joins the lines of a command: what ends in a backslash, or within quotes, goes on. */
function whole(block: string): readonly string[] {
  const commands: string[] = [];
  let open = "";
  for (const line of block.split("\n")) {
    open += open === "" ? line : `\n${line}`;
    const goesOn = open.endsWith("\\") || open.split("'").length % 2 === 0;
    if (goesOn || open === "") continue;
    commands.push(open);
    open = "";
  }
  return commands;
}

const commands = commandsIn("sh");
const startingWith = (start: RegExp): readonly Shown[] =>
  commands.filter(({ command }) => start.test(command));

/** The reference of all commands, with what stands for their operands. */
const synopsis = /PATH…|IMAGE…/;
const ours = startingWith(/^(knative-digest|helm|kustomize|git) /).filter(
  ({ command }) => !synopsis.test(command),
);
const patches = startingWith(/^kubectl .*\bpatch\b/);
const reads = startingWith(/^kubectl get /);
const secrets = startingWith(/^kubectl .*\bcreate secret\b/);

const shop = (image: string): string => `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: hello }
spec: { template: { spec: { containers: [{ image: "${image}" }] } } }
`;

const secret = `apiVersion: v1
kind: Secret
metadata: { name: pull }
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '{"auths":{"ghcr.io":{"username":"me","password":"secret"}}}'
`;

describe("the commands of the guides", function () {
  const image = "ghcr.io/acme/app:v1";
  const { at, program, registry, run } = usePipeline();

  beforeEach(async () => {
    const digest = registry().push("acme/app", "v1", singleImage("app"));
    const settings = { ...loopbackIsFine, registries: { "ghcr.io": { mirror: registry().host } } };
    writeFileSync(at("settings.yaml"), JSON.stringify(settings));
    await program(
      "knative-digest",
      `exec "${projectPath("dist/cli.cjs")}" "$@" --config "${at("settings.yaml")}"`,
    );
    for (const folder of ["apps", "manifests"]) {
      mkdirSync(at("project", folder));
      writeFileSync(at("project", folder, "web.yaml"), shop(image));
    }
    writeFileSync(at("project/service.yaml"), shop(`${image}@${digest}`));
    writeFileSync(at("project/secret.yaml"), secret);
    await program("helm", `cat "${at("project/apps/web.yaml")}"`);
    await program("kustomize", `cat "${at("project/apps/web.yaml")}"`);
    const git = (...args: string[]): Buffer => execFileSync("git", args, { cwd: at("project") });
    git("init", "--quiet");
    git("config", "user.name", "reader");
    git("config", "user.email", "reader@example.com");
    git("add", "--all");
    git("commit", "--quiet", "--message", "all");
  });

  it("are all tried here or elsewhere, or named as not tried", () => {
    const tried = new Set([...ours, ...patches, ...reads, ...secrets]);
    const others = commands.filter((one) => !tried.has(one) && !synopsis.test(one.command));
    assert.deepEqual([...new Set(others.map(({ command }) => command))].sort(), [
      // They need a real cluster.
      "kubectl apply -f https://raw.githubusercontent.com/knative-digest/knative-digest/main/docs/examples/tekton-task.yaml",
      "kubectl apply -f service.yaml",
      "kubectl describe revision -l serving.knative.dev/service=hello",
      // In recipes.test.ts, with the kustomize in kubectl.
      "kubectl kustomize overlays/prod | knative-digest check -",
      // It needs the published package; npmPackage.test.ts installs the packed one.
      "npm install --global knative-digest",
      // Below, with bash.
      'source "$(npm root --global)/knative-digest/docs/completion/knative-digest.bash"',
    ]);
  });

  for (const guide of new Set(ours.map((one) => one.guide))) {
    it(`of ${guide} do what they should, one after the other`, async () => {
      const containers = [{ image, digest: `ghcr.io/acme/app@sha256:${"a".repeat(64)}` }];
      const revisions = { latestCreated: "hello-00001", latestReady: "hello-00001" };
      const resources = {
        configmaps: [configDeployment({})],
        services: [resource({ name: "hello", containers, ...revisions })],
        revisions: [revision({ name: "hello-00001", service: "hello", containers })],
      };
      await withCluster({ resources }, async ({ variables }) => {
        for (const { command } of ours.filter((one) => one.guide === guide)) {
          // The cluster that stands in has a context of another name.
          const line = command.replace("--context prod", "--context other");
          const { KUBECONFIG = "" } = variables;
          const { code, output } = await run(["sh", "-c", line], { KUBECONFIG });
          const mayFind = /\bcheck\b/.test(command);
          assert.ok(code === 0 || (mayFind && code === 1), `${command}: ${code}\n${output}`);
          assert.doesNotMatch(output, /unknown (?:command|option)|Usage/);
        }
      });
    });
  }

  for (const { guide, command } of patches.filter((one) => one.command.includes("configmap"))) {
    it(`${guide}: the patch of config-deployment changes the skip list alone`, async () => {
      const kubectl = requireProgram("kubectl");
      const file = at("project/config-deployment.yaml");
      writeFileSync(file, JSON.stringify(configDeployment({ "queue-sidecar-image": "queue" })));
      const local = command.replace(
        /^kubectl patch configmap config-deployment -n knative-serving/,
        `${kubectl} patch --local -f config-deployment.yaml --output yaml`,
      );
      const { code, output } = await run(["sh", "-c", local]);
      assert.equal(code, 0, output);
      const { data } = parse(output) as { data: Readonly<Record<string, string>> };
      assert.equal(data["queue-sidecar-image"], "queue");
      writeFileSync(file, output);
      const list = await run(["knative-digest", "list", "--output", "json"]);
      const { skipList } = JSON.parse(list.output) as {
        skipList: { registries: string[]; source: string };
      };
      const [, expected = ""] = /"registries-skipping-tag-resolving":"([^"]*)"/.exec(command) ?? [];
      assert.deepEqual(skipList.registries, expected.split(",").sort());
      assert.ok(skipList.registries.includes("kind.local"));
    });
  }

  it("the patch of the controller adds the CA, and keeps the rest", async () => {
    const [patch] = patches.filter(({ command }) => command.includes("deployment controller"));
    const controller = {
      name: "controller",
      image: "controller",
      env: [{ name: "A", value: "b" }],
    };
    const deployment = {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "controller" } },
      spec: { template: { spec: { containers: [controller] } } },
    };
    writeFileSync(at("project/controller.yaml"), JSON.stringify(deployment));
    const local = (patch?.command ?? "").replace(
      /^kubectl -n knative-serving patch deployment controller/,
      `${requireProgram("kubectl")} patch --local -f controller.yaml --output yaml`,
    );
    const { code, output } = await run(["sh", "-c", local]);
    assert.equal(code, 0, output);
    const { spec } = parse(output) as typeof deployment;
    assert.deepEqual(spec.template.spec, {
      containers: [
        {
          ...controller,
          env: [{ name: "SSL_CERT_DIR", value: "/custom-certs:/etc/ssl/certs" }, ...controller.env],
          volumeMounts: [{ name: "custom-certs", mountPath: "/custom-certs" }],
        },
      ],
      volumes: [{ name: "custom-certs", secret: { secretName: "custom-certs" } }],
    });
  });

  it("the secret with the CA is what the patch mounts", async () => {
    writeFileSync(at("project/ca.crt"), "a certificate");
    for (const { command } of secrets) {
      const dry = `${command.replace(/^kubectl/, requireProgram("kubectl"))} --dry-run=client --output yaml`;
      const { code, output } = await run(["sh", "-c", dry]);
      assert.equal(code, 0, output);
      const made = parse(output) as { metadata: { name: string }; data: Record<string, string> };
      assert.equal(made.metadata.name, "custom-certs");
      assert.deepEqual(Object.keys(made.data), ["ca.crt"]);
    }
  });

  it("what is read of the cluster is its skip list", async () => {
    const configmaps = [configDeployment({ "registries-skipping-tag-resolving": "dev.local" })];
    await withCluster({ resources: { configmaps } }, async ({ variables }) => {
      for (const { command } of reads) {
        const { output } = await run(["sh", "-c", command], { ...variables });
        assert.equal(output, "dev.local");
      }
    });
  });
});

describe("completion, set up as the guide says", function () {
  const { at, program, run } = usePipeline();

  beforeEach(async () => {
    await mkdir(at("global"));
    await symlink(projectPath(), at("global/knative-digest"));
    await program("npm", `test "$*" = "root --global"\necho "${at("global")}"`);
  });

  const setUp = (language: string, containing: string): string => {
    const [found] = commandsIn(language).filter(({ command }) => command.includes(containing));
    return found?.command ?? assert.fail(`The guide says nothing of ${language}.`);
  };

  it("in bash", async () => {
    const line = `${setUp("sh", ".bash")}\ncomplete -p knative-digest kn-digest`;
    const { code, output } = await run(["bash", "--noprofile", "--norc", "-euc", line]);
    assert.equal(code, 0, output);
    assert.match(output, /_knative_digest knative-digest$/m);
  });

  it("in zsh", async () => {
    requireProgram("zsh");
    const shown = `print $_comps[knative-digest] $_comps[kn-digest]\nautoload +X _knative_digest\nfunctions _knative_digest`;
    const line = `${setUp("zsh", "compinit").replace("; compinit", "; compinit -u -D")}\n${shown}`;
    const { code, output } = await run(["zsh", "-f", "-c", line]);
    assert.equal(code, 0, output);
    assert.match(output, /^_knative-digest _knative-digest$/m);
  });

  const asked: readonly (readonly [line: string, offered: string, not: string])[] = [
    ["knative-digest p", "pin", "list"],
    ["knative-digest check --off", "--offline", "--output"],
    ["knative-digest check --output s", "sarif", "json"],
  ];
  for (const [words, offered, not] of asked) {
    it(`in fish: ${words}`, async () => {
      requireProgram("fish");
      for (const { command } of commandsIn("fish")) {
        const { code, output } = await run(["fish", "--no-config", "-c", command]);
        assert.equal(code, 0, output);
      }
      const { output } = await run(["fish", "-c", `complete --do-complete '${words}'`]);
      const found = output.split("\n").map((line) => line.split("\t")[0]);
      assert.ok(found.includes(offered), output);
      assert.ok(!found.includes(not), output);
    });
  }
});
