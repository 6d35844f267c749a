// Which dates of images are taken for when they were built.

import assert from "node:assert/strict";
import { buildTime } from "../../../server/src/findings/buildTime.ts";

describe("the build date of an image", () => {
  const now = Date.UTC(2026, 0, 2);
  const rows: readonly (readonly [created: string | undefined, isBuilt: boolean])[] = [
    ["2025-12-31T10:00:00Z", true],
    ["2013-03-02T00:00:00Z", true],
    // Made up: the year 1, 1970, 1980 (the first date of a ZIP), 2000, the day before docker.
    ["0001-01-01T00:00:00Z", false],
    ["1970-01-01T00:00:00Z", false],
    ["1980-01-01T00:00:01Z", false],
    ["2000-01-02T00:00:00Z", false],
    ["2013-02-28T00:00:00Z", false],
    // Clocks differ, but not by days.
    ["2026-01-02T12:00:00Z", true],
    ["2026-01-04T00:00:00Z", false],
    ["not a date", false],
    [undefined, false],
  ];
  for (const [created, isBuilt] of rows) {
    it(`${created ?? "that is missing"} is ${isBuilt ? "one" : "none"}`, () =>
      assert.equal(buildTime(created, now) !== undefined, isBuilt));
  }
});
