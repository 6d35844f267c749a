// One image, one place, one skip list: one outcome, and the reference that the pods will run.

import assert from "node:assert/strict";
import fc from "fast-check";
import { readImage } from "../../../server/src/image/placeholder.ts";
import { imageOutcome, runs, type ImageRole } from "../../../server/src/knative/outcome.ts";
import { defaultSkippedRegistries } from "../../../server/src/knative/skipList/skipList.ts";

const digest = `sha256:${"a".repeat(64)}`;
const defaults = new Set(defaultSkippedRegistries);

function outcome(image: string, role: ImageRole = "container", skipList = defaults): unknown {
  return imageOutcome({ reference: readImage(image), role, skipList });
}

function runsAs(image: string, role: ImageRole, found?: string): string | undefined {
  const reference = readImage(image);
  return runs(imageOutcome({ reference, role, skipList: defaults }), reference, found);
}

describe("imageOutcome", () => {
  it("keeps a digest before it looks at the skip list", () => {
    const skipList = new Set(["dev.local"]);
    assert.deepEqual(outcome(`dev.local/app@${digest}`, "container", skipList), {
      kind: "keep",
      digest,
    });
  });
  it("skips a tag of a listed registry and names the entry", () => {
    const skipList = new Set(["index.docker.io"]);
    assert.deepEqual(outcome("nginx", "container", skipList), {
      kind: "skip",
      entry: "index.docker.io",
    });
  });
  it("resolves what is not listed", () => {
    assert.deepEqual(outcome("nginx:1.25"), { kind: "resolve" });
  });
  it("refuses what cannot be parsed, with the reason that Knative keeps to itself", () => {
    assert.deepEqual(outcome("gcr.io/p/x:1:2"), {
      kind: "reject",
      reason: {
        kind: "unparseable",
        text: "gcr.io/p/x:1:2",
        problem:
          "repository can only contain the characters `abcdefghijklmnopqrstuvwxyz0123456789_-./`: p/x:1",
      },
    });
  });
  it("gives the digest's reason where a digest was meant", () => {
    assert.deepEqual(outcome("nginx@sha256:abc"), {
      kind: "reject",
      reason: {
        kind: "unparseable",
        text: "nginx@sha256:abc",
        problem: "invalid checksum digest length",
      },
    });
  });
  it("calls an empty image missing", () => {
    assert.deepEqual(outcome(""), { kind: "reject", reason: { kind: "missing" } });
  });
  it("claims nothing of a template, whatever else is wrong with it", () => {
    assert.deepEqual(outcome("https://{{ .Values.registry }}/APP"), { kind: "template" });
  });

  describe("in an init container", () => {
    it("is resolved into the status only", () => {
      assert.deepEqual(outcome("busybox", "init-container"), { kind: "status-only" });
    });
    for (const [image, kind] of [
      [`busybox@${digest}`, "keep"],
      ["dev.local/busybox:1", "skip"],
      ["Busybox", "reject"],
      ["ko://example.com/cmd", "doomed"],
      ["$(params.image)", "template"],
    ] as const) {
      it(`has the outcome ${kind} for ${image.slice(0, 20)}`, () => {
        assert.equal((outcome(image, "init-container") as { kind: string }).kind, kind);
      });
    }
  });

  describe("in a place that Knative does not resolve", () => {
    const roles: readonly ImageRole[] = [
      "image-volume",
      "queue-sidecar",
      "caching-image",
      "container-source",
      "job-sink",
      "integration-source",
      "operator-override",
      "func-builder",
      "kubernetes-workload",
    ];
    for (const role of roles) {
      it(`says so for ${role}, even of what Serving's webhook would refuse`, () => {
        assert.deepEqual(outcome("registry:5000/x", role), { kind: "unresolved-kind", role });
      });
    }
    it("still keeps a digest", () => {
      assert.deepEqual(outcome(`nginx@${digest}`, "job-sink"), { kind: "keep", digest });
    });
    it("refuses a ContainerSource without an image", () => {
      assert.deepEqual(outcome("", "container-source"), {
        kind: "reject",
        reason: { kind: "missing" },
      });
    });
  });
});

describe("a doomed image", () => {
  const rows: readonly (readonly [string, object])[] = [
    ["ko://github.com/x/y", { kind: "ko" }],
    ["https://gcr.io/p/i:1", { kind: "url-scheme", scheme: "https", meant: "gcr.io/p/i:1" }],
    ["docker://nginx", { kind: "url-scheme", scheme: "docker", meant: "nginx" }],
    ["oci://ghcr.io/x/y", { kind: "url-scheme", scheme: "oci", meant: "ghcr.io/x/y" }],
    ["https://hub.docker.com/_/nginx", { kind: "url-scheme", scheme: "https", meant: "nginx" }],
    [
      "https://hub.docker.com/r/me/app/tags",
      { kind: "url-scheme", scheme: "https", meant: "me/app" },
    ],
    ["localhost/foo:1", { kind: "localhost-is-docker-hub" }],
    [
      "Docker.io/nginx",
      { kind: "docker-hub-website", registry: "Docker.io", meant: "docker.io/nginx" },
    ],
    [
      "docker.io:443/nginx:1",
      { kind: "docker-hub-website", registry: "docker.io:443", meant: "docker.io/nginx:1" },
    ],
    ["gcr.io//p/i:1", { kind: "slashes", meant: "gcr.io/p/i:1" }],
    ["gcr.io/p/i/", { kind: "slashes", meant: "gcr.io/p/i" }],
    ["gcr.io/p/i/:1", { kind: "slashes", meant: "gcr.io/p/i:1" }],
    ["/p/i", { kind: "slashes", meant: "p/i" }],
    ["gcr.io/../i", { kind: "repository-form", component: ".." }],
    ["gcr.io/-foo", { kind: "repository-form", component: "-foo" }],
    ["registry:/xx", { kind: "registry-form", registry: "registry:" }],
    ["registry:99999/xx", { kind: "registry-form", registry: "registry:99999" }],
    ["é.com/pp", { kind: "registry-form", registry: "é.com" }],
    ["gcr.io/p/i:-tag", { kind: "tag-form", tag: "-tag" }],
    ["gcr.io/p/i:.tag", { kind: "tag-form", tag: ".tag" }],
  ];
  for (const [image, reason] of rows) {
    it(`is ${image}`, () => {
      assert.deepEqual(outcome(image), { kind: "doomed", reason });
    });
  }
  it("stays doomed on a skipped registry if no container runtime can read it", () => {
    const skipList = new Set(["ko:", "dev.local"]);
    assert.deepEqual(outcome("ko://github.com/x/y", "container", skipList), {
      kind: "doomed",
      reason: { kind: "ko" },
    });
    assert.deepEqual(outcome("dev.local/app:.tag", "container", skipList), {
      kind: "doomed",
      reason: { kind: "tag-form", tag: ".tag" },
    });
  });
  it("is not localhost/foo once Docker Hub is skipped: the kubelet reads it as this machine", () => {
    const skipList = new Set(["index.docker.io"]);
    assert.deepEqual(outcome("localhost/foo", "container", skipList), {
      kind: "skip",
      entry: "index.docker.io",
    });
  });
  for (const image of [
    "registry/foo",
    "localhost:5000/foo",
    "docker.io/localhost/foo",
    "my_reg.local/p/i",
    "[::1]:5000/foo",
    "GCR.IO/p/i",
    "foo__bar/a--b",
    "registry-1.docker.io/library/nginx",
  ]) {
    it(`is not ${image}`, () => {
      assert.deepEqual(outcome(image), { kind: "resolve" });
    });
  }
});

describe("runs", () => {
  it("is registry, repository and digest for a resolved tag", () => {
    assert.equal(
      runsAs("nginx:1.25", "container", digest),
      `index.docker.io/library/nginx@${digest}`,
    );
  });
  it("is unknown as long as the digest is", () => {
    assert.equal(runsAs("nginx:1.25", "container"), undefined);
  });
  it("is the text with its tag for a digest", () => {
    assert.equal(runsAs(`nginx:1@${digest}`, "container", digest), `nginx:1@${digest}`);
  });
  it("is the tag for skipped images, init containers and kinds that are not resolved", () => {
    assert.equal(runsAs("dev.local/app:1", "container", digest), "dev.local/app:1");
    assert.equal(runsAs("busybox", "init-container", digest), "busybox");
    assert.equal(runsAs("busybox", "kubernetes-workload", digest), "busybox");
  });
  it("is nothing for what will not run", () => {
    assert.equal(runsAs("Busybox", "container", digest), undefined);
    assert.equal(runsAs("ko://x/y", "container", digest), undefined);
    assert.equal(runsAs("{{ image }}", "container", digest), undefined);
  });
  it("reads as a digest that Knative keeps, for every image that resolves", () => {
    const part = fc.constantFrom(
      "nginx",
      "docker.io",
      "gcr.io",
      "/",
      ":",
      "1.25",
      "a",
      "-",
      "reg:5000",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const image = parts.join("");
        const result = runsAs(image, "container", digest);
        if (result === undefined) return;
        assert.equal(runsAs(result, "container"), result);
      }),
    );
  });
});
