// A refused value comes with the one that was meant, where that is plain.

import assert from "node:assert/strict";
import { findConfigKey } from "../../../server/src/knative/config/configKeys.ts";
import { suggestedValue } from "../../../server/src/knative/config/valueSuggestion.ts";

describe("suggestedValue", () => {
  for (const [name, value, suggestion] of [
    ["digest-resolution-timeout", "10", "10s"],
    ["digest-resolution-timeout", "10S", "10s"],
    ["digest-resolution-timeout", "10s\n", "10s"],
    ["digest-resolution-timeout", "10 seconds", "10s"],
    ["digest-resolution-timeout", "1 min 30 sec", "1m30s"],
    ["digest-resolution-timeout", "500 milliseconds", "500ms"],
    ["progress-deadline", "2d", "48h"],
    ["progress-deadline", "0s", undefined],
    ["progress-deadline", "ten", undefined],
    ["queue-sidecar-memory-limit", "400mi", "400Mi"],
    ["queue-sidecar-memory-limit", "400MiB", "400Mi"],
    ["queue-sidecar-memory-limit", "1 GB", "1G"],
    ["queue-sidecar-memory-limit", "1K", "1k"],
    ["queue-sidecar-memory-limit", "1,5Gi", "1.5Gi"],
    ["queue-sidecar-cpu-limit", "100 millicores", "100m"],
    ["queue-sidecar-cpu-limit", "lots", undefined],
    ["pod-is-always-schedulable", "yes", "true"],
    ["pod-is-always-schedulable", "Off", "false"],
    ["pod-is-always-schedulable", "maybe", undefined],
    ["default-affinity-type", "None", "none"],
    [
      "default-affinity-type",
      "prefer_spread_revision_over_nodes",
      "prefer-spread-revision-over-nodes",
    ],
    ["default-affinity-type", "spread", undefined],
    ["queue-sidecar-rootca", " x ", undefined],
  ] as const) {
    it(`for ${JSON.stringify(value)} of ${name} is ${suggestion ?? "none"}`, () => {
      const key = findConfigKey(name);
      assert.ok(key);
      assert.equal(suggestedValue(key, value), suggestion);
    });
  }
});
