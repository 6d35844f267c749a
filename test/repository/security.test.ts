// SECURITY.md names a test for each promise: these tests exist.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { projectPath } from "../support/projectRoot.ts";

const text = readFileSync(projectPath("SECURITY.md"), "utf8");
const promises = text.slice(text.indexOf("## What is promised"), text.indexOf("## Out of scope"));

/** The rows of the tables of promises, without headings and rules. */
const rows = promises
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (-|Promise\b)/.test(line))
  .map((line) => line.slice(1, -1).split(" | "));

describe("SECURITY.md", () => {
  it("has rows of a promise, a mechanism and a test", () => {
    assert.ok(rows.length > 0);
    for (const row of rows) assert.equal(row.length, 3, row.join(" | "));
  });

  for (const [promise = "", , test = ""] of rows) {
    it(`names a test that exists for: ${promise.trim()}`, () => {
      const named = [...test.matchAll(/`(test\/[\w./]+\.test\.ts)` "([^"]+)"/g)];
      assert.notEqual(named.length, 0, test);
      for (const [, file = "", title = ""] of named) {
        assert.ok(existsSync(projectPath(file)), file);
        assert.ok(
          hasTitle(readFileSync(projectPath(file), "utf8"), title),
          `no test of ${file} has a title with: ${title}`,
        );
      }
    });
  }
});

/** Whether the title of a test holds these words. */
function hasTitle(source: string, words: string): boolean {
  const titles = source.matchAll(/\b(?:it|describe)\(\s*(["'`])((?:(?!\1)[^\\]|\\.)*)\1/g);
  return [...titles].some(([, , title = ""]) => title.replace(/\\(.)/g, "$1").includes(words));
}
