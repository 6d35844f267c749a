// A change makes anew only what it touches, and the result is that of reading the whole text.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  analyzeFile,
  defaultAnalysisOptions,
} from "../../../server/src/document/documentAnalysis.ts";
import { documentSpans } from "../../../server/src/document/documentSplit.ts";

const fragments = [
  "---\n",
  "--- # next\n",
  "...\n",
  "%YAML 1.2\n",
  "# comment\n",
  "a: 1\n",
  "image: |\n  x\n---\n",
  "\r\n",
  "\n",
  "-",
  "--",
  "apiVersion: serving.knative.dev/v1\nkind: Revision\nspec:\n  containers:\n    - image: nginx:1\n",
];

const texts = fc.array(fc.constantFrom(...fragments), { maxLength: 14 }).map((all) => all.join(""));

describe("reading a file again after a change", () => {
  it("says what reading the whole text says", function () {
    this.timeout(60_000);
    const change = fc.tuple(texts, texts, fc.nat(), fc.nat());
    fc.assert(
      fc.property(change, ([before, inserted, at, removed]) => {
        const start = at % (before.length + 1);
        const end = Math.min(before.length, start + (removed % 12));
        const after = before.slice(0, start) + inserted + before.slice(end);
        const first = analyzeFile(before, defaultAnalysisOptions);
        assert.deepEqual(
          analyzeFile(after, defaultAnalysisOptions, first),
          analyzeFile(after, defaultAnalysisOptions),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps the very same analysis for each document that did not change", () => {
    const document = (name: string): string => `---\nkind: Revision\nname: ${name}\n`;
    const before = ["a", "b", "c", "d", "e"].map(document).join("");
    const after = before.replace("name: c", "name: changed");
    const first = analyzeFile(before, defaultAnalysisOptions);
    const second = analyzeFile(after, defaultAnalysisOptions, first);
    const kept = second.parts.map((part, index) => part.document === first.parts[index]?.document);
    assert.deepEqual(kept, [true, true, false, true, true]);
  });
});

describe("cutting a file into documents", () => {
  const cut = (text: string): string[] =>
    documentSpans(text).map(({ start, end }) => text.slice(start, end));

  it("cuts before each marker at the start of a line", () => {
    assert.deepEqual(cut("a: 1\n---\nb: 2\n---"), ["a: 1\n", "---\nb: 2\n", "---"]);
  });
  it("leaves three dashes inside a line, before other text, and before the first line's end alone", () => {
    assert.deepEqual(cut("a: x---\n----\n---b\n ---\n"), ["a: x---\n----\n---b\n ---\n"]);
  });
  it("keeps directives with the document they precede", () => {
    assert.deepEqual(cut("a: 1\n...\n# c\n%YAML 1.2\n---\nb: 2\n"), [
      "a: 1\n...\n",
      "# c\n%YAML 1.2\n---\nb: 2\n",
    ]);
    assert.deepEqual(cut("%YAML 1.2\n---\nb: 2\n"), ["%YAML 1.2\n---\nb: 2\n"]);
  });
  it("cuts at a marker after CRLF", () => {
    assert.deepEqual(cut("a: 1\r\n---\r\nb: 2\r\n"), ["a: 1\r\n", "---\r\nb: 2\r\n"]);
  });
});
