// Which names of manifests and clusters may stand in a command line of kubectl.

import assert from "node:assert/strict";
import { isName } from "../../../server/src/cluster/kubectlQuestions.ts";

describe("a name in a command line of kubectl", () => {
  for (const name of ["a", "shop-00001", "a.b-c", "a".repeat(253)]) {
    it(`may be ${name.slice(0, 20)}`, () => assert.ok(isName(name)));
  }
  for (const name of ["", "-o", "a,b", "a)", "a b", "A", "a-", "../x", "a".repeat(254)]) {
    it(`may not be ${JSON.stringify(name.slice(0, 20))}`, () => assert.ok(!isName(name)));
  }
});
