// What the conformance tables do not show of a reference: its places in the text, and how lengths are counted.

import assert from "node:assert/strict";
import { parseImageReference } from "../../../server/src/image/imageReference.ts";
import { registryScheme } from "../../../server/src/image/registryScheme.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("parseImageReference", () => {
  for (const [text, tag, tagStart, digestStart] of [
    [`nginx:1@${digest}`, "1", 5, 7],
    [`nginx@${digest}`, undefined, 5, 5],
    [`nginx:@${digest}`, undefined, 5, 6],
    [`reg:5000/app@${digest}`, undefined, 12, 12],
  ] as const) {
    it(`keeps the tag of ${text.slice(0, 20)} and its place`, () => {
      const reference = parseImageReference(text);
      assert.ok(reference.kind === "digest");
      assert.deepEqual(
        [reference.tag, reference.tagStart, reference.digestStart],
        [tag, tagStart, digestStart],
      );
    });
  }
  it("reads the canonical name of a digest once more, library/ and all", () => {
    for (const [length, kind] of [
      [247, "digest"],
      [248, "invalid"],
      [255, "invalid"],
    ] as const) {
      const name = "a".repeat(length);
      assert.equal(parseImageReference(`${name}:1@${digest}`).kind, kind, `${length}`);
      assert.equal(parseImageReference(`${name}:1`).kind, "tag");
      assert.equal(parseImageReference(`gcr.io/${name}@${digest}`).kind, "digest");
    }
    const long = parseImageReference(`${"a".repeat(248)}@${digest}`);
    const problem = `repository must be between 2 and 255 characters in length: library/${"a".repeat(248)}`;
    assert.equal(long.kind === "invalid" && long.digestProblem, problem);
  });
  it("knows where a tag begins, or would", () => {
    for (const [text, tagStart] of [
      ["reg:5000/app:1", 12],
      ["reg:5000/app", 12],
    ] as const) {
      const reference = parseImageReference(text);
      assert.equal(reference.kind === "tag" && reference.tagStart, tagStart);
    }
  });
  it("counts characters, not UTF-16 units", () => {
    const problem = (text: string): string => {
      const reference = parseImageReference(text);
      return reference.kind === "invalid" ? reference.problem : "";
    };
    assert.match(problem("😀"), /^repository must be between 2 and 255 characters/);
    assert.match(problem(`nginx:${"😀".repeat(128)}`), /^tag can only contain/);
  });
});

describe("registryScheme", () => {
  it("allows http under .local, and not where a name merely ends so", () => {
    assert.equal(registryScheme("my.local:5000"), "http");
    assert.equal(registryScheme("mylocal:5000"), "https");
    assert.equal(registryScheme("mylocalhost:5000"), "https");
  });
});
