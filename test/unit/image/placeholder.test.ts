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
    "app:@project.version@",
    "$[variables.image]",
    "!Ref ImageUri",
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
  for (const text of [
    "REGION-docker.pkg.dev/PROJECT_ID/repo/app:TAG",
    "docker.io/YOURNAME/app",
    "MYREGISTRY/app",
    "gcr.io/[PROJECT-ID]/app",
    "XXXX.dkr.ecr.eu-west-1.amazonaws.com/app",
    "ghcr.io/acme/app:COMMIT_SHA",
    "this will be replaced by the pipeline",
    "replace me",
    "TODO: set the image",
    "由流水线替换",
    "../../src/app",
    "gcr.io/[your-project]/app:v1",
    "[parameters('image')]",
    "...",
    "gcr.io/.../app:v1",
    "???",
    "ghcr.io/acme/app:vX.Y.Z",
    "ghcr.io/acme/app:YYYYMMDD",
    "xxxxxxxxxxxx.dkr.ecr.us-east-1.amazonaws.com/app",
    "ghcr.io/CHANGE-ME/app",
    "gcr.io/YOUR-PROJECT/app",
    "your-username/app",
    "yourusername/app",
    "registry.your-company.com/app",
    "to-be-replaced",
    "placeholder:latest",
    "image_placeholder_here",
    "ko-placeholder:v1",
    "insert-your-image-here",
    "ref+vault://secret/app#/image",
  ]) {
    it(`takes ${text} for a placeholder`, () => {
      assert.equal(readImage(text).kind, "placeholder");
    });
  }
  for (const text of [
    "ghcr.io/Acme/App",
    "ghcr.io/ACME/app",
    "MyOrg/app",
    "GCR.IO/p/app",
    "LOCALHOST:5000/app",
    "nginx:LATEST",
    "nginx:REL_1_0",
    "nginx latest",
    "foo bar:v1",
    "gcr.io/é/app",
    "a..b/app",
    "[fe80::1]:5000/app",
    "team/placeholder",
    "placeholders",
    "ref+vault/app",
    "youris/app",
    "loveyour-app",
    "acme/app:1.x",
    "exxxxon/app",
  ]) {
    it(`takes ${text} for what is written`, () => {
      assert.notEqual(readImage(text).kind, "placeholder");
    });
  }
  it("reads a template as a placeholder although its text could be parsed", () => {
    assert.deepEqual(readImage("$(REGISTRY).io/team/app"), {
      kind: "placeholder",
      text: "$(REGISTRY).io/team/app",
    });
  });
});
