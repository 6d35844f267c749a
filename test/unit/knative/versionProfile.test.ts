// A release has its own rules, and the newest patch is meant where none is named.

import assert from "node:assert/strict";
import { currentGrammar, upcomingGrammar } from "../../../server/src/image/grammarProfile.ts";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import { registryScheme } from "../../../server/src/image/registryScheme.ts";
import {
  isAtLeast,
  newestKnownVersion,
  releaseNamed,
  versionProfile,
} from "../../../server/src/knative/config/versionProfile.ts";

describe("versionProfile", () => {
  it("is that of the newest known release where nothing usable is said", () => {
    assert.equal(versionProfile().version, newestKnownVersion);
    assert.equal(versionProfile("latest").version, newestKnownVersion);
  });
  for (const [version, minimum] of [
    ["1.23", "1.3"],
    ["1.22.0", "1.3"],
    ["1.21", "1.3"],
    ["1.21.2", "1.3"],
    ["1.21.1", "1.2"],
    ["1.20", "1.2"],
    ["1.10.0", "1.3"],
    ["1.10", "1.2"],
    ["1.10.1", "1.2"],
  ] as const) {
    it(`asks registries with TLS ${minimum} at least in ${version}`, () => {
      assert.equal(versionProfile(version).resolverTlsMinimum, minimum);
    });
  }
  it("knows what came with which release", () => {
    assert.equal(versionProfile("1.18").trimsStrings, false);
    assert.equal(versionProfile("1.19").trimsStrings, true);
  });
  it("takes the grammar that comes next for releases after the newest known one, and says so", () => {
    assert.equal(versionProfile("1.23.5").grammar, currentGrammar);
    assert.equal(versionProfile("1.23.5").assumed, false);
    assert.equal(versionProfile("1.24").grammar, upcomingGrammar);
    assert.equal(versionProfile("1.24").assumed, true);
  });
});

describe("the grammar that comes next", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["nginx:", "index.docker.io", "nginx: must specify a tag name after the colon"],
    ["localhost/foo", "index.docker.io", "localhost"],
    ["dev.local/x", "repository must be between 2 and 255 characters in length: x", "dev.local"],
  ];
  for (const [image, before, after] of rows) {
    it(`reads ${image} otherwise`, () => {
      const told = [currentGrammar, upcomingGrammar].map((grammar) => {
        const reference = parseImageReference(image, grammar);
        return reference.kind === "invalid" ? reference.problem : reference.registry;
      });
      assert.deepEqual(told, [before, after]);
    });
  }
  for (const registry of ["a.svc.cluster.local:5000", "127.0.0.10:5000", "[fe80::1]"]) {
    it(`asks ${registry} over https alone`, () => {
      assert.equal(registryScheme(registry, currentGrammar), "http");
      assert.equal(registryScheme(registry, upcomingGrammar), "https");
    });
  }
});

describe("isAtLeast", () => {
  it("compares numbers, and takes a missing patch for the newest", () => {
    assert.equal(isAtLeast("1.10", "1.9"), true);
    assert.equal(isAtLeast("1.9", "1.10"), false);
    assert.equal(isAtLeast("1.21", "1.21.2"), true);
    assert.equal(isAtLeast("1.21.2", "1.21"), true);
    assert.equal(isAtLeast("1.21.1", "1.21.2"), false);
  });
});

describe("a release that a label names", () => {
  for (const [label, release] of [
    ["1.8.0", "1.8.0"],
    ["v1.8.0", "1.8.0"],
    ["knative-v1.10.2", "1.10.2"],
    ["1.20", "1.20"],
    ["v0.35.0", "1.8.0"],
    ["v0.27.0", "1.0.0"],
    ["v0.22.0", "0.22.0"],
    ["devel", undefined],
    ["v20240101-abcdef", undefined],
    ["", undefined],
  ] as const) {
    it(`is ${String(release)} for ${label}`, () => {
      assert.equal(releaseNamed(label), release);
    });
  }
});
