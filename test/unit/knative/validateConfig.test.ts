// A configuration's mistakes are found, each with its place and what mends it.

import assert from "node:assert/strict";
import type {
  ConfigProblem,
  ConfigSetting,
} from "../../../server/src/knative/config/configProblem.ts";
import { configProblemWords } from "../../../server/src/knative/config/configProblemWords.ts";
import {
  validateConfig,
  type ConfigContext,
} from "../../../server/src/knative/config/validateConfig.ts";

const context: ConfigContext = {
  origin: "config-map",
  checksum: undefined,
  version: "1.23",
  seenRegistries: ["reg.example.com:5000"],
};
const image: ConfigSetting = {
  key: "queue-sidecar-image",
  value: "gcr.io/knative/queue",
  isString: true,
};

function judge(
  data: Readonly<Record<string, string>>,
  changed: Partial<ConfigContext> = {},
): readonly ConfigProblem[] {
  const settings = Object.entries(data).map(([key, value]) => ({ key, value, isString: true }));
  return validateConfig([image, ...settings], { ...context, ...changed });
}

function only(problems: readonly ConfigProblem[]): ConfigProblem {
  const [problem] = problems;
  assert.ok(problem);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  return problem;
}

function kinds(problems: readonly ConfigProblem[]): string[] {
  return problems.map(({ kind }) => kind);
}

const defaults = "kind.local,ko.local,dev.local";

describe("validateConfig", () => {
  it("finds nothing in what Knative reads", () => {
    const data = {
      "registries-skipping-tag-resolving": `${defaults},reg.example.com:5000`,
      "digest-resolution-timeout": "10s",
    };
    assert.deepEqual(judge(data), []);
  });

  describe("of keys", () => {
    it("renames one that was misspelt", () => {
      const key = "registries-skipping-tag-resolution";
      const problem = only(judge({ [key]: "a.io" }));
      assert.deepEqual(problem, {
        kind: "unknown-config-key",
        key,
        cause: "never-read",
        meant: "registries-skipping-tag-resolving",
        release: undefined,
        place: { at: "key", key },
        fixes: [
          { kind: "rename-key", key, to: "registries-skipping-tag-resolving" },
          { kind: "remove-key", key },
        ],
      });
      assert.equal(
        configProblemWords(problem),
        "Unknown key “registries-skipping-tag-resolution” is silently ignored: did you mean registries-skipping-tag-resolving?",
      );
    });
    it("only removes one whose right spelling is there, too", () => {
      const problem = only(judge({ "progress-deadlin": "1s", "progress-deadline": "1s" }));
      assert.deepEqual(problem.fixes, [{ kind: "remove-key", key: "progress-deadlin" }]);
    });
    it("tells the release that reads a key", () => {
      const problem = only(judge({ "pod-is-always-schedulable": "true" }, { version: "1.20" }));
      assert.equal(
        configProblemWords(problem),
        "The key “pod-is-always-schedulable” requires Knative 1.21 or later.",
      );
      assert.deepEqual(problem.fixes, [{ kind: "remove-key", key: "pod-is-always-schedulable" }]);
    });
    it("finds nothing in one image under both spellings, as Knative 1.5 was shipped", () => {
      assert.deepEqual(judge({ queueSidecarImage: "gcr.io/knative/queue" }), []);
      assert.deepEqual(kinds(judge({ queueSidecarImage: "other" })), ["legacy-config-key"]);
    });
    it("finds a key that no release read, whatever the release", () => {
      const misspelt = judge(
        { "registries-skipping-tag-resolution": "a.io" },
        { version: "0.1.0" },
      );
      assert.deepEqual(kinds(misspelt), ["unknown-config-key"]);
    });
    it("finds nothing in an empty value that a release does not read, as it was shipped", () => {
      const empty = { "concurrency-state-endpoint": "", "queue-sidecar-tls-min-version": "" };
      assert.deepEqual(judge(empty, { version: "1.12" }), []);
      assert.deepEqual(kinds(judge({ "concurrency-state-endpoint": "a:1" })), [
        "unknown-config-key",
      ]);
    });
    it("renames the old spelling, and removes one that is overruled", () => {
      const legacy = { progressDeadline: "1s" };
      assert.deepEqual(only(judge(legacy)), {
        kind: "legacy-config-key",
        key: "progressDeadline",
        replacement: "progress-deadline",
        overruled: false,
        place: { at: "key", key: "progressDeadline" },
        fixes: [{ kind: "rename-key", key: "progressDeadline", to: "progress-deadline" }],
      });
      assert.deepEqual(only(judge({ ...legacy, "progress-deadline": "1s" })).fixes, [
        { kind: "remove-key", key: "progressDeadline" },
      ]);
    });
  });

  describe("of values", () => {
    it("shows Knative's words and the value that was meant", () => {
      const key = "digest-resolution-timeout";
      const problem = only(judge({ [key]: "10" }));
      assert.deepEqual(problem, {
        ...{ kind: "invalid-config-value", key, value: "10", is: "string" },
        message: 'failed to parse "digest-resolution-timeout": time: missing unit in duration "10"',
        place: { at: "value", key, start: 0, end: 2 },
        fixes: [{ kind: "change-value", key, change: { start: 0, end: 2, text: "10s" } }],
      });
    });
    it("offers the values there are, or the default, where none is plain", () => {
      const texts = (data: Readonly<Record<string, string>>): unknown[] =>
        only(judge(data)).fixes.map((fix) => (fix.kind === "change-value" ? fix.change.text : fix));
      assert.deepEqual(texts({ "default-affinity-type": "x" }), [
        "none",
        "prefer-spread-revision-over-nodes",
      ]);
      assert.deepEqual(texts({ "progress-deadline": "soon" }), ["600s"]);
      assert.deepEqual(texts({ "queue-sidecar-memory-limit": "much" }), []);
    });
    for (const [value, origin, message] of [
      [
        "600",
        "config-map",
        "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
      ],
      [
        "true",
        "config-map",
        "json: cannot unmarshal bool into Go struct field ConfigMap.data of type string",
      ],
      [
        "600",
        "knative-serving",
        'spec.config.deployment.progress-deadline in body must be of type string: "integer"',
      ],
    ] as const) {
      it(`wants ${value} in quotes in a ${origin}`, () => {
        const key = "progress-deadline";
        const settings = [image, { key, value, isString: false }];
        assert.deepEqual(validateConfig(settings, { ...context, origin }), [
          {
            ...{ kind: "invalid-config-value", key, value, is: "number" },
            message,
            place: { at: "value", key, start: 0, end: value.length },
            fixes: [{ kind: "quote-value", key }],
          },
        ]);
      });
    }
    it("says nothing of null, of which Kubernetes makes nothing", () => {
      const settings = [image, { key: "progress-deadline", value: "~", isString: false }];
      assert.deepEqual(validateConfig(settings, context), []);
    });
  });

  describe("of the skip list", () => {
    const key = "registries-skipping-tag-resolving";
    it("replaces or removes an entry that cannot match", () => {
      const value = `${defaults}, docker.io`;
      assert.deepEqual(only(judge({ [key]: value })), {
        kind: "skip-entry-never-matches",
        registry: "docker.io",
        problem: { mistake: "docker-io", meant: "index.docker.io" },
        place: { at: "value", key, start: 31, end: 40 },
        fixes: [
          { kind: "change-value", key, change: { start: 31, end: 40, text: "index.docker.io" } },
          { kind: "change-value", key, change: { start: 29, end: 40, text: "" } },
        ],
      });
    });
    it("adds defaults that would be dropped", () => {
      assert.deepEqual(only(judge({ [key]: "dev.local,reg.example.com:5000\n" })), {
        kind: "skip-list-drops-defaults",
        dropped: ["kind.local", "ko.local"],
        place: { at: "key", key },
        fixes: [
          {
            kind: "change-value",
            key,
            change: { start: 30, end: 30, text: ",kind.local,ko.local" },
          },
        ],
      });
      assert.deepEqual(kinds(judge({ [key]: "" })), ["skip-list-drops-defaults"]);
      // The default of that release.
      assert.deepEqual(judge({ [key]: "ko.local,dev.local" }, { version: "0.17.0" }), []);
    });
    it("does not call a default dropped that stands there with other separators", () => {
      assert.deepEqual(kinds(judge({ [key]: "kind.local ko.local dev.local" })), [
        "skip-entry-never-matches",
      ]);
    });
    it("takes a public registry off", () => {
      assert.deepEqual(only(judge({ [key]: `ghcr.io,${defaults}` })), {
        kind: "skip-list-public-registry",
        registry: "ghcr.io",
        registryClass: "public",
        place: { at: "value", key, start: 0, end: 7 },
        fixes: [{ kind: "change-value", key, change: { start: 0, end: 8, text: "" } }],
      });
    });
    it("validates the spelling that Knative goes by, once", () => {
      const legacy = "registriesSkippingTagResolving";
      assert.deepEqual(kinds(judge({ [legacy]: "docker.io" })), [
        "legacy-config-key",
        "skip-entry-never-matches",
        "skip-list-drops-defaults",
      ]);
      assert.deepEqual(kinds(judge({ [legacy]: "docker.io", [key]: defaults })), [
        "legacy-config-key",
      ]);
    });
  });

  describe("of the example", () => {
    const example = 'progress-deadline: "30s"\n';
    it("moves an edited setting to where Knative reads it", () => {
      assert.deepEqual(only(judge({ _example: example })), {
        kind: "config-in-example",
        key: "progress-deadline",
        value: "30s",
        place: { at: "value", key: "_example", start: 0, end: 24 },
        fixes: [{ kind: "add-key", key: "progress-deadline", value: "30s" }],
      });
    });
    it("does not overwrite a setting that is there, and is content if both agree", () => {
      assert.deepEqual(only(judge({ _example: example, "progress-deadline": "5s" })).fixes, []);
      assert.deepEqual(judge({ _example: example, "progress-deadline": "30s" }), []);
    });
    it("corrects the checksum", () => {
      const problem = only(judge({ _example: "123456789" }, { checksum: "555b4826" }));
      assert.deepEqual(problem, {
        kind: "example-checksum",
        computed: "cbf43926",
        shipped: false,
        place: { at: "key", key: "_example" },
        fixes: [{ kind: "set-checksum", checksum: "cbf43926" }],
      });
      assert.deepEqual(judge({ _example: "123456789" }, { checksum: "cbf43926" }), []);
    });
  });

  describe("of the image of queue-proxy", () => {
    it("misses it in a ConfigMap, which replaces all settings", () => {
      assert.deepEqual(validateConfig([], context), [
        { kind: "config-loses-sidecar-image", place: { at: "map" }, fixes: [] },
      ]);
    });
    it("does not miss it in a KnativeServing, nor in a patch", () => {
      assert.deepEqual(validateConfig([], { ...context, origin: "knative-serving" }), []);
      assert.deepEqual(validateConfig([], { ...context, partial: true }), []);
    });
    it("refuses an empty one in Knative's words", () => {
      const problems = validateConfig([{ ...image, value: "" }], context);
      assert.deepEqual(
        problems.map((problem) => "message" in problem && problem.message),
        ["queue-sidecar-image cannot be empty or unset"],
      );
    });
  });

  it("has a sentence for every mistake", () => {
    const settings: Record<string, string> = {
      "some-key": "",
      progressDeadline: "1s",
      "progress-deadline": "x",
      "concurrency-state-endpoint": "a:1",
      "registries-skipping-tag-resolving": "docker.io,ghcr.io",
      _example: "digest-resolution-timeout: 3s",
    };
    const entries = Object.entries(settings).map(([key, value]) => ({
      key,
      value,
      isString: true,
    }));
    const problems = validateConfig(entries, { ...context, checksum: "00000000" });
    assert.equal(new Set(kinds(problems)).size, 9);
    for (const problem of problems) assert.match(configProblemWords(problem), /^.+\.$/u);
  });
});
