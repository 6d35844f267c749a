// The sentence for an answer that no registry gives, and for one that Knative cannot use.

import assert from "node:assert/strict";
import type { HeadLack, InvalidReason } from "../../../server/src/registry/registryError.ts";
import { invalidMessage, lackMessage } from "../../../server/src/resolver/invalidMessage.ts";

const key = { registry: "r.io", repository: "a/b", reference: "v1" };
const image = "r\\.io/a/b:v1";

describe("an answer that no registry gives", () => {
  const rows: readonly [InvalidReason, string][] = [
    ["not-a-registry", "^h\\.io does not respond like a container registry \\(HTTP 418\\)"],
    ["unexpected-status", `^h\\.io answered the request for ${image} with HTTP 418`],
    ["too-large", `^The manifest of ${image} from h\\.io is larger than 4 MiB`],
    ["content-mismatch", "^Content from h\\.io does not match v1"],
    ["redirect-refused", "^Redirect from h\\.io not followed"],
    ["unusable-token", "^The token service h\\.io returned an unusable token \\(HTTP 418\\)"],
    ["realm-refused", "^The token service h\\.io of r\\.io was not contacted"],
    ["unreadable", `^Invalid manifest of ${image} from h\\.io`],
  ];
  for (const [reason, sentence] of rows) {
    it(`is told for ${reason}`, () => {
      const problem = { kind: "invalid-response", reason, status: 418 } as const;
      assert.match(invalidMessage(problem, "h.io", key), new RegExp(sentence));
    });
  }
});

describe("an answer that Knative cannot use", () => {
  const rows: readonly [HeadLack, string][] = [
    ["head", "r\\.io rejects HEAD requests \\(HTTP 405\\)"],
    ["malformed-digest", "the Docker-Content-Digest header is not a sha256 digest"],
    ["Docker-Content-Digest", "of r\\.io to HEAD has no Docker-Content-Digest header"],
    ["Content-Type", "of r\\.io to HEAD has no Content-Type header"],
    ["Content-Length", "of r\\.io to HEAD has no Content-Length header"],
  ];
  for (const [lacks, sentence] of rows) {
    it(`is told for ${lacks}, with the digest if there is one`, () => {
      const said = (digest: string | undefined): string =>
        lackMessage({ kind: "no-digest-header", lacks, status: 405, digest, url: "" }, key);
      const start = `^Knative cannot resolve ${image}, which exists: .*${sentence}`;
      assert.match(said(undefined), new RegExp(start));
      assert.doesNotMatch(said(undefined), /pin /);
      assert.match(said("sha256:abc"), /pin sha256:abc, so that Knative needs no lookup\.$/);
    });
  }
});
