// What is remembered of a host: each change of it, and nothing that says a secret.

import assert from "node:assert/strict";
import {
  createHostTraits,
  isGoodPingStatus,
  isKnownHost,
  type HostTraits,
} from "../../../server/src/registry/transport/hostTraits.ts";

const ping = { status: 200, error: undefined, bearer: false, badRealm: undefined };

describe("what is remembered of a host", () => {
  const changes: readonly Partial<HostTraits>[] = [
    { scheme: "https" },
    { servesAnonymously: true },
    { authentication: { scheme: "basic" } },
    { authentication: { scheme: "bearer", realm: "https://a/", service: undefined } },
    { authentication: { scheme: "bearer", realm: "https://b/", service: undefined } },
    { ping },
    { ping: { ...ping, status: 404 } },
    { ping: undefined },
  ];
  it("is each change of it, one after the other", () => {
    const traits = createHostTraits();
    for (const change of changes) {
      traits.update("r.io", change);
      const [name] = Object.keys(change) as (keyof HostTraits)[];
      assert.ok(name !== undefined);
      assert.deepEqual(traits.get("r.io")[name], change[name]);
    }
    assert.equal(traits.get("r.io").scheme, "https");
    assert.equal(traits.get("s.io").scheme, undefined);
  });

  it("is known of public registries before they answer", () => {
    const traits = createHostTraits();
    const scopes = ["gcr.io", "eu.gcr.io", "x.pkg.dev", "public.ecr.aws", "r.io", "mygcr.io"];
    assert.deepEqual(
      scopes.map((host) => traits.get(host).scopes),
      ["single", "single", "single", "any", "unknown", "unknown"],
    );
  });

  it("is kept for the disk without what says a secret, and forgotten together", () => {
    const traits = createHostTraits({
      areIn: (text: string) => text.includes("hunter22"),
    } as unknown as Parameters<typeof createHostTraits>[0]);
    traits.update("r.io", { scheme: "https" });
    const realm = "https://a/hunter22";
    traits.update("s.io", { authentication: { scheme: "bearer", realm, service: undefined } });
    assert.deepEqual(
      traits.entries().map(([host]) => host),
      ["r.io"],
    );
    traits.clear();
    assert.deepEqual(traits.entries(), []);
  });

  it("is enough for several requests at once where nothing is left to find out", () => {
    const traits = createHostTraits().get("r.io");
    const authentication = { scheme: "none" } as const;
    const addressClass = "public" as HostTraits["addressClass"];
    const rows: readonly [Partial<HostTraits>, boolean][] = [
      [{}, false],
      [{ authentication }, true],
      [{ authentication, usesHelper: true }, false],
      [{ authentication, usesHelper: true, addressClass }, true],
      [{ usesHelper: true, addressClass }, false],
    ];
    for (const [change, expected] of rows) {
      assert.equal(isKnownHost({ ...traits, ...change }), expected, JSON.stringify(change));
    }
    assert.deepEqual([200, 401, 403, 0].map(isGoodPingStatus), [true, true, false, false]);
  });
});
