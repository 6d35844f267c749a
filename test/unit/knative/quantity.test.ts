// Quantities are taken and refused as Kubernetes does. The rows are Kubernetes' own answers.

import assert from "node:assert/strict";
import { quantityProblem } from "../../../server/src/knative/go/quantity.ts";

const formatWrong =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

describe("quantityProblem", () => {
  const decimal = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E"].map((suffix) => `1${suffix}`);
  const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((suffix) => `1${suffix}`);
  const odd = ["0", "400Mi", "1e3", "1E-3", "1.5G", "-.5Ki", "+", ".", "Mi", "n", "e-9", "e3"];
  for (const text of [...decimal, ...binary, ...odd]) {
    it(`takes ${text}`, () => {
      assert.equal(quantityProblem(text), undefined);
    });
  }
  for (const [text, problem] of [
    ["", formatWrong],
    [" 1", formatWrong],
    ["100m ", formatWrong],
    ["1\n", formatWrong],
    ["1gi", formatWrong],
    ["1KB", formatWrong],
    ["1.2.3", formatWrong],
    ["1K", "unable to parse quantity's suffix"],
    ["1e", "unable to parse quantity's suffix"],
    ["1m5", "unable to parse quantity's suffix"],
    ["1e99999999999999999999", "unable to parse quantity's suffix"],
    ["Pi", "unable to parse numeric part of quantity"],
    ["Ei", "unable to parse numeric part of quantity"],
    ["e-10", "unable to parse numeric part of quantity"],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(quantityProblem(text), problem);
    });
  }
});
