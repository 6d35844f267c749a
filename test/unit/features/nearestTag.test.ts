// Which tag was meant by one that is not there, and the line that signs in to a registry.

import assert from "node:assert/strict";
import { nearestTag } from "../../../server/src/features/nearestTag.ts";
import { signInCommand } from "../../../server/src/features/signInCommand.ts";

const rows: readonly (readonly [string, readonly string[], string | undefined])[] = [
  // A key that was hit twice comes before one that was missed.
  ["1.44", ["1.3", "1.4", "1.43", "2.0"], "1.4"],
  ["1.2.3", ["v1.2.3", "1.2.4"], "v1.2.3"],
  ["v1.2.3", ["1.2.3", "v1.2.4"], "1.2.3"],
  ["Latest", ["latest", "later"], "latest"],
  ["lastest", ["latest", "1.0"], "latest"],
  ["1.72", ["1.27", "1.3"], "1.27"],
  ["stabel", ["stable"], "stable"],
  // Of equally near ones the newest.
  ["1.28.9", ["1.28.0", "1.28.2", "1.28.1"], "1.28.2"],
  ["3.0", ["1.4", "2.1-alpine"], undefined],
  ["main", ["1.0"], undefined],
  ["abcdef", ["abwxyz"], undefined],
  ["abcdef", ["abwxef"], "abwxef"],
  ["abcdef", ["abcxyz", "abcxyf"], "abcxyf"],
  // A key that was hit twice comes before one that was missed.
  ["1.227", ["1.27", "1.225"], "1.27"],
  ["1.2277", ["1.227", "1.2278"], "1.227"],
  // Neighbours that are swapped are one typo, not two.
  ["2.13", ["2.31", "2.3"], "2.31"],
  ["1.0", [], undefined],
  ["", ["1"], undefined],
  [
    "0123456789012345678901234567890123456789a",
    ["0123456789012345678901234567890123456789b"],
    undefined,
  ],
];

describe("the tag that was meant", () => {
  for (const [wanted, tags, expected] of rows) {
    it(`by ${wanted || "nothing"} among ${tags.join(", ") || "none"} is ${expected ?? "none"}`, () => {
      assert.equal(nearestTag(wanted, tags), expected);
      assert.equal(nearestTag(wanted, [...tags].reverse()), expected);
    });
  }
});

const lines: readonly (readonly [string, string | undefined])[] = [
  ["index.docker.io", "docker login"],
  ["ghcr.io", "docker login ghcr.io"],
  ["localhost:5000", "docker login localhost:5000"],
  ["[::1]:5000", "docker login '[::1]:5000'"],
  ["a b", undefined],
  ["a;b", undefined],
  ["$(x).io", undefined],
  ["-v.io", undefined],
  ["a\nb.io", undefined],
  ["a`b`", undefined],
  ["", undefined],
];

describe("the line that signs in", () => {
  for (const [registry, expected] of lines) {
    it(`to ${JSON.stringify(registry)} is ${expected ?? "none: it could mean more in a shell"}`, () => {
      assert.equal(signInCommand(registry), expected);
    });
  }
});
