// A change makes anew only what it touches, and the result is that of reading the whole text.

import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import { piecedText } from "../../../server/src/document/yaml/piecedText.ts";
import { unchangedParts } from "../../../server/src/document/yaml/unchangedParts.ts";
import { documentSpans } from "../../../server/src/document/yaml/documentSplit.ts";

const fragments = [
  "---\n",
  "--- # next\n",
  "...\n",
  "... # c\n",
  "%YAML 1.2\n",
  "%TAG ! tag:x,2000:\n",
  "%",
  '"',
  "\uFEFF",
  "\r",
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

  it("says so after each of many changes, that begin and end anywhere", function () {
    this.timeout(60_000);
    const change = fc.tuple(fc.nat(), fc.nat(30), fc.constantFrom(...fragments), fc.nat(12));
    fc.assert(
      fc.property(texts, fc.array(change, { maxLength: 6 }), (before, changes) => {
        let text = before;
        let known = analyzeFile(text, defaultAnalysisOptions);
        for (const [at, removed, fragment, length] of changes) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + fragment.slice(0, length) + text.slice(start + removed);
          known = analyzeFile(text, defaultAnalysisOptions, known);
          assert.deepEqual(known, analyzeFile(text, defaultAnalysisOptions));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("takes a document for itself: the apiVersion of the one before is not its own", () => {
    const known = "apiVersion: serving.knative.dev/v1\nkind: Revision\n";
    const before = `${known}---\n---\n${known}`;
    const after = `${known}---\niVersion: serving.knative.dev/v1\nkind: Revision\n`;
    const first = analyzeFile(before, defaultAnalysisOptions);
    const again = analyzeFile(after, defaultAnalysisOptions, first);
    assert.deepEqual(again, analyzeFile(after, defaultAnalysisOptions));
  });

  it("gives blank lines and comments to the document behind them when a directive comes before", () => {
    for (const between of ["\n", "# c\n", "\n# c\n\n"]) {
      const before = `${between}---\na: 1\n`;
      const after = `%YAML 1.2\n${before}`;
      const first = analyzeFile(before, defaultAnalysisOptions);
      const again = analyzeFile(after, defaultAnalysisOptions, first);
      assert.deepEqual(again, analyzeFile(after, defaultAnalysisOptions));
    }
  });

  it("keeps the very same analysis for each document that did not change", () => {
    const document = (name: string): string =>
      `---\napiVersion: serving.knative.dev/v1\nkind: Revision\nname: ${name}\n`;
    const before = ["a", "b", "c", "d", "e"].map(document).join("");
    const after = before.replace("name: c", "name: changed");
    const first = analyzeFile(before, defaultAnalysisOptions);
    const second = analyzeFile(after, defaultAnalysisOptions, first);
    const kept = second.parts.map((part, index) => part.document === first.parts[index]?.document);
    assert.deepEqual(kept, [true, true, false, true, true]);
  });
});

describe("what stands unchanged", () => {
  const document = (name: string): string => `---\nkind: Revision\nname: ${name}\n`;
  const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
  const before = names.map(document).join("");
  const rows: readonly [name: string, after: string, front: number, back: number][] = [
    ["is all but the neighbours of a change in the middle", before.replace("n50\n", "x\n"), 49, 48],
    ["is all behind a change of the first document", before.replace("n0\n", "longer\n"), 0, 98],
    ["is all behind a first one that grows", before.replace("n0\n", `${"x".repeat(999)}\n`), 0, 98],
    ["is all before a change of the last document", before.replace("n99\n", "x\n"), 98, 0],
    ["is all around a document that is taken out", before.replace(document("n50"), ""), 49, 48],
  ];
  for (const [name, after, front, back] of rows) {
    it(name, () => {
      const found = unchangedParts(analyzeFile(before, defaultAnalysisOptions), piecedText(after));
      assert.deepEqual([found.front.length, found.back.length], [front, back]);
      for (const { start, end } of found.back) {
        assert.ok(before.includes(after.slice(start, end)));
        assert.ok(after.startsWith("---", start));
      }
    });
  }
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
  it("cuts before the byte order mark of a marker", () => {
    assert.deepEqual(cut("a: 1\n\uFEFF---\nb: 2\n"), ["a: 1\n", "\uFEFF---\nb: 2\n"]);
    assert.deepEqual(cut("\uFEFF---\na: 1\n"), ["\uFEFF---\na: 1\n"]);
    assert.deepEqual(cut("a: x\uFEFF---\n"), ["a: x\uFEFF---\n"]);
  });
  it("cuts at a marker after CRLF", () => {
    assert.deepEqual(cut("a: 1\r\n---\r\nb: 2\r\n"), ["a: 1\r\n", "---\r\nb: 2\r\n"]);
  });
});
