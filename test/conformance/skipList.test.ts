// The skip list reads and matches as in Knative's own parser and resolver.

import assert from "node:assert/strict";
import { parseImageReference } from "../../server/src/image/imageReference.ts";
import { skipListOf, isSkipped, skipSet } from "../../server/src/knative/skipList/skipList.ts";
import { readRows } from "./readRows.ts";

interface SkipListRow {
  readonly "registries-skipping-tag-resolving": string;
  readonly image: string;
  readonly registryStr: string;
  readonly skipped: boolean;
}

interface DeploymentRow {
  readonly data: Readonly<Record<string, string>>;
  readonly registriesSkippingTagResolving?: readonly string[];
}

interface WebhookRow {
  readonly image: string;
  readonly skippedByDefaultList: boolean;
}

describe("conformance: the skip list and an image", () => {
  const rows = readRows<SkipListRow>("skip-list");
  it("has its rows", () => {
    assert.equal(rows.length, 17);
  });
  for (const row of rows) {
    const value = row["registries-skipping-tag-resolving"];
    it(`${JSON.stringify(value)} and ${row.image}`, () => {
      const reference = parseImageReference(row.image);
      assert.ok(reference.kind !== "invalid");
      assert.equal(reference.registry, row.registryStr);
      assert.equal(isSkipped(reference, skipSet(value)), row.skipped);
    });
  }
});

describe("conformance: the skip list of a ConfigMap", () => {
  for (const row of readRows<DeploymentRow>("config-deployment")) {
    if (row.registriesSkippingTagResolving === undefined) continue;
    it(JSON.stringify(row.data), () => {
      const { registries } = skipListOf(new Map(Object.entries(row.data)));
      assert.deepEqual([...registries].sort(), row.registriesSkippingTagResolving);
    });
  }
});

describe("conformance: images that the default list skips", () => {
  const { registries } = skipListOf(new Map());
  for (const row of readRows<WebhookRow>("webhook")) {
    it(JSON.stringify(row.image).slice(0, 100), () => {
      const reference = parseImageReference(row.image);
      const skipped = reference.kind !== "invalid" && isSkipped(reference, registries);
      assert.equal(skipped, row.skippedByDefaultList);
    });
  }
});
