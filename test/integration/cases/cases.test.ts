// Inputs that people really have, from bug reports and public repositories, and what must come of each.

import assert from "node:assert/strict";
import { readCases, runCase } from "../../support/cases.ts";

describe("cases", function () {
  this.timeout(180_000);

  for (const [file, cases] of readCases("test/integration/cases")) {
    describe(file, () => {
      for (const one of cases) {
        it(`${one.id}: ${one.why}`, async () => {
          const wrong = await runCase(one);
          assert.equal(wrong.join("\n"), "");
        });
      }
    });
  }
});
