// How long answers are good.

import assert from "node:assert/strict";
import { freshFor } from "../../../server/src/resolver/freshness.ts";

const minute = 60_000;
const hour = 60 * minute;

describe("freshness", () => {
  it("tags that move are good for as long as the setting says", () => {
    for (const tag of [
      "latest",
      "main",
      "edge",
      "stable",
      "1",
      "1.2",
      "v1.2",
      "alpine",
      "nightly",
    ]) {
      assert.equal(freshFor(tag, 5), 5 * minute, tag);
      assert.equal(freshFor(tag, 90), 90 * minute, tag);
    }
  });

  it("full versions and commits are good for half a day, or longer if the setting says", () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    for (const tag of ["1.2.3", "v1.2.3", "1.2.3-alpine", "1.2.3.4", commit, `main-${commit}`]) {
      assert.equal(freshFor(tag, 5), 12 * hour, tag);
      assert.equal(freshFor(tag, 24 * 60), 24 * hour, tag);
    }
  });

  it("digests are good for a day", () => {
    assert.equal(freshFor(`sha256:${"a".repeat(64)}`, 5), 24 * hour);
  });

  it("with a setting of 0 nothing is kept longer than the view that shows it needs", () => {
    for (const tag of ["latest", "1.2.3", `sha256:${"a".repeat(64)}`]) {
      assert.equal(freshFor(tag, 0), minute / 2, tag);
    }
  });
});
