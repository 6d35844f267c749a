// Why Knative refuses an image, or why it cannot run: a sentence for each reason, with what it is about.

import assert from "node:assert/strict";
import {
  doomedMessage,
  meantReference,
  rejectMessage,
} from "../../../server/src/findings/refusalWords.ts";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import type { DoomedReason } from "../../../server/src/knative/doomedReason.ts";

/** What is said of a text that is no image reference. */
function rejected(text: string): string {
  const reference = parseImageReference(text);
  assert.ok(reference.kind === "invalid");
  const problem = text.includes("@") ? reference.digestProblem : reference.problem;
  return rejectMessage({ kind: "unparseable", text, problem });
}

describe("why Knative refuses an image", () => {
  it("is that there is none", () => {
    assert.equal(rejectMessage({ kind: "missing" }), "This container has no image.");
  });

  for (const [text, message] of [
    ["a b", "An image reference must not contain blanks."],
    ["ghcr.io/Acme/app:1", "Repository names must be lower case: “Acme/app”."],
    ["ghcr.io/acme/ap!p:1", /^Invalid image reference: repository can only contain /],
    ["ghcr.io/acme/app:v1!", "Tag “v1!” contains “!”, which is not allowed."],
    ["ghcr.io/acme/app@sha256:abc", "A sha256 digest has 64 hex digits; this has 3."],
    ["ghcr.io/acme/app@sha256:", "A sha256 digest has 64 hex digits; this has 0."],
    ["ghcr.io/acme/app@md5:abc", /^Invalid image reference: /],
  ] as const) {
    it(`is said of ${JSON.stringify(text)}`, () => {
      const said = rejected(text);
      if (typeof message === "string") assert.equal(said, message);
      else assert.match(said, message);
    });
  }
});

describe("why an image cannot run", () => {
  const rows: readonly [DoomedReason, RegExp, string?][] = [
    [{ kind: "ko" }, /ko resolve.*Go import path/],
    [{ kind: "url-scheme", scheme: "docker", meant: "a/b" }, /Remove “docker:\/\/”/, "a/b"],
    [{ kind: "localhost-is-docker-hub" }, /Add a port to “localhost”/],
    [
      { kind: "docker-hub-website", registry: "Docker.io", meant: "docker.io/a" },
      /Change “Docker\.io” to “docker\.io”/,
      "docker.io/a",
    ],
    [{ kind: "slashes", meant: "a/b" }, /extra slash/, "a/b"],
    [{ kind: "slashes", meant: undefined }, /extra slash/],
    [{ kind: "registry-form", registry: "a..b" }, /Registry “a\.\.b” is not host\[:port\]/],
    [{ kind: "repository-form", component: "-foo" }, /Path “-foo” is invalid/],
    [{ kind: "tag-form", tag: ".1" }, /Tag “\.1” must begin with/],
  ];
  for (const [reason, message, meant] of rows) {
    it(`is said for ${JSON.stringify(reason)}`, () => {
      assert.match(doomedMessage(reason), message);
      assert.equal(meantReference(reason), meant);
    });
  }
});
