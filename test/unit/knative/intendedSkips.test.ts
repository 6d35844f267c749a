// An image whose registry was meant to be skipped is told from one that nobody listed.

import assert from "node:assert/strict";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import { missedSkipWords } from "../../../server/src/knative/skipList/intendedSkipWords.ts";
import { intendedSkips, missedSkip } from "../../../server/src/knative/skipList/intendedSkips.ts";
import { skipListOf } from "../../../server/src/knative/skipList/skipList.ts";

const seen = ["reg.example.com:5000", "index.docker.io", "localhost:5001"];

function missed(image: string, data: Readonly<Record<string, string>>): unknown {
  const reference = parseImageReference(image);
  assert.ok(reference.kind === "tag");
  const settings = Object.entries(data).map(([key, value]) => ({ key, value, isString: true }));
  const { registries } = skipListOf(new Map(Object.entries(data)));
  const found = missedSkip(reference, registries, intendedSkips(settings, "1.23", seen));
  if (found === undefined) return undefined;
  assert.match(missedSkipWords(reference.registry, found), /\.$/);
  return [found.reason, found.written, found.place];
}

const key = "registries-skipping-tag-resolving";
const unread = "registries-skipping-tag-resolution";

describe("missedSkip", () => {
  it("sees a key that Knative never reads", () => {
    const data = { [unread]: "dev.local, reg.example.com:5000" };
    assert.deepEqual(missed("reg.example.com:5000/app", data), [
      "unknown-key",
      "reg.example.com:5000",
      { at: "value", key: unread, start: 11, end: 31 },
    ]);
    assert.equal(missed("dev.local/app", data), undefined);
    assert.equal(missed("other.example.com/app", data), undefined);
  });
  it("sees the mistake in an entry under such a key, too", () => {
    assert.deepEqual(missed("reg.example.com:5000/app", { [unread]: "reg.example.com" }), [
      "unknown-key",
      "reg.example.com",
      { at: "value", key: unread, start: 0, end: 15 },
    ]);
  });
  it("sees the example", () => {
    const _example = `${key}: "reg.example.com:5000"`;
    assert.deepEqual(missed("reg.example.com:5000/app", { _example }), [
      "in-example",
      "reg.example.com:5000",
      { at: "value", key: "_example", start: 0, end: _example.length },
    ]);
  });
  it("sees the old spelling where the new one overrules it", () => {
    const data = { registriesSkippingTagResolving: "a.io", [key]: "b.io" };
    assert.deepEqual(missed("a.io/app", data), [
      "overruled",
      "a.io",
      { at: "value", key: "registriesSkippingTagResolving", start: 0, end: 4 },
    ]);
    assert.equal(missed("b.io/app", data), undefined);
  });
  for (const [entry, image] of [
    ["docker.io", "nginx"],
    ["docker.io", "docker.io/me/app"],
    ["reg.example.com", "reg.example.com:5000/app"],
    ["https://reg.example.com:5000/v2/", "reg.example.com:5000/app"],
    ["*.example.com", "reg.example.com:5000/app"],
    ["localhost", "localhost/foo"],
    ["registry", "registry/foo"],
    ["a.io b.io", "b.io/app"],
  ] as const) {
    it(`sees that ${entry} was meant for ${image}`, () => {
      assert.deepEqual(missed(image, { [key]: entry }), [
        "never-matches",
        entry,
        { at: "value", key, start: 0, end: entry.length },
      ]);
    });
  }
  it("sees nothing in what is skipped, and nothing in a configuration without mistakes", () => {
    assert.equal(missed("nginx", { [key]: "docker.io,index.docker.io" }), undefined);
    assert.equal(missed("nginx", { [key]: "a.io" }), undefined);
    assert.equal(missed("nginx", { [key]: "" }), undefined);
    assert.equal(missed("nginx", { "some-key": "index.docker.io" }), undefined);
  });
});
