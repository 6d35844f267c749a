// Patterns of paths: what they name, what cannot be understood, and that none takes long.

import assert from "node:assert/strict";
import {
  isExcluded,
  matchesPattern,
  mayMatchIn,
  parseExclusion,
  parsePathPattern,
} from "../../../server/src/paths/pathPattern.ts";
import { isIgnored, parseIgnoreFile } from "../../../server/src/paths/ignoreRules.ts";

function matches(pattern: string, path: string, hidesDots = false): boolean {
  const parsed = parsePathPattern(pattern) ?? assert.fail(`${pattern} is not understood`);
  return matchesPattern(parsed, path.split("/"), { effort: { spent: 0 }, hidesDots });
}

describe("patterns of paths", () => {
  const rows: readonly (readonly [pattern: string, yes: string, no: string])[] = [
    ["a.yaml", "a.yaml", "b/a.yaml"],
    ["*.yaml", "a.yaml .yaml .a.yaml", "b/a.yaml a.yml"],
    ["a?c", "abc a-c", "ac abbc a/c"],
    ["[a-c]x", "ax cx", "dx -x x"],
    ["[!a-c]x", "dx", "ax"],
    ["[]a]x", "]x ax", "bx"],
    ["[a/]x", "ax", "/x"],
    ["[][:digit:]]x", "]x 5x", "[x :x dx"],
    ["[[:digit:]a-c]x", "5x bx", "dx :x"],
    ["[a:]x", "ax :x", "[x"],
    ["a\\*", "a*", "ab"],
    ["\\[a", "[a", "a"],
    ["{a,b}/*.yaml", "a/x.yaml b/x.yaml", "c/x.yaml a/b/x.yaml"],
    ["{a,b/{c,d}}/e", "a/e b/c/e b/d/e", "b/e c/e"],
    ["a{,.b}", "a a.b", "a."],
    ["**/a", "a x/a x/y/a", "a/x"],
    ["a/**", "a/x a/x/y", "a b/a/x"],
    ["a/**/b", "a/b a/x/b a/x/y/b", "a/x a/bb"],
    ["**/a/**/b", "a/b x/a/y/b a/a/b/b", "b x/b"],
    ["a**b", "ab axxb", "a/b"],
    ["**", "a a/b", ""],
  ];
  for (const [pattern, yes, no] of rows) {
    it(`${pattern} names ${yes}, and not ${no}`, () => {
      for (const path of yes.split(" ")) assert.ok(matches(pattern, path), path);
      for (const path of no.split(" ")) assert.ok(path === "" || !matches(pattern, path), path);
    });
  }

  it("names what begins with a dot only where it is asked for, as in a shell", () => {
    assert.ok(!matches("*.yaml", ".a.yaml", true));
    assert.ok(matches(".*.yaml", ".a.yaml", true));
    assert.ok(matches(".github/*.yaml", ".github/a.yaml", true));
    assert.ok(!matches("**/a.yaml", "x/.git/a.yaml", true));
    assert.ok(!matches("**", "x/.git/a.yaml", true));
  });

  it("cannot be understood when it is empty, too long, negated, or not closed", () => {
    const deep = "{a,b}".repeat(20);
    for (const pattern of [
      "",
      "!a",
      "[a",
      "[[:constructor:]]",
      "{a,b",
      "a\\",
      "a".repeat(1_001),
      deep,
      "a\0",
    ]) {
      assert.equal(parsePathPattern(pattern), undefined, pattern);
    }
  });

  it("says which folders need not be looked into", () => {
    const mayMatch = (pattern: string, folder: string): boolean => {
      const parsed = parsePathPattern(pattern) ?? assert.fail(pattern);
      return mayMatchIn(parsed, folder.split("/"), { effort: { spent: 0 }, hidesDots: true });
    };
    assert.ok(mayMatch("a/*/c.yaml", "a/b"));
    assert.ok(!mayMatch("a/*/c.yaml", "b"));
    assert.ok(!mayMatch("a/*.yaml", "a/b"));
    assert.ok(mayMatch("a/**/c.yaml", "a/b/c/d"));
    assert.ok(!mayMatch("**/c.yaml", "a/.git"));
  });
});

describe("what is excluded", () => {
  const rows: readonly (readonly [pattern: string, yes: string, no: string])[] = [
    ["vendor/**", "vendor/a.yaml vendor/x/a.yaml", "x/vendor/a.yaml vendors/a.yaml"],
    ["vendor", "vendor/a.yaml x/vendor/a.yaml", "vendors/a.yaml"],
    ["vendor/", "vendor/a.yaml x/vendor/a.yaml", "vendors/a.yaml"],
    ["/vendor", "vendor/a.yaml", "x/vendor/a.yaml"],
    ["./vendor", "vendor/a.yaml", "x/vendor/a.yaml"],
    ["*.gen.yaml", "a.gen.yaml x/a.gen.yaml", "a.yaml"],
    ["**/gen/*.yaml", "gen/a.yaml x/gen/a.yaml", "gen/x/a.yaml"],
    ["a/b.yaml", "a/b.yaml", "x/a/b.yaml"],
    ["**", "a.yaml x/.a/b.yaml", ""],
  ];
  for (const [pattern, yes, no] of rows) {
    it(`${pattern}: ${yes}, and not ${no}`, () => {
      const parsed = parseExclusion(pattern) ?? assert.fail(pattern);
      const excluded = (path: string): boolean =>
        isExcluded([parsed], path.split("/"), { spent: 0 });
      for (const path of yes.split(" ")) assert.ok(excluded(path), path);
      for (const path of no.split(" ")) assert.ok(path === "" || !excluded(path), path);
    });
  }

  it("cannot be understood where it would be everything or nothing", () => {
    for (const pattern of ["", "/", "./", "!a", "["]) {
      assert.equal(parseExclusion(pattern), undefined, pattern);
    }
  });
});

describe("hostile patterns", () => {
  const name = "a".repeat(255);
  const path = Array.from({ length: 50 }, () => "a".repeat(5));
  const patterns = [
    `${"*a".repeat(30)}b`,
    `${"**/a/".repeat(25)}b`,
    `${"**/".repeat(300)}b`,
    `${"*".repeat(900)}b`,
    `${"?*".repeat(300)}b`,
    `${"*[a-z]".repeat(100)}b`,
    `**/${"*a".repeat(30)}/b`,
  ];
  for (const pattern of patterns) {
    it(`${pattern.slice(0, 20)}… costs at most its length times that of the path`, () => {
      for (const names of [[name], path, [name, ...path]]) {
        const effort = { spent: 0 };
        const bound = 2 * pattern.length * names.join("/").length;
        const parsed = parsePathPattern(pattern) ?? assert.fail(pattern);
        matchesPattern(parsed, names, { effort, hidesDots: false });
        assert.ok(effort.spent <= bound, String(effort.spent));
        const rules = [parseIgnoreFile(`${pattern}\n`, 0)];
        isIgnored(rules, names, { isFolder: false, effort });
        assert.ok(effort.spent <= 2 * bound, String(effort.spent));
      }
    });
  }
});
