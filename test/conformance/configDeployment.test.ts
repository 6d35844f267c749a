// A `config-deployment` is read and refused with Knative's own words.

import assert from "node:assert/strict";
import { readDeploymentConfig } from "../../server/src/knative/configDeployment.ts";
import { readRows } from "./readRows.ts";

interface DeploymentRow {
  readonly data: Readonly<Record<string, string>>;
  readonly registriesSkippingTagResolving?: readonly string[];
  readonly digestResolutionTimeoutMs?: number;
  readonly error?: string;
}

/** The row as we answer it. To each the table's maker added a valid `queue-sidecar-image`. */
function read(data: DeploymentRow["data"]): DeploymentRow {
  const result = readDeploymentConfig(
    new Map([["queue-sidecar-image", "gcr.io/knative/queue"], ...Object.entries(data)]),
  );
  if (result.kind === "refused") return { data, error: result.message };
  return {
    data,
    digestResolutionTimeoutMs: Number(result.config.digestResolutionTimeout / 1_000_000n),
    registriesSkippingTagResolving: [...result.config.skipList.registries].sort(),
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
