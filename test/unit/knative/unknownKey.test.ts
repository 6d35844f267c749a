// A key that Knative never reads is told from one that it reads, with the key that was meant.

import assert from "node:assert/strict";
import { configKeys } from "../../../server/src/knative/config/configKeys.ts";
import { editDistance, findUnknownKey } from "../../../server/src/knative/config/unknownKey.ts";

function meant(name: string, version = "1.23"): string | undefined {
  const judged = findUnknownKey(name, version);
  assert.equal(judged?.cause, "never-read");
  return judged.meant?.name;
}

describe("findUnknownKey", () => {
  for (const name of [
    "registries-skipping-tag-resolution",
    "registriesSkippingTagResolution",
    "registries-skip-tag-resolving",
    "registry-skipping-tag-resolving",
    "registries-skipping-tag-resolvin",
    "REGISTRIES-SKIPPING-TAG-RESOLVING",
    "registries_skipping_tag_resolving",
    "registries skipping tag resolving",
    "registries-skipping-tag-resolving ",
    "Registriesskippingtagresolving",
    "skip-tag-resolution-registries",
    "skip-registries",
  ]) {
    it(`takes ${JSON.stringify(name)} for the skip list`, () => {
      assert.equal(meant(name), "registries-skipping-tag-resolving");
    });
  }
  for (const [name, expected] of [
    ["digest-resolving-timeout", "digest-resolution-timeout"],
    ["progressdeadline", "progress-deadline"],
    ["progress-deadline-seconds", undefined],
    ["queue-sidecar-mem-request", "queue-sidecar-memory-request"],
    ["queueSidecarRootCA", "queue-sidecar-rootca"],
    ["queue-sidecar-tls-min-versoin", "queue-sidecar-tls-min-version"],
    ["queue-sidecar-tls-max-versoin", "queue-sidecar-tls-max-version"],
    ["queue-proxy-image", undefined],
    ["container-concurrency", undefined],
    ["constructor", undefined],
  ] as const) {
    it(`takes ${name} for ${expected ?? "nothing"}`, () => {
      assert.equal(meant(name), expected);
    });
  }
  it("knows every key by both its names", () => {
    for (const key of configKeys.filter(({ until }) => until === undefined)) {
      assert.equal(findUnknownKey(key.name, "1.23"), undefined);
      if (key.legacyName !== undefined)
        assert.equal(findUnknownKey(key.legacyName, "1.23"), undefined);
    }
  });
  it("leaves keys with an underscore in front alone", () => {
    assert.equal(findUnknownKey("_example", "1.23"), undefined);
  });
  it("tells keys of later and of earlier releases", () => {
    assert.equal(findUnknownKey("pod-is-always-schedulable", "1.20")?.cause, "too-new");
    assert.equal(findUnknownKey("pod-is-always-schedulable", "1.21"), undefined);
    assert.equal(findUnknownKey("queue-sidecar-tls-min-version", "1.21.1")?.cause, "too-new");
    assert.equal(findUnknownKey("queue-sidecar-tls-min-version", "1.21.2"), undefined);
    assert.equal(findUnknownKey("concurrency-state-endpoint", "1.9"), undefined);
    assert.equal(findUnknownKey("concurrency-state-endpoint", "1.23")?.cause, "removed");
  });
  it("means no key that the release does not read", () => {
    assert.equal(meant("pod-is-always-schedulabel", "1.20"), undefined);
    assert.equal(meant("pod-is-always-schedulabel"), "pod-is-always-schedulable");
  });
});

describe("editDistance", () => {
  for (const [one, other, distance] of [
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["abc", "acb", 1],
    ["abc", "ab", 1],
    ["a", "b", 1],
    ["xab", "ab", 1],
    ["ba", "ab", 1],
    ["xbay", "xaby", 1],
    ["ab", "cd", 2],
    ["abcd", "badc", 2],
    ["kitten", "sitting", 3],
  ] as const) {
    it(`between ${JSON.stringify(one)} and ${JSON.stringify(other)} is ${String(distance)}`, () => {
      assert.equal(editDistance(one, other), distance);
      assert.equal(editDistance(other, one), distance);
    });
  }
});
