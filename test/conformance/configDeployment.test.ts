// A `config-deployment` is read and refused with Knative's own words.

import assert from "node:assert/strict";
import { configValueErrors } from "../../server/src/knative/config/configDeployment.ts";
import { parseDuration } from "../../server/src/knative/go/goDuration.ts";
import { skipListOf } from "../../server/src/knative/skipList/skipList.ts";
import { readRows } from "./readRows.ts";

interface DeploymentRow {
  readonly data: Readonly<Record<string, string>>;
  readonly registriesSkippingTagResolving?: readonly string[];
  readonly digestResolutionTimeoutMs?: number;
  readonly error?: string;
}

/** The row as we answer it. To each the table's maker added a valid `queue-sidecar-image`. */
function read(data: DeploymentRow["data"]): DeploymentRow {
  const values = new Map([
    ["queue-sidecar-image", "gcr.io/knative/queue"],
    ...Object.entries(data),
  ]);
  const [error] = configValueErrors(values);
  if (error !== undefined) return { data, error: error.message };
  const timeout = parseDuration(
    data["digest-resolution-timeout"] ?? data["digestResolutionTimeout"] ?? "10s",
  );
  assert.ok(timeout.kind === "duration");
  return {
    data,
    digestResolutionTimeoutMs: Number(timeout.nanoseconds / 1_000_000n),
    registriesSkippingTagResolving: [...skipListOf(values).registries].sort(),
  };
}

describe("conformance: config-deployment", () => {
  const rows = readRows<DeploymentRow>("config-deployment");
  it("has its rows", () => {
    assert.equal(rows.length, 34);
  });
  for (const row of rows) {
    it(JSON.stringify(row.data), () => {
      assert.deepEqual(read(row.data), row);
    });
  }
});
