// A changed version is told from a moved tag by the tags that a digest was first written with.

import assert from "node:assert/strict";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { createPinnedTags } from "../../../server/src/server/state/pinnedTags.ts";
import { digestA, digestB, service } from "../../support/reading.ts";

const key = (tag: string) => ({
  registry: "ghcr.io",
  repository: "acme/app",
  reference: tag,
});

/** The tags noted of these texts, one after the other. */
function noted(...texts: readonly string[]) {
  const pins = createPinnedTags();
  for (const text of texts) pins.note(analyzeFile(text, defaultAnalysisOptions));
  return pins;
}

describe("the tag that a digest was first written with", () => {
  it("is known after the tag was changed and the digest was not", () => {
    const pins = noted(
      service(`ghcr.io/acme/app:1.25@${digestA}`),
      service(`ghcr.io/acme/app:1.26@${digestA}`),
    );
    assert.equal(pins.otherTag(key("1.26"), digestA), "1.25");
    assert.equal(pins.otherTag(key("1.25"), digestA), undefined);
  });
  it("is none for a digest that came with the tag, and for one that nobody wrote", () => {
    const pins = noted(
      service(`ghcr.io/acme/app:1.25@${digestA}`),
      service(`ghcr.io/acme/app:1.26@${digestB}`),
    );
    assert.equal(pins.otherTag(key("1.26"), digestB), undefined);
    assert.equal(pins.otherTag(key("1.26"), `sha256:${"c".repeat(64)}`), undefined);
  });
  it("is none where both tags stood there from the beginning: one of them has moved", () => {
    const two = `${service(`ghcr.io/acme/app:1@${digestA}`)}---\n${service(`ghcr.io/acme/app:1.2@${digestA}`)}`;
    const pins = noted(two);
    for (const tag of ["1", "1.2"]) assert.equal(pins.otherTag(key(tag), digestA), undefined);
  });
});
