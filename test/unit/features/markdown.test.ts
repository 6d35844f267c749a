// Text of files and registries in a hover: shown as it is, and never more than text.

import assert from "node:assert/strict";
import fc from "fast-check";
import { marked } from "marked";
import {
  code,
  escapeMarkdown,
  heading,
  link,
  paragraph,
  text,
  toMarkdown,
  toPlainText,
} from "../../../server/src/features/markdown.ts";

function render(markdown: string): string {
  return marked.parse(markdown, { async: false, gfm: true }).trim();
}

/** What a reader sees of rendered Markdown. */
function visible(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");
}

const nasty = fc.array(
  fc.constantFrom(
    ...[
      "[x](command:evil)",
      "![i](http://a/b.png)",
      "<img src=x>",
      "<script>",
      "https://evil.test/",
    ],
    ...[
      "www.evil.test",
      "a@b.test",
      "`",
      "``",
      "*",
      "_",
      "__",
      "~~",
      "#",
      "- ",
      "1. ",
      "> ",
      "|",
      "\\",
    ],
    ...[
      "&lt;",
      "&#60;",
      "$(pin)",
      "=",
      "\n",
      "\r\n",
      "    ",
      "a",
      "B",
      "9",
      "é",
      "私",
      "\u202e",
      "\u0000",
    ],
    ...[
      "http:",
      "//",
      "<https://x.test>",
      "[a]: http://b",
      "](",
      "[",
      "]",
      "(",
      ")",
      "!",
      "---",
      "***",
    ],
  ),
  { maxLength: 12 },
);

describe("text in a hover", () => {
  it("is never a link, a picture, emphasis, a heading, a list or HTML, whatever it holds", () => {
    fc.assert(
      fc.property(nasty, (parts) => {
        const html = render(toMarkdown([paragraph(text(parts.join("")))]));
        assert.equal(html.replace(/^<p>|<\/p>$/g, "").search(/<[a-z!/]/i), -1, html);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads as it was written, but for what cannot be seen", () => {
    fc.assert(
      fc.property(nasty, (parts) => {
        const written = parts.join("");
        const shown = visible(render(toMarkdown([paragraph(text(written))])));
        const plain = toPlainText([paragraph(text(written))]);
        const squeeze = (value: string): string => value.replace(/\s+/g, " ").trim();
        assert.equal(squeeze(shown), squeeze(plain));
      }),
      { numRuns: 2000 },
    );
  });

  it("is hardly escaped where nothing could be meant by it", () => {
    const words =
      "Knative’s default (kind.local, ko.local), as seen 2 min ago: a-b.c_d/e:1.0 + 50 %!";
    assert.equal(escapeMarkdown(words), words);
  });

  it("has blanks where lines break", () => {
    assert.equal(toPlainText([paragraph(text("a\r\n\n b"))]), "a b");
  });

  it("in code stays in its fence", () => {
    fc.assert(
      fc.property(nasty, (parts) => {
        const html = render(toMarkdown([paragraph(text("a "), code(parts.join("") || "x"))]));
        assert.match(html, /^<p>a <code>[^<]*<\/code><\/p>$/);
      }),
      { numRuns: 2000 },
    );
  });

  it("behind a link ends where the link ends", () => {
    const html = render(
      toMarkdown([paragraph(link("a](b", 'file:///x(1)/y z.yaml#L1" onload="x'), text(" end"))]),
    );
    assert.equal(
      html,
      '<p><a href="file:///x%281%29/y%20z.yaml#L1%22%20onload=%22x">a](b</a> end</p>',
    );
  });

  it("stands under one heading, blocks apart", () => {
    const blocks = [heading(code("nginx:1")), paragraph(text("One.")), paragraph(text("Two."))];
    assert.equal(toMarkdown(blocks), "#### `nginx:1`\n\nOne.\n\nTwo.");
    assert.equal(toPlainText(blocks), "nginx:1\n\nOne.\n\nTwo.");
  });

  it("names a link's address where links are not followed, unless it is a command", () => {
    const blocks = [paragraph(link("a.yaml:3", "file:///a.yaml#L3"), link("Pin", "command:x"))];
    assert.equal(toPlainText(blocks), "a.yaml:3 (file:///a.yaml#L3)Pin");
  });

  it("names no icon of the editor and turns no text around", () => {
    assert.equal(escapeMarkdown("$(warning)"), "\\$(warning)");
    for (const mark of ["\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\u001b"]) {
      const blocks = [paragraph(text(`a${mark}b`), code(`c${mark}d`))];
      assert.ok(!toMarkdown(blocks).includes(mark));
      assert.ok(!toPlainText(blocks).includes(mark));
    }
  });
});
