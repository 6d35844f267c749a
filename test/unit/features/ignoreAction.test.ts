// The comment that silences a line.

import assert from "node:assert/strict";
import { applyChanges } from "../../../server/src/edits/change.ts";
import { ignoreComment } from "../../../server/src/features/ignoreAction.ts";
import { readText, service } from "../../support/reading.ts";

describe("the comment that silences a line", () => {
  /** The text with the comment above the line of a word. */
  const silenced = (text: string, word: string): string | undefined => {
    const change = ignoreComment(text, text.indexOf(word));
    return change === undefined ? undefined : applyChanges(text, [change]);
  };

  it("stands above it, as far in as it is, with the file's line breaks", () => {
    assert.equal(
      silenced("a:\r\n  image: nginx:1\r\n", "nginx"),
      "a:\r\n  # knative-digest: ignore\r\n  image: nginx:1\r\n",
    );
  });

  it("silences what is said of that line", () => {
    const text = service("staging.test/app:v1");
    const settings = { skipRegistries: ["staging.test"] };
    const codes = (of: string): string[] =>
      readText(of, { settings }).parts.flatMap(({ findings }) => findings.map(({ code }) => code));
    assert.deepEqual(codes(text), ["registry-skipped"]);
    assert.deepEqual(codes(silenced(text, "staging.test") ?? ""), []);
  });

  it("stays behind a byte order mark", () => {
    assert.equal(
      silenced("\ufeffimage: nginx\n", "nginx"),
      "\ufeff# knative-digest: ignore\nimage: nginx\n",
    );
  });

  it("is not offered inside a block scalar, whose text it would become", () => {
    assert.equal(silenced("image: |-\n  nginx:1\n", "nginx"), undefined);
  });
});
