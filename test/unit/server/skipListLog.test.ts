// The log names each skip list that applies, once.

import assert from "node:assert/strict";
import { createSkipListLog } from "../../../server/src/server/state/skipListLog.ts";
import type { SkipList } from "../../../server/src/workspace/effectiveSkipList.ts";

function list(...registries: string[]): SkipList {
  const rest = { place: undefined, location: undefined, unknown: undefined };
  return { ...rest, registries: new Set(registries), origin: "default" };
}

function logOf(...lists: readonly SkipList[]): readonly string[] {
  const lines: string[] = [];
  const tell = createSkipListLog((level, text) => lines.push(`${level} ${text}`));
  for (const each of lists) tell(each);
  return lines;
}

describe("the log of skip lists", () => {
  it("names the registries in order, without what names none, and where they come from", () => {
    assert.deepEqual(logOf(list("b.io", "", "a.io")), [
      "info skip list: a.io, b.io (Knative’s default)",
    ]);
    assert.deepEqual(logOf(list("")), ["info skip list: no registry (Knative’s default)"]);
    const located = { ...list("a.io"), location: { uri: "file:///c.yaml" } } as SkipList;
    assert.deepEqual(logOf(located), ["info skip list: a.io (Knative’s default, file:///c.yaml)"]);
  });

  it("names each once", () => {
    assert.equal(logOf(list("a.io"), list("b.io"), list("a.io")).length, 2);
  });

  it("forgets them when there are too many", () => {
    const many = Array.from({ length: 50 }, (_, at) => list(`r${at}.io`));
    assert.equal(logOf(...many, list("r1.io")).length, 50);
    assert.equal(logOf(...many, list("more.io"), list("r1.io")).length, 52);
  });
});
