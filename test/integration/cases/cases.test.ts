// Inputs that people really have, from bug reports and public repositories, and what must come of each.

import assert from "node:assert/strict";
import { readCases, runCase } from "../../support/cases.ts";

/** Cases that are not right yet. One that is right by now fails until it is taken off this list. */
const notYet: readonly string[] = [
  // images
  "marker-flux-newtag",
  "marker-kpt-setter",
  "marker-renovate-newtag",
  "kustomize-replaced-placeholder",
  "kustomize-only-deployments",
  "kustomize-patch-without-image",
  "kustomize-json6902-image",
  "kustomize-skip-list-patch",
];

describe("cases", function () {
  this.timeout(60_000);

  for (const [file, cases] of readCases("test/integration/cases")) {
    describe(file, () => {
      for (const one of cases) {
        it(`${one.id}: ${one.why}`, async () => {
          const wrong = await runCase(one);
          if (!notYet.includes(one.id)) assert.equal(wrong.join("\n"), "");
          else assert.notEqual(wrong.length, 0, `${one.id} is right: take it off the list.`);
        });
      }
    });
  }
});
