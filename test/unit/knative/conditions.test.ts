// The words are Knative's, letter for letter.

import assert from "node:assert/strict";
import {
  authenticationFailure,
  doomedError,
  refusal,
  refusals,
  unableToFetch,
} from "../../../server/src/knative/conditions.ts";

const denied =
  'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: ';

describe("unableToFetch", () => {
  it("quotes the image as Go does", () => {
    assert.equal(
      unableToFetch('a"b\u0007', authenticationFailure("unexpected end of JSON input")),
      'Unable to fetch image "a\\"b\\a": failed to resolve image to digest: ' +
        "failed to initialize authentication: unexpected end of JSON input",
    );
  });
});

describe("refusal", () => {
  it("shows the image and not the reason", () => {
    assert.equal(
      refusal("Nginx\n", "spec.template.spec.containers[0].image"),
      `${denied}Failed to parse image reference: spec.template.spec.containers[0].image\n` +
        'image: "Nginx\\n", error: could not parse reference: Nginx\n',
    );
  });
  it("calls an empty image a missing field", () => {
    assert.equal(
      refusal("", "spec.containers[0].image"),
      `${denied}missing field(s): spec.containers[0].image`,
    );
  });
  it("calls init containers containers", () => {
    assert.equal(
      refusal("", "spec.template.spec.initContainers[1].image", "init-container"),
      `${denied}missing field(s): spec.template.spec.containers[1].image`,
    );
  });
  it("leaves the template out for a ContainerSource", () => {
    assert.equal(
      refusal("", "spec.template.spec.containers[0].image", "container-source"),
      'admission webhook "validation.webhook.eventing.knative.dev" denied the request: validation failed: ' +
        "missing field(s): spec.containers[0].image",
    );
  });
  it("says what Kubernetes says of a JobSink's Job", () => {
    assert.equal(
      refusal("", "spec.job.spec.template.spec.containers[0].image", "job-sink"),
      "spec.template.spec.containers[0].image: Required value",
    );
  });
});

describe("refusals", () => {
  it("joins the paths of one image and sorts by message and details", () => {
    assert.equal(
      refusals([
        { image: "", path: "spec.containers[3].image" },
        { image: "B", path: "spec.containers[2].image" },
        { image: "A", path: "spec.containers[1].image" },
        { image: "B", path: "spec.containers[0].image" },
        { image: "B", path: "spec.initContainers[0].image" },
      ]),
      `${denied}Failed to parse image reference: spec.containers[1].image\n` +
        'image: "A", error: could not parse reference: A\n' +
        "Failed to parse image reference: spec.containers[0].image, spec.containers[2].image\n" +
        'image: "B", error: could not parse reference: B\n' +
        "missing field(s): spec.containers[3].image",
    );
  });
});

describe("doomedError", () => {
  it("begins as the resolver's error does", () => {
    assert.equal(
      doomedError({ kind: "ko" }, "/x/y", "latest"),
      'Get "https://ko/v2/": dial tcp: lookup ko',
    );
    assert.equal(
      doomedError({ kind: "url-scheme", scheme: "docker", meant: "nginx" }, "/nginx", "latest"),
      'Get "https://docker/v2/": dial tcp: lookup docker',
    );
    assert.equal(
      doomedError({ kind: "localhost-is-docker-hub" }, "localhost/foo", "1"),
      "HEAD https://index.docker.io/v2/localhost/foo/manifests/1: unexpected status code 401 Unauthorized " +
        "(HEAD responses have no body, use GET for details)",
    );
  });
  it("says nothing where the registry has the word", () => {
    assert.equal(doomedError({ kind: "tag-form", tag: "-x" }, "p/i", "-x"), undefined);
  });
});
