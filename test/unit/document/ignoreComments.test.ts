// Ignore comments: which line each speaks of, why, and what is taken out with it.

import assert from "node:assert/strict";
import { findIgnoreComments } from "../../../server/src/document/ignoreComments.ts";

const ignore = "# knative-digest: ignore";

describe("an ignore comment", () => {
  const rows: readonly (readonly [
    name: string,
    text: string,
    covers: string,
    removal: string,
    reason: string,
  ])[] = [
    ["behind a value", `a: 1\nimage: b ${ignore}\nc: 2\n`, `image: b ${ignore}`, ` ${ignore}`, ""],
    [
      "behind a value and two blanks, with a reason",
      `image: b  ${ignore} on kind\n`,
      `image: b  ${ignore} on kind`,
      `  ${ignore} on kind`,
      "on kind",
    ],
    ["at the beginning of the text", `${ignore}\nimage: b\n`, "image: b", `${ignore}\n`, ""],
    [
      "on a line of its own, as deep as the next",
      `a:\n  ${ignore}: x\n  image: b\nc: 2\n`,
      "  image: b",
      `  ${ignore}: x\n`,
      "x",
    ],
    [
      "above other comments and blank lines",
      `a: 1\n${ignore} – x\n# other\n\n  \nimage: b\n`,
      "image: b",
      `${ignore} – x\n`,
      "x",
    ],
    ["on the last line, without its end", `a: 1\n${ignore}`, "", ignore, ""],
    ["on the last line, behind a value", `a: 1 ${ignore}`, `a: 1 ${ignore}`, ` ${ignore}`, ""],
    ["with CRLF", `a: 1\r\nimage: b ${ignore}\r\n`, `image: b ${ignore}\r`, ` ${ignore}`, ""],
  ];
  for (const [name, text, covers, removal, reason] of rows) {
    it(`${name} speaks of its line`, () => {
      const [found, ...more] = findIgnoreComments(text);
      assert.ok(found !== undefined && more.length === 0);
      const at = ({ start, end }: { start: number; end: number }): string => text.slice(start, end);
      assert.deepEqual(
        [at(found.covers), at(found.removal), found.reason],
        [covers, removal, reason],
      );
      assert.ok(at(found.span).startsWith("# knative-digest"));
      if (covers === "") assert.ok(found.covers.start >= text.length);
    });
  }

  it("is one of several, each for its own line", () => {
    const text = `${ignore} one\n${ignore} two\nimage: b\nimage: c ${ignore} three\n${ignore} four\nd: 1\n`;
    assert.deepEqual(
      findIgnoreComments(text).map(({ reason, covers }) => [
        reason,
        text.slice(covers.start, covers.end),
      ]),
      [
        ["one", "image: b"],
        ["two", "image: b"],
        ["three", `image: c ${ignore} three`],
        ["four", "d: 1"],
      ],
    );
  });

  for (const text of [
    `a: "${ignore}"\n`,
    `a: '${ignore}'\nb: 1\n`,
    `a: |\n  ${ignore}\n`,
    `a: b${ignore}\n`,
    "a: 1 # knative-digest: ignored\n",
    "a: 1 # ignore\n",
  ]) {
    it(`is not in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(findIgnoreComments(text), []);
    });
  }
});
