// Every reference means to us what it means to Knative.

import assert from "node:assert/strict";
import { parseImageReference, repositoryName } from "../../server/src/image/imageReference.ts";
import { registryScheme } from "../../server/src/image/registryScheme.ts";
import { refusals } from "../../server/src/knative/conditions.ts";
import { skipListOf, isSkipped } from "../../server/src/knative/skipList/skipList.ts";
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
  readonly webhookErrorDetail?: string;
  readonly kind: "tag" | "digest" | "invalid";
  readonly registryStr?: string;
  readonly repositoryStr?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly scheme?: string;
  readonly skippedByDefaultList: boolean;
  /** What stands before the digest in the image that runs; of a tag that is resolved. */
  readonly resolvedPrefix?: string;
  readonly tagError?: string;
  /** Of a tag too, of which we keep no such error. */
  readonly digestError?: string;
}

function admit(image: string): WebhookRow {
  const reference = parseImageReference(image);
  const { kind } = reference;
  if (kind === "invalid") {
    const said = refusals([{ image, path: "image" }]);
    const [, detail] = /(?:error: |validation failed: (?=missing))(.*)$/s.exec(said) ?? [];
    return {
      ...{ image, kind, webhookAccepts: false, skippedByDefaultList: false },
      ...{ tagError: reference.problem, digestError: reference.digestProblem },
      ...(detail === undefined ? {} : { webhookErrorDetail: detail }),
    };
  }
  const skipped = isSkipped(reference, skipListOf(new Map()).registries);
  return {
    ...{ image, kind, webhookAccepts: true, skippedByDefaultList: skipped },
    ...{ registryStr: reference.registry, repositoryStr: reference.repository },
    ...(kind === "digest"
      ? { digest: reference.digest }
      : { tag: reference.tag, scheme: registryScheme(reference.registry) }),
    ...(kind === "tag" && !skipped ? { resolvedPrefix: `${repositoryName(reference)}@` } : {}),
  };
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
  const rows = readRows<WebhookRow>("webhook");
  it("has its rows", () => {
    assert.equal(rows.length, 115);
  });
  for (const row of rows) {
    it(JSON.stringify(row.image).slice(0, 100), () => {
      const { digestError, ...expected } = row;
      const known = row.kind === "invalid" ? { digestError } : {};
      assert.deepEqual(admit(row.image), { ...expected, ...known });
    });
  }
});
