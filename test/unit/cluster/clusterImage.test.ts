// What is known of an image in its cluster: which Revisions run it, with which share, and why the latest is not ready.

import assert from "node:assert/strict";
import type { ClusterResource } from "../../../server/src/cluster/answers/resources.ts";
import type {
  ClusterRevision,
  RevisionContainer,
  UnmetCondition,
} from "../../../server/src/cluster/answers/revisions.ts";
import { resourceKey, type NamespaceFacts } from "../../../server/src/cluster/askCluster.ts";
import {
  clusterImage,
  clusterTarget,
  type ClusterImage,
} from "../../../server/src/cluster/clusterImage.ts";
import type { ImageUse } from "../../../server/src/document/analysis.ts";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";

type Present = Extract<ClusterImage, { kind: "present" }>;

const digest = `sha256:${"a".repeat(64)}`;
const other = `sha256:${"b".repeat(64)}`;

/** A Service with two containers and an init container; the second container has no name. */
const serviceText = [
  "apiVersion: serving.knative.dev/v1",
  "kind: Service",
  "metadata: { name: app }",
  "spec:",
  "  template:",
  "    spec:",
  "      containers:",
  "        - { name: web, image: 'r.io/web:1', ports: [{ containerPort: 80 }] }",
  "        - { image: 'r.io/side:1' }",
  "      initContainers:",
  "        - { name: web, image: 'r.io/init:1' }",
  "",
].join("\n");

function usesIn(text: string): readonly ImageUse[] {
  const { parts } = analyzeFile(text, defaultAnalysisOptions);
  return parts.flatMap(({ document }) => document.images);
}

function useOf(image: string, text = serviceText): ImageUse {
  return usesIn(text).find(({ reference }) => reference.text === image) ?? assert.fail(image);
}

const container = (name: string, more: Partial<RevisionContainer> = {}): RevisionContainer => ({
  ...{ name, image: `r.io/${name}:1`, hasPorts: name === "web", runs: `r.io/${name}@${digest}` },
  ...more,
});
const containers = [container("side", { name: "user-1" }), container("web")].reverse();

function revision(name: string, more: Partial<ClusterRevision> = {}): ClusterRevision {
  return {
    ...{ namespace: "default", name, created: 5, isReady: true, unmet: [] },
    ...{ containers, initContainers: [container("web", { image: "r.io/init:1" })] },
    ...{ pullSecrets: [], serviceAccount: "default" },
    ...more,
  };
}

function unmet(reason: string, more: Partial<UnmetCondition> = {}): UnmetCondition {
  return { status: "False", reason, message: "m", since: 1, ...more };
}

function resource(more: Partial<ClusterResource> = {}): ClusterResource {
  return {
    ...{ kind: "Service", namespace: "default", name: "app" },
    template: { live: {}, applied: undefined },
    ...{ latestCreated: "app-2", latestReady: "app-2", traffic: new Map([["app-2", 100]]) },
    ...{ containers, initContainers: [container("web", { image: "r.io/init:1" })] },
    ...{ pullSecrets: [], serviceAccount: "default" },
    ...more,
  };
}

interface World {
  readonly resource?: Partial<ClusterResource>;
  readonly revisions?: readonly ClusterRevision[];
  readonly facts?: Partial<NamespaceFacts>;
}

function imageOf(use: ImageUse, world: World = {}): ClusterImage {
  const target = clusterTarget(use) ?? assert.fail("it is not looked for");
  const found = resource(world.resource);
  const revisions = world.revisions ?? [revision("app-1"), revision("app-2")];
  const facts: NamespaceFacts = {
    kind: "facts",
    resources: new Map([[resourceKey(found), found]]),
    revisions: new Map(revisions.map((each) => [each.name, each])),
    ...{ pods: [], pullSecrets: undefined, askedAt: 100_000 },
    ...world.facts,
  };
  return clusterImage(use, target, facts, { context: "c", templateOf: () => undefined });
}

function present(use: ImageUse, world?: World): Present {
  const image = imageOf(use, world);
  assert.ok(image.kind === "present");
  return image;
}

const web = useOf("r.io/web:1");
const shown = (image: Present["serving"]): unknown =>
  image && [image.revision, image.image, image.runs, image.percent];

describe("what an image is looked for in", () => {
  const text = (kind: string, name: string, more = ""): string =>
    serviceText.replace("Service", kind).replace("{ name: app }", `{ ${name}${more} }`);
  const rows: readonly [string, string, unknown][] = [
    ["a Service", text("Service", "name: app"), { kind: "Service", name: "app", namespace: "" }],
    [
      "a Service of a namespace",
      text("Service", "name: app", ", namespace: prod"),
      { kind: "Service", name: "app", namespace: "prod" },
    ],
    ["no Service without a name", text("Service", "a: b"), undefined],
    ["no Service whose name is none", text("Service", "name: '-x'"), undefined],
    [
      "no Service of a namespace that is none",
      text("Service", "name: app, namespace: '-x'"),
      undefined,
    ],
  ];
  for (const [name, manifest, target] of rows) {
    it(`is ${name}`, () => {
      assert.deepEqual(clusterTarget(useOf("r.io/web:1", manifest)), target);
    });
  }

  it("is what is applied, not what the file says", () => {
    const target = { kind: "Service", name: "b", namespace: "n" };
    assert.deepEqual(clusterTarget({ ...web, appliedAs: { name: "b", namespace: "n" } }), target);
    assert.equal(clusterTarget({ ...web, appliedAs: "several" }), undefined);
  });

  it("is nothing for an image that is no container's", () => {
    assert.equal(clusterTarget({ ...web, role: "kubernetes-workload" }), undefined);
    assert.equal(clusterTarget({ ...web, path: "spec.image" }), undefined);
    const init = useOf("r.io/init:1");
    assert.equal(clusterTarget(init)?.name, "app");
  });
});

describe("an image in its cluster", () => {
  it("is absent where there is no such resource, or no such container in it", () => {
    const absent = { kind: "absent", context: "c" };
    assert.deepEqual(imageOf(web, { resource: { name: "b" } }), absent);
    assert.deepEqual(imageOf(web, { resource: { containers: [] } }), absent);
  });

  it("is what the Revision runs that gets the traffic", () => {
    const { serving, created, others, template } = present(web);
    const runs = { repository: "r.io/web", digest };
    assert.deepEqual(shown(serving), ["app-2", "r.io/web:1", runs, 100]);
    assert.deepEqual([created, others, template], [undefined, [], "r.io/web:1"]);
  });

  it("is found by its place where it has no name, and among its like", () => {
    assert.equal(present(useOf("r.io/side:1")).template, "r.io/side:1");
    assert.equal(present(useOf("r.io/init:1")).template, "r.io/init:1");
  });

  it("has a share only where traffic is reported", () => {
    const share = (traffic: ReadonlyMap<string, number>): unknown =>
      present(web, { resource: { traffic } }).serving?.percent;
    assert.equal(share(new Map()), undefined);
    assert.equal(share(new Map([["app-1", 100]])), 0);
  });

  it("has a newer Revision that is not ready, and others with traffic", () => {
    const traffic = new Map([
      ["app-1", 10],
      ["app-0", 5],
      ["app-2", 85],
      ["app-3", 0],
      ["gone", 1],
      ["old", 0],
    ]);
    const image = present(web, {
      resource: { latestReady: "app-2", latestCreated: "app-3", traffic },
      revisions: [
        ...["app-0", "app-1", "app-2", "old"].map((name) => revision(name)),
        revision("app-3", { isReady: false, unmet: [unmet("ContainerMissing")] }),
      ],
    });
    assert.equal(image.serving?.revision, "app-2");
    assert.equal(image.created?.revision, "app-3");
    assert.deepEqual(
      image.others.map(({ revision: name }) => name),
      ["app-1", "app-0"],
    );
    assert.equal(image.unready?.reason, "ContainerMissing");
  });

  it("has no problem where the latest Revision is the one that is ready", () => {
    const revisions = [revision("app-2", { unmet: [unmet("ContainerMissing")] })];
    const { unready, problem } = present(web, { revisions });
    assert.deepEqual([unready, problem], [undefined, undefined]);
  });

  it("runs what its pods run where nothing is recorded, if they agree", () => {
    const bare = [container("web", { runs: undefined })];
    const runs = (pods: NamespaceFacts["pods"]): unknown =>
      present(web, {
        revisions: [revision("app-2", { containers: bare })],
        facts: { pods },
      }).serving?.runs;
    const pod = (digestOf: string, more: object = {}) => ({
      ...{ revision: "app-2", name: "web", runs: `r.io/web@${digestOf}` },
      ...more,
    });
    assert.equal(runs([]), undefined);
    assert.deepEqual(runs([pod(digest), pod(digest)]), { repository: "r.io/web", digest });
    assert.equal(runs([pod(digest), pod(other)]), undefined);
    assert.deepEqual(
      runs([pod(digest), pod(other, { revision: "app-1" }), pod(other, { name: "side" })]),
      { repository: "r.io/web", digest },
    );
  });
});

describe("a Revision of the file", () => {
  const text = [
    "apiVersion: serving.knative.dev/v1",
    "kind: Revision",
    "metadata: { name: app-2 }",
    "spec:",
    "  containers:",
    "    - { name: web, image: 'r.io/web:1' }",
    "",
  ].join("\n");
  const use = useOf("r.io/web:1", text);

  it("serves where it is ready", () => {
    const image = present(use);
    assert.equal(image.serving?.revision, "app-2");
    assert.deepEqual([image.created, image.others, image.change], [undefined, [], "unknown"]);
    assert.equal(image.serving.percent, undefined);
  });

  it("is made, and has its problem, where it is not", () => {
    const failed = revision("app-2", {
      isReady: false,
      unmet: [unmet("ContainerMissing")],
      containers: [container("web", { runs: undefined })],
    });
    const image = present(use, { revisions: [failed] });
    assert.equal(image.serving, undefined);
    assert.equal(image.created?.revision, "app-2");
    assert.equal(image.problem?.reason, "ContainerMissing");
  });

  it("is absent where the cluster has none of that name, or no such container in it", () => {
    assert.equal(imageOf(use, { revisions: [revision("app-1")] }).kind, "absent");
    assert.equal(
      imageOf(use, { revisions: [revision("app-2", { containers: [] })] }).kind,
      "absent",
    );
  });
});

describe("why the latest Revision is not ready", () => {
  function problems(
    conditions: readonly UnmetCondition[],
    more: Partial<ClusterRevision> = {},
    use = web,
  ): Present {
    const latest = revision("app-2", {
      ...{ isReady: false, unmet: conditions },
      containers: containers.map((each) => ({ ...each, runs: undefined })),
      ...more,
    });
    return present(use, { resource: { latestReady: "app-1" }, revisions: [latest] });
  }

  it("is the first condition that is false with a reason, else the first with a reason", () => {
    const reason = (...conditions: UnmetCondition[]): unknown =>
      problems(conditions).unready?.reason;
    const unknown = unmet("Waiting", { status: "Unknown" });
    assert.equal(reason(unknown, unmet(""), unmet("A"), unmet("B")), "A");
    assert.equal(reason(unmet("", { status: "Unknown" }), unknown), "Waiting");
    assert.equal(reason(unmet("")), undefined);
  });

  it("is told with its message and its time", () => {
    const { unready } = problems([unmet("A", { message: " m\n" })]);
    assert.deepEqual(unready, { revision: "app-2", reason: "A", message: "m", since: 1 });
  });

  const recorded = { containers };
  const rows: readonly [string, boolean, Present][] = [
    ["another reason", false, problems([unmet("ProgressDeadlineExceeded")])],
    ["a reason that only begins so", false, problems([unmet("ContainerMissingToo")])],
    ["an image that is missing", true, problems([unmet("ContainerMissing")])],
    ["one with a recorded digest", false, problems([unmet("ContainerMissing")], recorded)],
    [
      "one that is named",
      true,
      problems(
        [unmet("ContainerMissing", { message: 'Unable to fetch image "r.io/web:1": x' })],
        recorded,
      ),
    ],
    [
      "another one that is named",
      false,
      problems([unmet("ContainerMissing", { message: 'Unable to fetch image "r.io/side:1": x' })]),
    ],
    [
      "one that the node cannot pull",
      true,
      problems(
        [unmet("ErrImagePull", { message: 'Back-off pulling image "r.io/web:1"' })],
        recorded,
      ),
    ],
    ["the container that exits", true, problems([unmet("ExitCode1")], recorded)],
    [
      "a sidecar, which is not known to exit",
      false,
      problems([unmet("ExitCode1")], {}, useOf("r.io/side:1")),
    ],
    [
      "the first container that exits where none has ports",
      true,
      problems([unmet("ExitCode137")], {
        containers: containers.map((each) => ({ ...each, hasPorts: false })),
      }),
    ],
    ["a lookup of a moment", false, problems([unmet("ResolvingDigests", { since: 40_001 })])],
    ["a lookup that is stuck", true, problems([unmet("ResolvingDigests", { since: 40_000 })])],
    ["a lookup of unknown age", true, problems([unmet("ResolvingDigests", { since: undefined })])],
    ["a container that is gone", false, problems([unmet("ContainerMissing")], { containers: [] })],
  ];
  for (const [name, isProblem, { problem }] of rows) {
    it(`is ${isProblem ? "" : "not "}a problem of the image for ${name}`, () => {
      assert.equal(problem !== undefined, isProblem);
    });
  }
});

describe("the pull secret of an image in the cluster", () => {
  it("is known only where it was asked for, and of an image with a tag", () => {
    const pullSecrets = {
      accounts: new Map([["default", []]]),
      secrets: new Map(),
      failure: undefined,
    };
    const choice = (use: ImageUse, facts: Partial<NamespaceFacts>): unknown =>
      present(use, { facts }).pullSecret?.kind;
    assert.equal(choice(web, {}), undefined);
    assert.equal(choice(web, { pullSecrets }), "none-named");
    const pinned = `r.io/web@${digest}`;
    const text = serviceText.replace("r.io/web:1", pinned);
    assert.equal(choice(useOf(pinned, text), { pullSecrets }), undefined);
  });
});
