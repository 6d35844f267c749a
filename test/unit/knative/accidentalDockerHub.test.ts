// What reads as Docker Hub by accident is told from what is there on purpose.

import assert from "node:assert/strict";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import { accidentalDockerHub } from "../../../server/src/knative/accidentalDockerHub.ts";

function judge(image: string, seen: readonly string[] = []): unknown {
  const reference = parseImageReference(image);
  assert.ok(reference.kind === "tag");
  return accidentalDockerHub(reference, seen);
}

describe("accidentalDockerHub", () => {
  it("sees localhost without a port, and names the ports of the workspace", () => {
    assert.deepEqual(judge("localhost/foo", ["localhost:5001", "kind:5000"]), {
      kind: "localhost",
      registries: ["localhost:5001"],
    });
  });
  for (const host of ["registry", "kind-registry", "docker-registry", "myregistry", "harbor"]) {
    it(`sees the bare host ${host}`, () => {
      assert.deepEqual(judge(`${host}/foo:1`), { kind: "bare-host", host, registries: [] });
    });
  }
  it("sees any bare host that the workspace names with a port", () => {
    assert.deepEqual(judge("quay/foo", ["quay:8080"]), {
      kind: "bare-host",
      host: "quay",
      registries: ["quay:8080"],
    });
  });
  for (const [image, registry] of [
    ["gcr.io", "gcr.io"],
    ["localhost:5000", "localhost:5000"],
    ["reg.example.com:5000", "reg.example.com:5000"],
    ["1.0", "1.0"],
  ] as const) {
    it(`sees a registry without a repository in ${image}`, () => {
      assert.deepEqual(judge(image), { kind: "no-repository", registry });
    });
  }
  for (const image of [
    "nginx",
    "nginx:1.25",
    "localhost",
    "bitnami/redis",
    "gitlab/gitlab-ce",
    "docker.io/registry/foo",
    "gcr.io/p/i",
    "registry:5000/foo",
    "registry:2",
  ]) {
    it(`leaves ${image} alone`, () => {
      assert.equal(judge(image), undefined);
    });
  }
  it("takes a name that another registry begins with for an account, unless it has that name", () => {
    assert.equal(judge("ghcr/foo", ["ghcr.io"]), undefined);
  });
});
