// Which comments behind a digest remember its tag: those that this program and known tools write, and no other.

import assert from "node:assert/strict";
import { placedStates } from "../../../server/src/findings/reading.ts";
import { rememberedTag } from "../../../server/src/document/writtenImage.ts";
import { digestA, readText, service } from "../../support/reading.ts";

function remembered(text: string): string | undefined {
  const [placed] = placedStates(readText(text));
  assert.ok(placed !== undefined);
  return rememberedTag(placed.state.use);
}

describe("the tag that a pin remembers", () => {
  const rows: readonly [comment: string, tag: string | undefined][] = [
    ["v1.2.3", "v1.2.3"],
    ["1", "1"],
    ["1.25", "1.25"],
    ["1.25-alpine", "1.25-alpine"],
    ["v2", "v2"],
    ["latest", "latest"],
    ["tag: v1", "v1"],
    ["tag: main", "main"],
    ["tag=v1", "v1"],
    ["renovate: tag=v1", "v1"],
    ["pin @v1.2", "v1.2"],
    ["ratchet:ghcr.io/acme/app:v1", "v1"],
    ["ratchet:ghcr.io/acme/other:v1", undefined],
    ["ratchet:ghcr.io/acme/app", undefined],
    ["1.2 # why", "1.2"],
    ["amd64", undefined],
    ["CVE-2024-21626", undefined],
    ["2024-05-01", undefined],
    ["2024.05.01", undefined],
    ["01.05.2024", undefined],
    ["10.0.0.1", undefined],
    ["OPS-1432", undefined],
    ["8080", undefined],
    ["20240501", undefined],
    ["arm64/v8", undefined],
    ["main", undefined],
    ["prod", undefined],
    ["web 2", undefined],
    ["v1.2 is the last that works", undefined],
    ["tag: v1 as of May", undefined],
    ["3f2a91c", undefined],
    ["x86_64", undefined],
    ["sha256", undefined],
    ["512Mi", undefined],
    ["1.5GB", undefined],
    ["renovate: datasource=docker", undefined],
    ['{"$imagepolicy": "flux-system:app"}', undefined],
    ["yamllint disable-line", undefined],
    ["", undefined],
  ];
  for (const [comment, tag] of rows) {
    it(`of “# ${comment}” is ${tag ?? "none"}`, () =>
      assert.equal(remembered(service(`ghcr.io/acme/app@${digestA} # ${comment}`)), tag));
  }
  it("is the reference's own before a comment's", () =>
    assert.equal(remembered(service(`ghcr.io/acme/app:v3@${digestA} # v1`)), "v3"));
});

describe("kn's annotation", () => {
  const annotated = (image: string, userImage: string): string =>
    service(image).replace(
      "  template:\n",
      `  template:\n    metadata:\n      annotations:\n        client.knative.dev/user-image: ${userImage}\n`,
    );
  const rows: readonly [userImage: string, tag: string | undefined][] = [
    ["ghcr.io/acme/app:v1", "v1"],
    ["ghcr.io/acme/other:v1", undefined],
    ["ghcr.io/acme/app", undefined],
    [`ghcr.io/acme/app:v1@${digestA}`, undefined],
    ["not a reference", undefined],
  ];
  for (const [userImage, tag] of rows) {
    it(`${userImage} remembers ${tag ?? "nothing"}`, () =>
      assert.equal(remembered(annotated(`ghcr.io/acme/app@${digestA}`, userImage)), tag));
  }
  it("speaks of a Revision, too", () => {
    const text = `apiVersion: serving.knative.dev/v1\nkind: Revision\nmetadata:\n  annotations:\n    client.knative.dev/user-image: nginx:1\nspec:\n  containers:\n    - image: docker.io/library/nginx@${digestA}\n`;
    assert.equal(remembered(text), "1");
  });
});
