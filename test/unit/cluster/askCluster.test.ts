// What a cluster is asked for some manifests, and what its answers say of their images; kubectl is played by the test.

import assert from "node:assert/strict";
import {
  askConfig,
  askNamespace,
  type ClusterTarget,
  type NamespaceAnswer,
  type NamespaceFacts,
} from "../../../server/src/cluster/askCluster.ts";
import type { ClusterImage } from "../../../server/src/cluster/clusterImage.ts";
import { clusterTarget } from "../../../server/src/cluster/clusterImage.ts";
import { clusterKnown } from "../../../server/src/cluster/clusterKnown.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import type { Resource } from "../../support/kubernetes/apiServer.ts";
import {
  configDeployment,
  pod,
  pullSecret,
  resource,
  revision,
  serviceAccount,
} from "../../support/kubernetes/knativeResources.ts";
import { digestA, digestB, readText } from "../../support/reading.ts";

type Contents = Readonly<Record<string, readonly Resource[]>>;

const names: Readonly<Record<string, string>> = {
  "services.serving.knative.dev": "services",
  "configurations.serving.knative.dev": "configurations",
  "revisions.serving.knative.dev": "revisions",
};

/** Everything that is about one manifest: what was asked, and what is known of its images then. */
async function compared(
  text: string,
  contents: Contents,
  wantsPullSecrets = false,
): Promise<{
  readonly asked: readonly string[];
  readonly images: readonly (ClusterImage | undefined)[];
}> {
  const uses = placedStates(readText(text)).map(({ state }) => state.use);
  const targets = uses.map(clusterTarget).filter((target) => target !== undefined);
  const asked: string[] = [];
  const run = (args: readonly string[]) => {
    const [, kinds = ""] = args;
    asked.push(kinds.replaceAll(".serving.knative.dev", ""));
    const items = kinds.split(",").flatMap((kind) => contents[names[kind] ?? kind] ?? []);
    return Promise.resolve({ exitCode: 0, stdout: JSON.stringify({ items }), stderr: "" });
  };
  const { signal } = new AbortController();
  const clock = { now: () => Date.parse("2026-11-02T00:00:00Z") };
  const facts = await askNamespace("", targets, {
    run,
    context: "",
    signal,
    clock,
    wantsPullSecrets,
  });
  const cluster = clusterKnown("prod", undefined, () => facts);
  const images = placedStates(readText(text, { cluster })).map(({ state }) => state.cluster);
  return { asked, images };
}

function podOf({ revision, runs }: { readonly revision: string; readonly runs: string }): Resource {
  return pod({ name: `${revision}-x`, revision, imageID: runs });
}

const image = "registry.test/app:1";
const repository = "registry.test/app";

function manifest(containers: string, head = "kind: Service", spec = ""): string {
  return `apiVersion: serving.knative.dev/v1\n${head}\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n${spec}      containers:\n${containers}`;
}

const one = manifest(`        - image: ${image}\n`);

describe("what is known of a cluster", () => {
  const facts: NamespaceFacts = {
    ...{ kind: "facts", pods: [], pullSecrets: undefined, askedAt: 0 },
    ...{ resources: new Map(), revisions: new Map() },
  };
  const service = `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { template: { spec: { containers: [{ image: a }] } } }\n`;
  const knownOf = (text: string, answer: NamespaceAnswer | undefined) => {
    const looked: string[] = [];
    const cluster = clusterKnown("prod", undefined, (namespace) => {
      looked.push(namespace);
      return answer;
    });
    const settings = { kubernetesWorkloads: true };
    const [placed] = placedStates(readText(text, { cluster, settings }));
    assert.ok(placed);
    return { looked, kind: placed.state.cluster?.kind };
  };
  it("is nothing while its namespace did not answer, or failed", () => {
    for (const answer of [undefined, { kind: "failed", failure: "unreachable" }] as const) {
      assert.deepEqual(knownOf(service, answer), { looked: ["shop"], kind: undefined });
    }
  });
  it("is that an image is absent where the answer does not have it", () => {
    assert.deepEqual(knownOf(service, facts), { looked: ["shop"], kind: "absent" });
  });
  it("is nothing of an image that no cluster is asked about", () => {
    const deployment = service
      .replace("serving.knative.dev/v1", "apps/v1")
      .replace("kind: Service", "kind: Deployment");
    assert.deepEqual(knownOf(deployment, facts), { looked: [], kind: undefined });
  });
});
const ready = { name: "web", latestCreated: "web-1", latestReady: "web-1" };
const recorded = { image, digest: `${repository}@${digestA}` };

const present = (found: ClusterImage | undefined): Extract<ClusterImage, { kind: "present" }> =>
  found?.kind === "present" ? found : assert.fail(found?.kind ?? "not asked");

describe("what the cluster runs for an image", () => {
  it("is the digest that the Revision records; pods are not asked then", async () => {
    const { asked, images } = await compared(one, {
      services: [resource({ ...ready, containers: [{ image }] })],
      revisions: [revision({ name: "web-1", service: "web", containers: [recorded] })],
      pods: [podOf({ revision: "web-1", runs: `${repository}@${digestB}` })],
    });
    assert.deepEqual(asked, ["services", "revisions"]);
    const { serving, created, others, unready, template } = present(images[0]);
    assert.deepEqual(serving?.runs, { repository, digest: digestA });
    assert.deepEqual([serving.percent, serving.isReady, template], [100, true, image]);
    assert.deepEqual([created, others, unready], [undefined, [], undefined]);
  });

  it("is what all its pods run, where none is recorded", async () => {
    const skipped = {
      services: [resource({ ...ready, containers: [{ image }] })],
      revisions: [revision({ name: "web-1", service: "web", containers: [{ image }] })],
    };
    const runs = `${repository}@${digestB}`;
    const same = {
      ...skipped,
      pods: [podOf({ revision: "web-1", runs }), podOf({ revision: "web-1", runs })],
    };
    const { asked, images } = await compared(one, same);
    assert.deepEqual(asked, ["services", "revisions", "pods"]);
    assert.deepEqual(present(images[0]).serving?.runs, { repository, digest: digestB });
    const other = podOf({ revision: "web-1", runs: `${repository}@${digestA}` });
    const mixed = await compared(one, { ...skipped, pods: [...same.pods, other] });
    assert.equal(present(mixed.images[0]).serving?.runs, undefined);
    const elsewhere = await compared(one, {
      ...skipped,
      pods: [podOf({ revision: "web-2", runs })],
    });
    assert.equal(present(elsewhere.images[0]).serving?.runs, undefined);
  });

  it("is in several Revisions while traffic is shared", async () => {
    const revisions = ["web-1", "web-2", "web-3"].map((name, index) =>
      revision({
        ...{ name, service: "web" },
        containers: [
          { image, digest: `${repository}@${[digestA, digestB, digestA][index] ?? ""}` },
        ],
      }),
    );
    const { images } = await compared(one, {
      services: [
        resource({
          ...{ name: "web", latestCreated: "web-3", latestReady: "web-2", containers: [{ image }] },
          traffic: { "web-1": 30, "web-2": 70, "web-3": 0 },
        }),
      ],
      revisions,
    });
    const { serving, created, others } = present(images[0]);
    assert.deepEqual(
      [serving, created, ...others].map((each) => [each?.revision, each?.percent]),
      [
        ["web-2", 70],
        ["web-3", 0],
        ["web-1", 30],
      ],
    );
  });

  it("is looked for by the container's name, else by its place", async () => {
    const containers = [
      { name: "a", image: "registry.test/a:1", digest: `registry.test/a@${digestA}`, ports: true },
      { name: "b", image, digest: `${repository}@${digestB}` },
    ];
    const { images } = await compared(
      manifest(
        `        - image: registry.test/a:2\n        - name: b\n          image: ${image}\n        - name: gone\n          image: ${image}\n`,
      ),
      {
        services: [resource({ ...ready, containers })],
        revisions: [revision({ name: "web-1", service: "web", containers })],
      },
    );
    const [first, second, gone] = images;
    assert.equal(present(first).template, "registry.test/a:1");
    assert.equal(present(second).serving?.runs?.digest, digestB);
    assert.equal(gone?.kind, "absent");
  });

  it("is nothing where the cluster has no such resource", async () => {
    const other = resource({ ...ready, name: "other", containers: [{ image }] });
    const { images } = await compared(one, { services: [other], revisions: [] });
    assert.deepEqual(images[0], { kind: "absent", context: "prod" });
  });

  it("is a Revision's own, where the file is one", async () => {
    const text = `apiVersion: serving.knative.dev/v1\nkind: Revision\nmetadata: {name: web-1}\nspec:\n  containers:\n    - image: ${image}\n`;
    const of = (more: object) => ({
      revisions: [revision({ name: "web-1", service: "web", containers: [recorded], ...more })],
    });
    const { asked, images } = await compared(text, of({}));
    assert.deepEqual(asked, ["revisions"]);
    const fine = present(images[0]);
    assert.deepEqual([fine.serving?.runs?.digest, fine.created], [digestA, undefined]);
    const unmet = [{ type: "ResourcesAvailable", status: "False", reason: "Unschedulable" }];
    const waiting = present((await compared(text, of({ unmet }))).images[0]);
    assert.deepEqual([waiting.serving, waiting.created?.revision], [undefined, "web-1"]);
    assert.equal((await compared(text, { revisions: [] })).images[0]?.kind, "absent");
  });
});

describe("a Revision that is not ready", () => {
  const containers = [
    { name: "a", image, ports: true },
    { name: "b", image: "registry.test/b:1" },
  ];
  const text = manifest(
    `        - name: a\n          image: ${image}\n        - name: b\n          image: registry.test/b:1\n`,
  );
  const rows: readonly (readonly [
    reason: string,
    message: string,
    since: string,
    shownAt: readonly string[],
  ])[] = [
    ["ContainerMissing", `Unable to fetch image "${image}": 404`, "2026-11-01T00:00:00Z", ["a"]],
    [
      "ContainerMissing",
      'Unable to fetch image "registry.test/b:1": 404',
      "2026-11-01T00:00:00Z",
      ["b"],
    ],
    ["ContainerMissing", "failed", "2026-11-01T00:00:00Z", ["a", "b"]],
    ["ExitCode1", "the container exits", "2026-11-01T00:00:00Z", ["a"]],
    ["ResolvingDigests", "", "2026-11-01T23:58:59Z", ["a", "b"]],
    ["ResolvingDigests", "", "2026-11-01T23:59:30Z", []],
    ["Unschedulable", "no node", "2026-11-01T00:00:00Z", []],
  ];
  for (const [reason, message, since, shownAt] of rows) {
    it(`for ${reason} (${message}) shows it at ${shownAt.join(" and ") || "no image"}`, async () => {
      const unmet = [{ type: "ContainerHealthy", status: "False", reason, message }];
      const { images } = await compared(text, {
        services: [resource({ name: "web", latestCreated: "web-1", containers })],
        revisions: [revision({ name: "web-1", service: "web", containers, unmet, created: since })],
      });
      const found = images.map(present);
      assert.deepEqual(
        ["a", "b"].filter((_, index) => found[index]?.problem !== undefined),
        shownAt,
      );
      assert.ok(
        found.every(({ unready, serving }) => unready?.reason === reason && serving === undefined),
      );
    });
  }
});

describe("pull secrets of a cluster", () => {
  const contents = {
    services: [resource({ ...ready, containers: [{ image }], pullSecrets: ["own"] })],
    revisions: [revision({ name: "web-1", service: "web", containers: [recorded] })],
    serviceaccounts: [serviceAccount(["account"])],
    secrets: [pullSecret("own", "quay.io", "x"), pullSecret("account", "registry.test", "x")],
  };

  it("are asked for only where they are wanted", async () => {
    const { asked, images } = await compared(one, contents);
    assert.deepEqual(
      [asked, present(images[0]).pullSecret],
      [["services", "revisions"], undefined],
    );
  });

  it("are asked for by the names of templates and of their accounts, and the one that counts is found", async () => {
    const { asked, images } = await compared(one, contents, true);
    assert.deepEqual(asked, ["services", "revisions", "serviceaccounts", "secrets"]);
    assert.deepEqual(present(images[0]).pullSecret, {
      ...{ kind: "secret", name: "account", account: "default" },
    });
  });

  it("are not asked for where nothing names one, or nothing was found", async () => {
    const nothing = { ...contents, serviceaccounts: [serviceAccount([])] };
    const services = [resource({ ...ready, containers: [{ image }] })];
    const none = await compared(one, { ...nothing, services }, true);
    assert.deepEqual(none.asked, ["services", "revisions", "serviceaccounts"]);
    assert.equal(present(none.images[0]).pullSecret?.kind, "none-named");
    const empty = await compared(one, { ...contents, services: [], revisions: [] }, true);
    assert.deepEqual(empty.asked, ["services", "revisions"]);
  });

  it("count for no image that is pinned", async () => {
    const pinned = one.replace(image, `${image}@${digestA}`);
    const { images } = await compared(pinned, contents, true);
    assert.equal(present(images[0]).pullSecret, undefined);
  });
});

describe("what a cluster is asked about", () => {
  const targetsOf = (text: string): (ClusterTarget | undefined)[] =>
    placedStates(readText(text)).map(({ state }) => clusterTarget(state.use));

  it("are Services, Configurations and Revisions with a name that can be one", () => {
    const named = (head: string): string => manifest(`        - image: ${image}\n`, head);
    const target = { kind: "Service", name: "web", namespace: "" };
    assert.deepEqual(targetsOf(one), [target]);
    assert.deepEqual(targetsOf(named("kind: Configuration")), [
      { ...target, kind: "Configuration" },
    ]);
    assert.deepEqual(targetsOf(one.replace("name: web", "name: web, namespace: shop")), [
      { ...target, namespace: "shop" },
    ]);
    for (const wrong of [
      "name: Web",
      "name: '-a'",
      "name: web, namespace: --all",
      "generateName: web-",
    ]) {
      assert.deepEqual(targetsOf(one.replace("name: web", wrong)), [undefined], wrong);
    }
    const source = `apiVersion: sources.knative.dev/v1\nkind: ContainerSource\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{image: "${image}"}]}}}\n`;
    assert.deepEqual(targetsOf(source), [undefined]);
  });
});

describe("the configuration of a cluster", () => {
  const asking = (stdout: string, exitCode = 0, stderr = "") => ({
    ...{
      run: () => Promise.resolve({ exitCode, stdout, stderr }),
      context: "",
      wantsPullSecrets: false,
    },
    ...{ signal: new AbortController().signal, clock: { now: () => 0 } },
  });

  it("is its texts, with the release that its labels tell", async () => {
    const map = configDeployment({ "digest-resolution-timeout": "20s" });
    const config = await askConfig(asking(JSON.stringify(map)));
    assert.ok(config.kind === "config");
    assert.equal(config.settings.get("digest-resolution-timeout"), "20s");
    const labelled = (labels: object): string =>
      JSON.stringify({ ...map, metadata: { labels }, data: { a: "x", b: 1 } });
    for (const [labels, version] of [
      [{ "app.kubernetes.io/version": "1.23.0" }, "1.23.0"],
      [{ "serving.knative.dev/release": "v0.26.1" }, "0.26.1"],
      [{ "app.kubernetes.io/version": "devel" }, undefined],
      [{}, undefined],
    ] as const) {
      const read = await askConfig(asking(labelled(labels)));
      assert.ok(read.kind === "config");
      assert.deepEqual([read.version, [...read.settings]], [version, [["a", "x"]]]);
    }
  });

  it("is not there, in kubectl's words, or not one", async () => {
    const failure = async (stdout: string, code?: number, words?: string): Promise<string> => {
      const answer = await askConfig(asking(stdout, code, words));
      return answer.kind === "failed" ? answer.failure : answer.kind;
    };
    assert.equal(
      await failure("", 1, 'configmaps "config-deployment" is forbidden'),
      "no-permission",
    );
    assert.equal(await failure("{"), "cut-off");
    assert.equal(await failure('{"kind":"Secret"}'), "cut-off");
  });
});
