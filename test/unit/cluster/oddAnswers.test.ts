// What kubectl prints: what is read of each kind of resource, and that whatever is odd is left out.

import assert from "node:assert/strict";
import type { ClusterFailure } from "../../../server/src/cluster/clusterFailure.ts";
import { readConfig } from "../../../server/src/cluster/answers/config.ts";
import { readPods } from "../../../server/src/cluster/answers/pods.ts";
import { readAccounts, readPullSecrets } from "../../../server/src/cluster/answers/pullSecrets.ts";
import { readResources } from "../../../server/src/cluster/answers/resources.ts";
import { readRevisions } from "../../../server/src/cluster/answers/revisions.ts";

const metadata = {
  name: "web-00001",
  namespace: "shop",
  creationTimestamp: "2026-01-02T03:04:05Z",
};
const revision = { apiVersion: "serving.knative.dev/v1", kind: "Revision", metadata };

describe("the Revisions of a list", () => {
  const names = (...items: readonly unknown[]): readonly string[] => {
    const read = readRevisions(JSON.stringify({ items }));
    assert.ok(!("failure" in read));
    return read.map(({ namespace, name }) => `${namespace}/${name}`);
  };
  it("are those that have a name, and nothing else", () => {
    const nameless = { ...revision, metadata: { namespace: "shop" } };
    const pod = { ...revision, kind: "Pod" };
    assert.deepEqual(names(pod, nameless, revision, "odd", null), ["shop/web-00001"]);
  });
  it("of an older API are read by nobody", () => {
    const old = { ...revision, apiVersion: "serving.knative.dev/v1beta1" };
    const read = readRevisions(JSON.stringify({ items: [revision, old] }));
    assert.deepEqual(read, { kind: "failed", failure: "old-knative" });
  });
  const ready = (...conditions: readonly unknown[]) => {
    const read = readRevisions(
      JSON.stringify({ items: [{ ...revision, status: { conditions } }] }),
    );
    assert.ok(!("failure" in read));
    return { isReady: read[0]?.isReady, unmet: read[0]?.unmet.map(({ reason }) => reason) };
  };
  const condition = (type: string, status: string): unknown => ({
    ...{ type, status, reason: type },
  });
  it("are ready by their condition alone", () => {
    assert.deepEqual(ready(condition("Ready", "True")), { isReady: true, unmet: [] });
    assert.deepEqual(ready(condition("ContainerHealthy", "True")), { isReady: false, unmet: [] });
    assert.deepEqual(ready(condition("Ready", "Unknown")).isReady, false);
    assert.deepEqual(ready(), { isReady: false, unmet: [] });
  });
  it("have the conditions that are not met, and none of another name", () => {
    const all = ["Ready", "ContainerHealthy", "ResourcesAvailable", "Active"];
    const { unmet } = ready(...all.map((type) => condition(type, "False")));
    assert.deepEqual(unmet, all.slice(0, 3));
  });
});

/** What is made of the items of a list. */
function readItems<Answer extends object>(
  read: (text: string) => Answer,
  ...items: readonly unknown[]
): Exclude<Answer, ClusterFailure> {
  const answer = read(JSON.stringify({ items }));
  assert.ok(!("failure" in answer));
  return answer as Exclude<Answer, ClusterFailure>;
}

describe("the Services and Configurations of a list", () => {
  const service = { kind: "Service", metadata: { name: "web", namespace: "shop" } };
  it("are those that have a name, and nothing else", () => {
    const others = [{ ...service, kind: "Route" }, { ...service, metadata: {} }, 1];
    const read = readItems(readResources, ...others, service, {
      ...service,
      kind: "Configuration",
    });
    assert.deepEqual(
      read.map(({ kind, name, namespace }) => [kind, namespace, name]),
      [
        ["Service", "shop", "web"],
        ["Configuration", "shop", "web"],
      ],
    );
  });
  it("have what is read of their template and status, and nothing that is odd", () => {
    const traffic = [
      { revisionName: "web-2", percent: 60 },
      { revisionName: "web-1", percent: 30 },
      { revisionName: "web-2", percent: 10, tag: "now" },
      { revisionName: "web-3" },
      { revisionName: "web-4", percent: "5" },
      { percent: 5 },
    ];
    const status = {
      ...{ latestCreatedRevisionName: "web-2", latestReadyRevisionName: "web 1", traffic },
    };
    const container = { name: "user", image: "a/b:1", ports: [{ containerPort: 80 }] };
    const spec = {
      ...{ containers: [container, {}, "odd"], initContainers: [{ image: "a/init" }] },
      ...{
        imagePullSecrets: [{ name: "s" }, { name: "not a name" }, {}],
        serviceAccountName: "bot",
      },
    };
    const [read] = readItems(readResources, { ...service, status, spec: { template: { spec } } });
    assert.ok(read);
    assert.deepEqual(
      [...read.traffic],
      [
        ["web-2", 70],
        ["web-1", 30],
      ],
    );
    assert.deepEqual([read.latestCreated, read.latestReady], ["web-2", undefined]);
    assert.deepEqual(read.containers, [
      { name: "user", image: "a/b:1", hasPorts: true },
      { name: "", image: "", hasPorts: false },
    ]);
    assert.deepEqual(read.initContainers, [{ name: "", image: "a/init", hasPorts: false }]);
    assert.deepEqual([read.pullSecrets, read.serviceAccount], [["s"], "bot"]);
    const [bare] = readItems(readResources, service);
    assert.deepEqual([bare?.containers, bare?.serviceAccount], [[], "default"]);
  });
  it("are left out where their template is nested without an end", () => {
    const nested = (depth: number): unknown =>
      JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
    const of = (depth: number): number =>
      readItems(readResources, { ...service, spec: { template: nested(depth) } }).length;
    assert.deepEqual([of(100), of(101)], [1, 0]);
  });
});

describe("what pods run", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const pod = (containerStatuses: readonly unknown[], more: object = {}): object => ({
    ...{ kind: "Pod", metadata: { labels: { "serving.knative.dev/revision": "web-1" } } },
    ...{ status: { containerStatuses }, ...more },
  });
  it("is a repository and a digest, whatever the node's runtime writes in front", () => {
    for (const [imageID, runs] of [
      [`r.io/a@${digest}`, `r.io/a@${digest}`],
      [`docker-pullable://r.io/a@${digest}`, `r.io/a@${digest}`],
      [digest, undefined],
      [`r.io/a@sha256:${"a".repeat(63)}`, undefined],
      [`r.io/a b@${digest}`, undefined],
      ["", undefined],
      [7, undefined],
    ] as const) {
      const read = readItems(readPods, pod([{ name: "user", imageID }]));
      const expected = runs === undefined ? [] : [{ revision: "web-1", name: "user", runs }];
      assert.deepEqual(read, expected, String(imageID));
    }
  });
  it("is that of pods of Revisions alone, init containers included", () => {
    const status = { name: "user", imageID: `r.io/a@${digest}` };
    const init = { ...status, name: "init" };
    const read = readItems(
      readPods,
      pod([status], { kind: "Job" }),
      pod([status], { metadata: {} }),
      pod([{ ...status, name: "no name" }]),
      pod([], { status: { containerStatuses: [status], initContainerStatuses: [init] } }),
    );
    assert.deepEqual(
      read.map(({ name }) => name),
      ["user", "init"],
    );
  });
});

describe("service accounts and pull secrets", () => {
  const metadata = { name: "s" };
  it("are read by their names, and nothing else", () => {
    const account = { kind: "ServiceAccount", metadata, imagePullSecrets: [{ name: "p" }] };
    const others = [
      { ...account, kind: "Secret" },
      { ...account, metadata: {} },
    ];
    assert.deepEqual([...readItems(readAccounts, ...others, account)], [["s", ["p"]]]);
    assert.ok(readAccounts("") instanceof Map);
  });
  const data = {
    ".dockerconfigjson": Buffer.from('{"auths":{"r.io":{"auth":"dTpw"}}}').toString("base64"),
  };
  const secret = { kind: "Secret", metadata, type: "kubernetes.io/dockerconfigjson", data };
  it("are secrets of the types that Knative reads", () => {
    const names = (...items: readonly unknown[]): readonly string[] => [
      ...readItems(readPullSecrets, ...items).keys(),
    ];
    assert.deepEqual(names(secret), ["s"]);
    assert.deepEqual(names({ ...secret, type: "kubernetes.io/dockercfg" }), ["s"]);
    assert.deepEqual(names({ ...secret, type: "Opaque" }), []);
    assert.deepEqual(names({ ...secret, kind: "ConfigMap" }), []);
    assert.deepEqual(names({ ...secret, metadata: {} }), []);
  });
  it("keep nothing secret", () => {
    const read = [...readItems(readPullSecrets, secret).values()];
    assert.ok(JSON.stringify(read).includes("r.io"));
    assert.ok(!/dTpw|"u"|"p"/.test(JSON.stringify(read)));
  });
});

describe("the cluster's config-deployment", () => {
  it("has its texts and its release", () => {
    for (const [labels, version] of [
      [{ "app.kubernetes.io/version": "1.23.0" }, "1.23.0"],
      [{ "app.kubernetes.io/version": "1.23" }, "1.23"],
      [{ "serving.knative.dev/release": "v0.26.1" }, "0.26.1"],
      [
        { "app.kubernetes.io/version": "devel", "serving.knative.dev/release": "v1.2.3" },
        undefined,
      ],
      [{}, undefined],
    ] as const) {
      const data = { a: "b", odd: 1 };
      const config = readConfig(JSON.stringify({ kind: "ConfigMap", data, metadata: { labels } }));
      assert.ok(config.kind === "config");
      assert.deepEqual([[...config.settings], config.version], [[["a", "b"]], version]);
    }
  });
  it("is nothing else, and not cut off", () => {
    for (const text of ["", "[]", '{"kind":"Secret"}', '{"kind":"ConfigMap"']) {
      assert.deepEqual(readConfig(text), { kind: "failed", failure: "cut-off" });
    }
  });
});
