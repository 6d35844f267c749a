// The search for several words at once finds what a search for each of them finds.

import assert from "node:assert/strict";
import fc from "fast-check";
import { createWordSearch } from "../../../server/src/document/wordSearch.ts";

const words = ["knative.dev", "kustomize.config", "kustomize", "dockercfg"] as const;
const find = createWordSearch(words);

/** The first of the words, the longest of those that begin together. */
function slow(text: string, from: number, end: number): number {
  const starts = words
    .map((word) => text.slice(0, end).indexOf(word, from))
    .filter((at) => at >= 0);
  return starts.length === 0 ? -1 : Math.min(...starts);
}

describe("the search for words", () => {
  it("finds what a search for each finds, wherever it begins and ends", () => {
    const piece = fc.oneof(
      fc.constantFrom(...words, "knative.de", "ustomize", "k", "kk", "dockerc", "."),
      fc.string({ maxLength: 3 }),
    );
    const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, fc.nat(30), fc.nat(150), (all, from, end) => {
        const bytes = Buffer.from(all, "latin1");
        const stop = Math.min(end, bytes.length);
        assert.equal(find(bytes, from, stop)?.start ?? -1, slow(all, from, stop));
      }),
      { numRuns: 2_000 },
    );
  });

  it("tells which word it is, the one named first where two begin together", () => {
    const bytes = Buffer.from("a kustomize.config b kustomize.b");
    assert.deepEqual(find(bytes, 0, bytes.length), { word: "kustomize.config", start: 2 });
    assert.deepEqual(find(bytes, 3, bytes.length), { word: "kustomize", start: 21 });
  });
});
