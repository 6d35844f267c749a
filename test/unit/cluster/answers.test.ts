// What is read of a cluster's answers, which anybody may have written who may write to the cluster: so long, so deep.

import assert from "node:assert/strict";
import { nameAt, textAt } from "../../../server/src/cluster/answers/kubectlJson.ts";
import { readResources } from "../../../server/src/cluster/answers/resources.ts";

describe("a text of a cluster's answer", () => {
  it("is cut", () => {
    assert.equal(textAt({ a: "x".repeat(2000) }, "a")?.length, 1000);
  });
  it("holds nothing that breaks a line or turns its direction", () => {
    assert.equal(textAt({ a: "x\r\n\u001b\u202e\u2028y" }, "a"), "x y");
  });
  it("is a name only if it can be one of a resource", () => {
    assert.deepEqual([nameAt({ a: "b" }, "a"), nameAt({ a: "-b" }, "a")], ["b", undefined]);
  });
});

describe("a template of a cluster's Service", () => {
  const service = (depth: number): string => {
    const template = `${'{"a":'.repeat(depth)}{}${"}".repeat(depth)}`;
    const item = `{"kind":"Service","metadata":{"name":"a"},"spec":{"template":${template}}}`;
    return `{"items":[${item}]}`;
  };
  it("that is nested deeper than anybody's is left out", () => {
    const read = (depth: number): number => {
      const found = readResources(service(depth));
      return "failure" in found ? assert.fail() : found.length;
    };
    assert.deepEqual([read(90), read(110)], [1, 0]);
  });
});
