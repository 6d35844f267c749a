// Which names of manifests and clusters may stand in a command line of kubectl.

import assert from "node:assert/strict";
import {
  isName,
  podsQuestion,
  revisionsQuestion,
} from "../../../server/src/cluster/kubectlQuestions.ts";

describe("a name in a command line of kubectl", () => {
  for (const name of ["a", "shop-00001", "a.b-c", "a".repeat(253)]) {
    it(`may be ${name.slice(0, 20)}`, () => assert.ok(isName(name)));
  }
  for (const name of ["", "-o", "a,b", "a)", "a b", "A", "a-", "../x", "a".repeat(254)]) {
    it(`may not be ${JSON.stringify(name.slice(0, 20))}`, () => assert.ok(!isName(name)));
  }
});

describe("a question for many resources", () => {
  const place = { context: "", namespace: "" };
  for (const question of [revisionsQuestion, podsQuestion]) {
    it(`of ${question.name} names them, and so many that it is shorter not to is for all`, () => {
      const named = (count: number): boolean =>
        question(
          Array.from({ length: count }, (_, at) => `a${at}`),
          place,
        ).some((each) => each.startsWith("--selector="));
      assert.deepEqual([named(0), named(1), named(40), named(41)], [false, true, true, false]);
    });
  }
});
