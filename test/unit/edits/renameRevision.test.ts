// Another name for a revision: the next one as people count, and one that Knative takes.

import assert from "node:assert/strict";
import fc from "fast-check";
import { nextRevisionName } from "../../../server/src/edits/renameRevision.ts";

const long = "a".repeat(61);

const rows: readonly (readonly [
  name: string,
  parent: string | null,
  expected: string | undefined,
])[] = [
  ["hello-v1", "hello", "hello-v2"],
  ["hello-v9", "hello", "hello-v10"],
  ["hello-00009", "hello", "hello-00010"],
  ["hello-1", null, "hello-2"],
  ["hello-first", "hello", "hello-first-2"],
  ["hello-first-2", "hello", "hello-first-3"],
  // Digits at the end of a commit are no number.
  ["hello-3f2a91", "hello", "hello-3f2a91-2"],
  // The parent's own number stays: Knative wants its name in front.
  ["app2-x", "app2", "app2-x-2"],
  ["app-2-1", "app-2", "app-2-2"],
  // Cut to 63 characters.
  [`hello-${"x".repeat(57)}`, "hello", `hello-${"x".repeat(55)}-2`],
  [`${long}-x`, long, undefined],
];

describe("the next name of a revision", () => {
  for (const [name, parent, expected] of rows) {
    it(`after ${name} of ${String(parent)} is ${String(expected)}`, () => {
      assert.equal(nextRevisionName(name, parent), expected);
    });
  }

  it("is another one, a DNS label, with the parent's name in front", () => {
    const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, label, (parent, own) => {
        const name = `${parent}-${own}`.slice(0, 63).replace(/-+$/, "");
        const next = nextRevisionName(name, parent);
        if (next === undefined) return;
        assert.notEqual(next, name);
        assert.match(next, /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
        if (name.startsWith(`${parent}-`)) assert.ok(next.startsWith(`${parent}-`));
      }),
    );
  });
});
