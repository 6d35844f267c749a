// A patch, applied, gives the text with the changes, however many there are and wherever they stand.

import assert from "node:assert/strict";
import { applyPatch } from "diff";
import fc from "fast-check";
import { renderPatch } from "../../../server/src/cli/output/patch.ts";
import { fileOffset } from "../../../server/src/document/span.ts";
import { applyChanges, type FileChange } from "../../../server/src/edits/change.ts";

const lines = fc.array(fc.constantFrom("", "a", "b", "  image: x", "\ufeffc"), { maxLength: 60 });

/** A text, and changes of it that do not overlap. */
const edits = fc
  .record({
    lines,
    ending: fc.constantFrom("\n", "\r\n"),
    final: fc.boolean(),
    seeds: fc.array(
      fc.record({
        at: fc.nat(1000),
        length: fc.nat(8),
        text: fc.constantFrom("", "@sha", "\n", "x\ny\n"),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ lines, ending, final, seeds }) => {
    const text = lines.join(ending) + (final ? ending : "");
    const changes: FileChange[] = [];
    let from = 0;
    for (const { at, length, text: added } of [...seeds].sort((a, b) => a.at - b.at)) {
      const start = Math.min(text.length, Math.max(from, at));
      const end = Math.min(text.length, start + length);
      changes.push({ start: fileOffset(start), end: fileOffset(end), text: added });
      from = end + 1;
      if (from > text.length) break;
    }
    return { text, changes };
  });

describe("a patch", () => {
  it("gives the changed text when it is applied", () => {
    fc.assert(
      fc.property(edits, ({ text, changes }) => {
        const after = applyChanges(text, changes);
        const patch = renderPatch("a.yaml", text, changes);
        assert.equal(applyPatch(text, patch, { autoConvertLineEndings: false }), after);
      }),
      { numRuns: 1000 },
    );
  });

  it("of thousands of changes takes no longer than it is long", () => {
    const part = "---\n# one\n# two\n# three\n# four\n# five\n# six\n# seven\nimage: nginx\n";
    const text = part.repeat(20_000);
    const changes = Array.from({ length: 20_000 }, (_, index) => {
      const at = (index + 1) * part.length - 1;
      return { start: fileOffset(at), end: fileOffset(at), text: "@sha256:0" };
    });
    const patch = renderPatch("a.yaml", text, changes);
    assert.equal(patch.match(/^@@/gm)?.length, 20_000);
    assert.match(patch, /^--- a\/a\.yaml\n\+\+\+ b\/a\.yaml\n@@ -6,7 \+6,7 @@\n # five/);
  });
});
