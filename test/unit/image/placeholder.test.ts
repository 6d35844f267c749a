// Placeholders are told from references, so that nothing is claimed of templates.

import assert from "node:assert/strict";
import { hasPlaceholder, readImage } from "../../../server/src/image/placeholder.ts";

describe("hasPlaceholder", () => {
  for (const text of [
    "{{ .Values.image }}:{{ .Values.tag }}",
    "${{ env.IMAGE }}",
    "gcr.io/p/${NAME}:latest",
    "$(params.IMAGE)",
    "$IMAGE",
    "gcr.io/p/i:$TAG",
    "<image>",
    "docker.io/{username}/helloworld",
    "<%= image %>",
    "{% if a %}",
    "#{Image}#",
    "[[ .image ]]",
    "((image))",
    "(@= data.values.image @)",
    "%IMAGE%",
    "%(image)s",
    "@IMAGE@",
    "nginx:__TAG__",
  ]) {
    it(`sees one in ${text}`, () => {
      assert.equal(hasPlaceholder(text), true);
    });
  }
  for (const text of [
    "nginx",
    "foo__bar__baz",
    "gcr.io/PROJECT_ID/app",
    "[::1]:5000/foo",
    "a@b@sha256:0",
    "user:pass@gcr.io/p/i",
    "ko://example.com/cmd",
    "nginx:1.25@sha256:00",
  ]) {
    it(`sees none in ${text}`, () => {
      assert.equal(hasPlaceholder(text), false);
    });
  }
});

describe("readImage", () => {
  it("reads a template as a placeholder although its text could be parsed", () => {
    assert.deepEqual(readImage("$(REGISTRY).io/team/app"), {
      kind: "placeholder",
      text: "$(REGISTRY).io/team/app",
    });
  });
});
