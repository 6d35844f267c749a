// Every reference means to us what it means to Knative.

import assert from "node:assert/strict";
import { parseImageReference, repositoryName } from "../../server/src/image/imageReference.ts";
import { registryScheme } from "../../server/src/image/registryScheme.ts";
import { readRows } from "./readRows.ts";

interface ReferenceRow {
  readonly image: string;
  readonly outcome: "tag" | "digest" | "error";
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly scheme?: string;
  readonly repositoryString?: string;
  readonly error?: string;
}

interface WebhookRow {
  readonly image: string;
  readonly webhookAccepts: boolean;
  readonly kind: "tag" | "digest" | "invalid";
  readonly tagError?: string;
  readonly digestError?: string;
}

function read(image: string): ReferenceRow {
  const reference = parseImageReference(image);
  if (reference.kind === "invalid") {
    return { image, outcome: "error", error: reference.problem };
  }
  const { registry, repository } = reference;
  return {
    image,
    outcome: reference.kind,
    registry,
    repository,
    ...(reference.kind === "tag" ? { tag: reference.tag } : { digest: reference.digest }),
    scheme: registryScheme(registry),
    repositoryString: repositoryName(reference),
  };
}

describe("conformance: image references", () => {
  const rows = readRows<ReferenceRow>("image-references");
  it("has its rows", () => {
    assert.equal(rows.length, 804);
  });
  for (const row of rows) {
    it(JSON.stringify(row.image).slice(0, 100), () => {
      assert.deepEqual(read(row.image), row);
    });
  }
});

describe("conformance: what the webhook says of an image", () => {
  for (const row of readRows<WebhookRow>("webhook")) {
    it(JSON.stringify(row.image).slice(0, 100), () => {
      const reference = parseImageReference(row.image);
      assert.equal(reference.kind, row.kind);
      assert.equal(reference.kind !== "invalid", row.webhookAccepts);
      if (reference.kind === "invalid") {
        assert.equal(reference.problem, row.tagError);
        assert.equal(reference.digestProblem, row.digestError);
      }
    });
  }
});
