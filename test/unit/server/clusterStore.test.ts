// What the server keeps of a cluster: asked only where the user wants it, once in a while, and never without trust.

import assert from "node:assert/strict";
import type { ClusterTarget } from "../../../server/src/cluster/askCluster.ts";
import type { ProgramAnswer, ProgramFailure } from "../../../server/src/environment.ts";
import { createClusterStore } from "../../../server/src/server/state/clusterStore.ts";
import { createGuard } from "../../../server/src/server/requests.ts";
import { defaultSettings, type Settings } from "../../../server/src/settings.ts";
import { createHandClock } from "../../support/handClock.ts";
import { settled } from "../../support/settled.ts";

function settings(enabled: boolean, context = ""): Settings {
  return { ...defaultSettings, cluster: { enabled, context } };
}

const says = (value: unknown): ProgramAnswer => ({
  ...{ exitCode: 0, stdout: JSON.stringify(value), stderr: "" },
});

const configMap = (list?: string): unknown => ({
  kind: "ConfigMap",
  data: list === undefined ? {} : { "registries-skipping-tag-resolving": list },
});

const target = (namespace: string, name = "a"): ClusterTarget => ({
  ...{ kind: "Service", namespace, name },
});

function subject(
  config: ProgramAnswer | ProgramFailure,
  list: ProgramAnswer = says({ kind: "List", items: [] }),
) {
  const asked: string[] = [];
  const clock = createHandClock();
  let changes = 0;
  const cluster = createClusterStore({
    run: (args) => {
      asked.push(args.slice(0, 2).join(" ") + (args.find((arg) => /^--context/.test(arg)) ?? ""));
      return Promise.resolve(args[1] === "configmap" ? config : list);
    },
    clock,
    log: () => undefined,
    guard: createGuard(() => undefined),
    changed: () => (changes += 1),
  });
  return { asked, clock, cluster, changes: () => changes };
}

describe("the cluster store", () => {
  it("asks nothing unless the user turned it on and trusts the workspace", async () => {
    const { cluster, asked } = subject(says(configMap()));
    cluster.prefetch([target("x")]);
    // Nobody has said yet whether the workspace is trusted.
    const early = subject(says(configMap())).cluster;
    assert.equal(early.turnOn(), false);
    assert.equal(early.mayAsk(), false);
    const trusted = subject(says(configMap())).cluster;
    trusted.configure(settings(false), true);
    assert.equal(trusted.mayAsk(), false);
    cluster.configure(settings(false), true);
    cluster.prefetch([target("x")]);
    cluster.configure(settings(true), false);
    assert.equal(cluster.turnOn(), false);
    cluster.prefetch([target("x")]);
    await settled();
    assert.deepEqual(asked, []);
    assert.equal(cluster.known(), undefined);
  });

  it("asks once the user wants to compare, whatever the setting says", async () => {
    const { cluster, asked } = subject(says(configMap()));
    cluster.configure(settings(false), true);
    assert.equal(cluster.turnOn(), true);
    cluster.prefetch([]);
    await settled();
    assert.deepEqual(asked, ["get configmap"]);
  });

  it("keeps the skip list as Knative reads it, and its default where there is none", async () => {
    for (const [list, expected] of [
      ["kind.local, staging.test", ["kind.local", "staging.test"]],
      [undefined, ["kind.local", "ko.local", "dev.local"]],
    ] as const) {
      const { cluster, asked, changes } = subject(says(configMap(list)));
      cluster.configure(settings(true, "prod"), true);
      cluster.prefetch([]);
      await settled();
      assert.deepEqual(asked, ["get configmap--context=prod"]);
      assert.deepEqual(cluster.registries(), expected);
      assert.equal(changes(), 1);
    }
  });

  it("asks again after some minutes, or when a person wants it, and reports only changes", async () => {
    const { cluster, asked, clock, changes } = subject(says(configMap()));
    const all = [target("x"), target("y")];
    cluster.configure(settings(true), true);
    cluster.prefetch(all);
    cluster.prefetch(all);
    await settled();
    assert.equal(asked.length, 5);
    assert.equal(changes(), 3);
    clock.advance(5 * 60_000);
    cluster.prefetch(all);
    await settled();
    assert.equal(asked.length, 10);
    cluster.refresh();
    cluster.prefetch(all);
    await settled();
    assert.equal(asked.length, 15);
    assert.equal(changes(), 3);
  });

  it("tells of a lookup that is still stuck when it asks again", async () => {
    const stuck = { type: "Ready", status: "Unknown", reason: "ResolvingDigests" };
    const items = [{ kind: "Revision", metadata: { name: "a" }, status: { conditions: [stuck] } }];
    const { clock, cluster, changes } = subject(says(configMap()), says({ kind: "List", items }));
    cluster.configure(settings(true), true);
    const target: ClusterTarget = { kind: "Revision", namespace: "x", name: "a" };
    cluster.prefetch([target]);
    await settled();
    const before = changes();
    clock.advance(61_000);
    cluster.refresh();
    cluster.prefetch([target]);
    await settled();
    assert.equal(changes(), before + 1);
  });

  it("asks a namespace again for another resource", async () => {
    const { cluster, asked } = subject(says(configMap()));
    cluster.configure(settings(true), true);
    cluster.prefetch([target("x")]);
    cluster.prefetch([target("x"), target("x", "b")]);
    await settled();
    assert.equal(asked.filter((each) => each.includes("services")).length, 2);
  });

  it("keeps thirty-two namespaces: of more, the one that was asked longest ago is forgotten", async () => {
    const { cluster, asked } = subject(says(configMap()));
    cluster.configure(settings(true), true);
    const names = Array.from({ length: 33 }, (_, at) => `n${at}`);
    cluster.prefetch(names.map((name) => target(name)));
    await settled();
    const { length } = asked;
    cluster.prefetch([target("n32")]);
    await settled();
    assert.equal(asked.length, length);
    cluster.prefetch([target("n0")]);
    await settled();
    assert.ok(asked.length > length);
  });

  it("says why there is no answer", async () => {
    const { cluster } = subject("timeout");
    cluster.configure(settings(true), true);
    cluster.prefetch([]);
    await settled();
    assert.equal(cluster.registries(), undefined);
    assert.equal(cluster.failure()?.failure, "too-slow");
  });

  it("forgets when the user turns it off, and what comes late", async () => {
    const { cluster, changes } = subject(says(configMap()));
    cluster.configure(settings(true), true);
    cluster.prefetch([]);
    cluster.configure(settings(false), true);
    await settled();
    assert.deepEqual([cluster.registries(), cluster.known(), changes()], [undefined, undefined, 0]);
  });
});
