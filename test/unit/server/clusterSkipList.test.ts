// The cluster's skip list: asked only where the user wants it, once in a while, and never without trust.

import assert from "node:assert/strict";
import type { ClusterConfig } from "../../../server/src/environment.ts";
import { createClusterSkipList } from "../../../server/src/server/clusterSkipList.ts";
import { createGuard } from "../../../server/src/server/requests.ts";
import { defaultSettings, type Settings } from "../../../server/src/settings.ts";
import { createHandClock } from "../../support/handClock.ts";
import { settled } from "../../support/settled.ts";

function settings(enabled: boolean, context = ""): Settings {
  return { ...defaultSettings, cluster: { enabled, context } };
}

function subject(answer: ClusterConfig) {
  const asked: string[] = [];
  const clock = createHandClock();
  let changes = 0;
  const cluster = createClusterSkipList({
    read: (context) => {
      asked.push(context);
      return Promise.resolve(answer);
    },
    clock,
    log: () => undefined,
    guard: createGuard(() => undefined),
    changed: () => (changes += 1),
  });
  return { asked, clock, cluster, changes: () => changes };
}

const config: ClusterConfig = {
  kind: "config",
  settings: new Map([["registries-skipping-tag-resolving", "kind.local, staging.test"]]),
};

describe("the cluster's skip list", () => {
  it("is not asked for unless the user turned it on and trusts the workspace", async () => {
    const { cluster, asked } = subject(config);
    cluster.want();
    cluster.configure(settings(false), true);
    cluster.want();
    cluster.configure(settings(true), false);
    cluster.want();
    await settled();
    assert.deepEqual(asked, []);
    assert.equal(cluster.registries(), undefined);
  });

  it("is what its config-deployment says, read as Knative reads it", async () => {
    const { cluster, asked, changes } = subject(config);
    cluster.configure(settings(true, "prod"), true);
    cluster.want();
    await settled();
    assert.deepEqual(asked, ["prod"]);
    assert.deepEqual(cluster.registries(), ["kind.local", "staging.test"]);
    assert.equal(changes(), 1);
  });

  it("is Knative's default where the cluster sets none", async () => {
    const { cluster } = subject({ kind: "config", settings: new Map() });
    cluster.configure(settings(true), true);
    cluster.want();
    await settled();
    assert.deepEqual(cluster.registries(), ["kind.local", "ko.local", "dev.local"]);
  });

  it("is asked for again after some minutes, or when a person wants it", async () => {
    const { cluster, asked, clock } = subject(config);
    cluster.configure(settings(true), true);
    cluster.want();
    cluster.want();
    await settled();
    assert.equal(asked.length, 1);
    clock.advance(5 * 60_000);
    cluster.want();
    assert.equal(asked.length, 2);
    cluster.refresh();
    cluster.want();
    assert.equal(asked.length, 3);
  });

  it("that cannot be had is none, and says why", async () => {
    const { cluster } = subject({ kind: "failed", reason: "refused" });
    cluster.configure(settings(true), true);
    cluster.want();
    await settled();
    assert.equal(cluster.registries(), undefined);
    assert.match(cluster.problem() ?? "", /refused/);
  });

  it("is forgotten when the user turns it off", async () => {
    const { cluster } = subject(config);
    cluster.configure(settings(true), true);
    cluster.want();
    await settled();
    cluster.configure(settings(false), true);
    assert.equal(cluster.registries(), undefined);
  });
});
