// A registry's name tells who uses it: a developer, the cluster, everybody.

import assert from "node:assert/strict";
import {
  hostOf,
  isDevelopmentRegistry,
  portOf,
  registryClass,
} from "../../../server/src/knative/skipList/registryClass.ts";

describe("registryClass", () => {
  for (const [registry, kind] of [
    ["kind.local", "side-loaded"],
    ["dev.local", "side-loaded"],
    ["localhost:5000", "development"],
    ["127.0.0.1:5000", "development"],
    ["[::1]:5000", "development"],
    ["my.localhost", "development"],
    ["foo.local:5000", "development"],
    ["10.0.0.5:5000", "private-network"],
    ["172.32.0.1", "other"],
    ["registry.ns.svc:5000", "cluster"],
    ["registry.ns.svc.cluster.local:5000", "cluster"],
    ["index.docker.io", "public"],
    ["GHCR.io", "public"],
    ["eu.gcr.io", "public"],
    ["us-docker.pkg.dev", "public"],
    ["123456789012.dkr.ecr.us-east-1.amazonaws.com", "public"],
    ["me.azurecr.io", "public"],
    ["registry.example.com", "other"],
    ["notgcr.io", "other"],
  ] as const) {
    it(`of ${registry} is ${kind}`, () => {
      assert.equal(registryClass(registry), kind);
    });
  }
  it("takes loopback, side-loaded and private addresses for development", () => {
    assert.deepEqual(
      ["dev.local", "localhost:1", "10.0.0.1", "a.svc", "gcr.io", "example.com"].map(
        isDevelopmentRegistry,
      ),
      [true, true, true, false, false, false],
    );
  });
});

describe("hostOf and portOf", () => {
  it("cut at the port and leave an IPv6 address whole", () => {
    assert.deepEqual(
      ["a.io", "a.io:5000", "a.io:", "[::1]", "[::1]:5000"].map((name) => [
        hostOf(name),
        portOf(name),
      ]),
      [
        ["a.io", undefined],
        ["a.io", "5000"],
        ["a.io", ""],
        ["[::1]", undefined],
        ["[::1]", "5000"],
      ],
    );
  });
});
