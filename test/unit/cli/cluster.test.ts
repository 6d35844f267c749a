// What `list --cluster` prints of each image: what its tag is now, what the cluster runs, and why that is not known.

import assert from "node:assert/strict";
import { runCommand, type CommandWorld } from "../../support/commandLine.ts";
import { digestA, digestB, failed, resolved, service } from "../../support/reading.ts";

const image = "ghcr.io/acme/app:v1";
const known = { [image]: resolved(digestA) };

/** A Service whose Revision runs this digest. */
function applied(digest: string | undefined, more: object = {}): readonly object[] {
  const containers = [{ name: "user", image }];
  return [
    {
      ...{ kind: "Service", metadata: { name: "app", namespace: "default" } },
      spec: { template: { spec: { containers } } },
      status: {
        latestCreatedRevisionName: "app-1",
        latestReadyRevisionName: "app-1",
        ...more,
      },
    },
    {
      ...{ kind: "Revision", metadata: { name: "app-1", namespace: "default" } },
      spec: { containers },
      status: {
        conditions: [{ type: "Ready", status: "True" }],
        containerStatuses:
          digest === undefined ? [] : [{ name: "user", imageDigest: `ghcr.io/acme/app@${digest}` }],
      },
    },
  ];
}

interface Asked {
  readonly args: string[][];
  readonly world: CommandWorld;
}

function cluster(items: readonly object[], stderr = "", more: CommandWorld = {}): Asked {
  const args: string[][] = [];
  const world: CommandWorld = {
    files: { "a.yaml": service(image) },
    known,
    runKubectl: (asked) => {
      args.push([...asked]);
      if (stderr !== "") return Promise.resolve({ exitCode: 1, stdout: "", stderr });
      const value =
        asked[1] === "configmap" ? { kind: "ConfigMap", data: {} } : { kind: "List", items };
      return Promise.resolve({ exitCode: 0, stdout: JSON.stringify(value), stderr: "" });
    },
    ...more,
  };
  return { args, world };
}

async function row(command: string, { world }: Asked): Promise<string> {
  const { stdout } = await runCommand(command, world);
  return stdout.split("\n").find((line) => line.includes(image)) ?? "";
}

const [a, b] = [digestA, digestB].map((digest) => digest.slice(0, "sha256:".length + 12));

describe("list --cluster", () => {
  const rows: readonly [string, Asked, RegExp][] = [
    [
      "what runs",
      cluster(applied(digestB)),
      new RegExp(`tag: ${a}\\S* +cluster: ${b}\\S* \\(app-1\\)`),
    ],
    [
      "a digest that is not recorded",
      cluster(applied(undefined)),
      /cluster: unknown digest \(app-1\)/,
    ],
    ["a Service that is not applied", cluster([]), /cluster: not found/],
    ["a cluster without an answer", cluster([], "no such host"), /cluster: not looked up/],
    [
      "a tag that nobody answers for",
      cluster(applied(digestB), "", { known: { [image]: failed("registry-unreachable") } }),
      /tag: unknown +cluster: /,
    ],
  ];
  for (const [name, asked, expected] of rows) {
    it(`tells ${name}`, async () => {
      assert.match(await row("list --cluster", asked), expected);
    });
  }

  it("asks for no Secret, and in the context that is named", async () => {
    const asked = cluster(applied(digestB));
    await runCommand("list --cluster --context c1", asked.world);
    assert.ok(asked.args.length >= 2);
    assert.ok(asked.args.every((args) => args.includes("--context=c1")));
    assert.ok(!asked.args.some(([, what = ""]) => /secret|serviceaccount/.test(what)));
  });

  it("tells once why there is no answer, and ends with a code of its own", async () => {
    const { code, stderr } = await runCommand("list --cluster", cluster([], "no such host").world);
    assert.equal(stderr.match(/The cluster cannot be reached/g)?.length, 1);
    assert.equal(code, 3);
    assert.equal((await runCommand("list --cluster", cluster([]).world)).code, 0);
  });

  it("is content where Knative’s own configuration alone may not be read", async () => {
    const denied = 'Error from server (Forbidden): configmaps "config-deployment" is forbidden';
    const { world } = cluster(applied(digestB));
    const { code, stderr } = await runCommand("list --cluster", {
      ...world,
      runKubectl: (asked, signal) =>
        asked[1] === "configmap"
          ? Promise.resolve({ exitCode: 1, stdout: "", stderr: denied })
          : (world.runKubectl?.(asked, signal) ?? Promise.reject(new Error("none"))),
    });
    assert.match(stderr, /your account may not read/);
    assert.equal(code, 0);
  });

  it("is asked for where a context is named", async () => {
    const { code, stderr } = await runCommand("list --context c1", cluster([]).world);
    assert.equal(code, 2);
    assert.match(stderr, /--context requires --cluster or --from-cluster\./);
  });
});

describe("list of what another tool writes", () => {
  it("names the tool", async () => {
    const text = "specVersion: 0.36.0\nname: a\nruntime: node\nimage: registry.test/a:latest\n";
    const { stdout } = await runCommand("list", { files: { "func.yaml": text } });
    assert.match(stdout, /\(written by func\)/);
    const marked = (marker: string): CommandWorld => ({
      files: {
        "kustomization.yaml": `images:\n  - name: r.io/app\n    newTag: v1 # ${marker}\n`,
      },
    });
    const list = async (marker: string): Promise<string> =>
      (await runCommand("list", marked(marker))).stdout;
    assert.match(await list('{"$imagepolicy": "flux-system:app:tag"}'), /\(updated by Flux\)/);
    assert.match(await list('{"$openapi": "image"}'), /\(updated by a setter\)/);
    assert.match(await list("x-release-please-version"), /\(updated by a setter\)/);
  });
});
