// The sentence for each mistake in `config-deployment`.

import assert from "node:assert/strict";
import type { ConfigProblem } from "../../../server/src/knative/config/configProblem.ts";
import { configProblemWords } from "../../../server/src/knative/config/configProblemWords.ts";

/** What the words depend on; where it stands and what fixes it does not matter to them. */
type Case = ConfigProblem extends infer Problem
  ? Problem extends ConfigProblem
    ? Omit<Problem, "place" | "fixes">
    : never
  : never;

function words(problem: Case): string {
  return configProblemWords({
    ...problem,
    place: { at: "key", key: "k" },
    fixes: [],
  });
}

const value = (
  key: string,
  text: string,
  message = "m",
  is: "string" | "map" | "list" | "number" = "string",
): Case => ({ kind: "invalid-config-value", key, value: text, is, message });
const unknown = (cause: "never-read" | "too-new" | "removed", meant?: string): Case => ({
  kind: "unknown-config-key",
  key: "k",
  cause,
  meant,
  release: "1.9",
});

describe("the sentence for a mistake in config-deployment", () => {
  const rows: readonly [Case, string][] = [
    [unknown("never-read"), "Unknown key “k” is silently ignored."],
    [unknown("never-read", "kk"), "Unknown key “k” is silently ignored: did you mean kk?"],
    [unknown("too-new"), "The key “k” requires Knative 1.9 or later."],
    [unknown("removed"), "Remove the key “k”: Knative 1.9 and later ignore it."],
    [
      { kind: "legacy-config-key", key: "oldKey", replacement: "old-key", overruled: false },
      "Rename “oldKey” to old-key: this is the old spelling.",
    ],
    [
      { kind: "legacy-config-key", key: "oldKey", replacement: "old-key", overruled: true },
      "“oldKey” has no effect: old-key takes precedence.",
    ],
    [
      { kind: "example-checksum", computed: "abc", shipped: true },
      "Set example-checksum to abc: with another checksum the webhook rejects this ConfigMap.",
    ],
    [
      { kind: "example-checksum", computed: "abc", shipped: false },
      "“_example” was edited, so the webhook rejects this ConfigMap: undo the edit, or set the checksum to abc.",
    ],
    [
      value("progress-deadline", "5", "m", "number"),
      "Must be a string: put 5 in quotes (Knative: m).",
    ],
    [value("progress-deadline", "", "m", "map"), "Must be a string, not a map (Knative: m)."],
    [
      value("registries-skipping-tag-resolving", "", "m", "list"),
      "Must be one comma-separated string, not a list (Knative: m).",
    ],
    [
      value("progress-deadline", "5", "time: missing unit"),
      "Invalid duration “5”: add a unit, e.g. “5s” (Knative: time: missing unit).",
    ],
    [
      value("progress-deadline", "0s", "cannot be a non-positive duration"),
      "Must be greater than zero: “0s” (Knative: cannot be a non-positive duration).",
    ],
    [
      value("progress-deadline", "1.5s", "must be rounded to a second"),
      "Must be a whole number of seconds: “1.5s” (Knative: must be rounded to a second).",
    ],
    [value("progress-deadline", "x"), "Invalid duration “x”, e.g. 10s or 2m (Knative: m)."],
    [
      value("queue-sidecar-cpu-request", "x"),
      "Invalid quantity “x”, e.g. 25m or 400Mi (Knative: m).",
    ],
    [value("queue-sidecar-image", ""), "queue-sidecar-image must not be empty (Knative: m)."],
    [value("no-such-key", "x"), "Invalid value of no-such-key (Knative: m)."],
    [
      { kind: "skip-list-drops-defaults", dropped: ["a", "b"] },
      "This replaces the defaults, so these are no longer skipped: a, b.",
    ],
  ];
  for (const [problem, sentence] of rows) {
    it(`is “${sentence}”`, () => {
      assert.equal(words(problem), sentence);
    });
  }

  it("names the values that a key may have", () => {
    const said = words(value("default-affinity-type", "x"));
    assert.match(said, /^Invalid value “x”: must be \S+ \/ \S+ \(Knative: m\)\.$/);
  });
});
