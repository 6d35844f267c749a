// Entries keep their places in the value, and taking one off touches nothing else.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addSkipListEntry,
  skipListOf,
  parseSkipList,
  removeSkipListEntry,
  type TextChange,
} from "../../../server/src/knative/skipList/skipList.ts";

function apply(value: string, change: TextChange): string {
  return value.slice(0, change.start) + change.text + value.slice(change.end);
}

function registries(value: string): string[] {
  return parseSkipList(value).map((entry) => entry.registry);
}

const anyValue = fc
  .array(fc.constantFrom("a.io", "b.io:5000", ",", " ", "\n", "\u0085", "\ufeff", "é"), {
    maxLength: 12,
  })
  .map((parts) => parts.join(""));

describe("parseSkipList", () => {
  it("splits at commas and nowhere else", () => {
    assert.deepEqual(registries("a.io b.io;c.io\nd.io,e.io"), ["a.io b.io;c.io\nd.io", "e.io"]);
  });
  it("removes white space as Go does: U+0085 and U+00A0, but not U+FEFF", () => {
    assert.deepEqual(registries("\u0085a.io\u00a0,\ufeffb.io"), ["a.io", "\ufeffb.io"]);
  });
  it("gives each entry its place in the value", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        for (const { registry, start, end } of parseSkipList(value)) {
          assert.equal(value.slice(start, end), registry);
        }
      }),
    );
  });
});

describe("skipListOf", () => {
  const both = new Map([
    ["registries-skipping-tag-resolving", "a.io"],
    ["registriesSkippingTagResolving", "b.io"],
  ]);
  it("prefers the kebab-case key and merges nothing", () => {
    assert.deepEqual(skipListOf(both), {
      key: "registries-skipping-tag-resolving",
      registries: new Set(["a.io"]),
    });
  });
  it("reads the legacy key where it stands alone", () => {
    const legacy = new Map([["registriesSkippingTagResolving", "b.io"]]);
    assert.deepEqual([...skipListOf(legacy).registries], ["b.io"]);
  });
  it("skips nothing for an empty value, not even the default", () => {
    const empty = new Map([["registries-skipping-tag-resolving", ""]]);
    assert.equal(skipListOf(empty).registries.has("dev.local"), false);
  });
});

describe("removeSkipListEntry", () => {
  const rows: readonly (readonly [string, number, string])[] = [
    ["a.io,b.io,c.io", 0, "b.io,c.io"],
    ["a.io, b.io ,c.io", 1, "a.io ,c.io"],
    [" a.io ,\n b.io\n", 0, " b.io\n"],
    [" a.io ,\n b.io\n", 1, " a.io\n"],
    ["a.io,,b.io", 1, "a.io,b.io"],
    ["a.io, ", 1, "a.io"],
    ["a.io", 0, ""],
    ["a.io", 3, "a.io"],
  ];
  for (const [value, index, left] of rows) {
    it(`leaves ${JSON.stringify(left)} of ${JSON.stringify(value)}`, () => {
      assert.equal(apply(value, removeSkipListEntry(parseSkipList(value), index)), left);
    });
  }
  it("takes exactly one entry off any value", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(12), (value, index) => {
        const before = registries(value);
        fc.pre(before.length > 1 && index < before.length);
        assert.deepEqual(
          registries(apply(value, removeSkipListEntry(parseSkipList(value), index))),
          before.filter((_, at) => at !== index),
        );
      }),
    );
  });
});

describe("addSkipListEntry", () => {
  it("adds behind the last entry, before the white space that ends the value", () => {
    assert.equal(apply("a.io\n", addSkipListEntry("a.io\n", "b.io")), "a.io,b.io\n");
  });
  it("fills an empty value", () => {
    assert.equal(apply("", addSkipListEntry("", "b.io")), "b.io");
  });
});
