// A document in pieces answers every question as the library's own does, whatever is changed in it.

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  TextDocument,
  type TextDocumentContentChangeEvent,
} from "vscode-languageserver-textdocument";
import { defaultAnalysisOptions } from "../../../server/src/document/analysisOptions.ts";
import { analyzeFile } from "../../../server/src/document/documentAnalysis.ts";
import {
  commonPrefix,
  commonSuffix,
  isSameText,
} from "../../../server/src/document/yaml/piecedText.ts";
import {
  editedDocuments,
  type EditedDocument,
} from "../../../server/src/server/state/editedDocument.ts";
import { service } from "../../support/reading.ts";

const uri = "file:///work/a.yaml";

/** Lines of every length and end, so that texts have several pieces and their borders lie anywhere. */
const line = fc
  .tuple(fc.nat(9_000), fc.constantFrom("\n", "\n", "\n", "\r\n", "\r", "\n\r", ""))
  .map(([length, end]) => `${"abcdefghi ".repeat(length / 10)}${end}`);
const texts = fc.array(line, { maxLength: 16 }).map((lines) => lines.join(""));
const position = fc.record({
  line: fc.integer({ min: -1, max: 24 }),
  character: fc.oneof(fc.nat(3), fc.nat(9_100)),
});
const inserted = fc.oneof(fc.constantFrom("", "x", "\n", "\r", "\r\n", "a\nb\n"), texts);
const changes = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.record({ range: fc.tuple(position, position), text: inserted }) },
    { weight: 1, arbitrary: fc.record({ text: inserted }) },
  ),
  { maxLength: 5 },
);

function eventOf(
  change: { readonly text: string } & { readonly range?: readonly unknown[] },
): TextDocumentContentChangeEvent {
  if (change.range === undefined) return { text: change.text };
  const [start, end] = change.range as [never, never];
  return { range: { start, end }, text: change.text };
}

/** Of a text, made at once: whatever a document does from one text to the next, it must be that in the end. */
function assertIs(document: EditedDocument, text: string): void {
  const library = TextDocument.create(uri, "yaml", 1, text);
  assert.equal(document.getText(), text);
  assert.equal(document.content.pieces.join(""), text);
  assert.equal(document.lineCount, library.lineCount);
  for (let at = -1; at <= library.lineCount; at += 1) {
    assert.deepEqual(document.getLineRange(at), library.getLineRange(at));
    assert.equal(document.getEOLCharacters(at), library.getEOLCharacters(at));
    for (const character of [-1, 0, 1, 5_000, 100_000]) {
      const place = { line: at, character };
      const offset = document.offsetAt(place);
      assert.equal(offset, library.offsetAt(place));
      for (const near of [offset - 1, offset, offset + 1, offset + 2]) {
        assert.deepEqual(document.positionAt(near), library.positionAt(near));
      }
      const range = { start: { line: 1, character: 1 }, end: place };
      assert.equal(document.getText(range), library.getText(range));
    }
  }
}

describe("a document in pieces", () => {
  it("answers as the library’s does, before and after each change", function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(texts, changes, (before, all) => {
        const document = editedDocuments.create(uri, "yaml", 1, before);
        assertIs(document, before);
        let text = before;
        for (const [index, change] of all.entries()) {
          const library = TextDocument.create(uri, "yaml", 1, text);
          const event = eventOf(change);
          text = TextDocument.update(library, [event], 2).getText();
          document.change([event], index + 2);
          assert.equal(document.version, index + 2);
          assertIs(document, text);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("shares all but the changed pieces with its earlier text", () => {
    const text = Array.from({ length: 20_000 }, (_, at) => `line ${at}\n`).join("");
    const document = editedDocuments.create(uri, "yaml", 1, text);
    const before = document.content.pieces;
    assert.ok(before.length > 8);
    const at = { line: 10_000, character: 2 };
    document.change([{ range: { start: at, end: at }, text: "x" }], 2);
    const after = document.content.pieces;
    assert.equal(after.filter((piece, index) => piece !== before[index]).length, 1);
  });

  it("has no more pieces after many changes than a text of that length needs", () => {
    const document = editedDocuments.create(uri, "yaml", 1, "");
    const start = { line: 0, character: 0 };
    for (let version = 2; version < 1_000; version += 1) {
      document.change([{ range: { start, end: start }, text: `${"a".repeat(99)}\n` }], version);
    }
    assert.ok(document.content.pieces.length < 10);
  });
});

describe("reading a document in pieces", () => {
  it("says after each change what reading the whole text says", function () {
    this.timeout(60_000);
    const many = Array.from({ length: 60 }, (_, at) => service(`reg.test/a${at}:1`)).join("---\n");
    const places = fc.record({ line: fc.nat(720), character: fc.nat(20) });
    const texts = fc.constantFrom("x", "", "---\n", "\n---", "%YAML 1.2\n", "\n", "# c\n", "...\n");
    const some = fc.array(fc.tuple(places, places, texts, fc.boolean()), { maxLength: 4 });
    fc.assert(
      fc.property(some, (edits) => {
        const document = editedDocuments.create(uri, "yaml", 1, many);
        let known = analyzeFile(document.content, defaultAnalysisOptions);
        for (const [start, end, text, isWide] of edits) {
          document.change([{ range: { start, end: isWide ? end : start }, text }], 2);
          known = analyzeFile(document.content, defaultAnalysisOptions, known);
          const whole = analyzeFile(document.getText(), defaultAnalysisOptions);
          assert.deepEqual(known.parts, whole.parts);
          assert.equal(known.text, whole.text);
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe("texts in pieces", () => {
  it("are compared whatever their pieces are", () => {
    const piece = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 4 });
    const all = fc.array(piece, { maxLength: 6 });
    fc.assert(
      fc.property(all, all, (one, other) => {
        const [a, b] = [one, other].map((pieces) => ({ text: pieces.join(""), pieces }));
        assert.ok(a !== undefined && b !== undefined);
        const longest = (isAlike: (length: number) => boolean): number =>
          Array.from({ length: a.text.length + 1 }, (_, length) => length)
            .filter(isAlike)
            .at(-1) ?? 0;
        const prefix = longest((length) => b.text.startsWith(a.text.slice(0, length)));
        const suffix = longest((length) => b.text.endsWith(a.text.slice(a.text.length - length)));
        assert.deepEqual([commonPrefix(a, b), commonSuffix(a, b)], [prefix, suffix]);
        assert.equal(isSameText(a, b), a.text === b.text);
      }),
    );
  });
});
