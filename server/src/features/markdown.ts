// Rich text that becomes Markdown or plain text, with everything that is not ours made harmless.

import { shownText } from "../shownText.ts";

/** A piece of a line. */
export type Piece =
  /** Text as it is; what came from files or registries is escaped. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "strong"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  /** A link; in plain text its title alone if it is a command, else title and address. */
  | { readonly kind: "link"; readonly text: string; readonly href: string };

/** A heading, or a paragraph. */
export interface Block {
  readonly kind: "heading" | "paragraph";
  readonly pieces: readonly Piece[];
}

export function text(value: string): Piece {
  return { kind: "text", text: value };
}

export function strong(value: string): Piece {
  return { kind: "strong", text: value };
}

export function code(value: string): Piece {
  return { kind: "code", text: value };
}

export function link(title: string, href: string): Piece {
  return { kind: "link", text: title, href };
}

export function heading(...pieces: Piece[]): Block {
  return { kind: "heading", pieces };
}

export function paragraph(...pieces: Piece[]): Block {
  return { kind: "paragraph", pieces };
}

export function toMarkdown(blocks: readonly Block[]): string {
  return blocks
    .map(({ kind, pieces }) => {
      // White space at the front of a paragraph could make it a block of code.
      const line = pieces.map(piece).join("").trim();
      return kind === "heading" ? `#### ${line}` : line;
    })
    .join("\n\n");
}

export function toPlainText(blocks: readonly Block[]): string {
  return blocks
    .map((block) =>
      block.pieces
        .map((item) =>
          item.kind === "link" && !item.href.startsWith("command:")
            ? `${harmless(item.text)} (${item.href})`
            : harmless(item.text),
        )
        .join(""),
    )
    .join("\n\n");
}

function piece(item: Piece): string {
  switch (item.kind) {
    case "text":
      return escapeMarkdown(item.text);
    case "strong":
      return `**${escapeMarkdown(item.text)}**`;
    case "code":
      return codeSpan(item.text);
    case "link":
      return `[${escapeMarkdown(item.text)}](${item.href.replace(/[()<>\s\\]/g, percentEncoded)})`;
  }
}

/** In UTF-8, as `encodeURIComponent` does, but parentheses, too: one would end the link. */
function percentEncoded(character: string): string {
  const encoded = encodeURIComponent(character);
  return encoded === character ? `%${character.charCodeAt(0).toString(16)}` : encoded;
}

/**
 * Text in which nothing is a link, a heading, emphasis, HTML or an icon; bare addresses are not linked
 * either. Only what could mean something is escaped: some editors show the backslashes.
 * @internal Exported for its tests.
 */
export function escapeMarkdown(value: string): string {
  return harmless(value)
    .replace(/[\\`*[\]<>~|]/g, "\\$&")
    .replace(/&(?=[#a-z0-9]+;)/gi, "&amp;")
    .replace(/\$(?=\()/g, "\\$")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/:\/\//g, ":\\/\\/")
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}\\.`)
    .replace(/@/g, "\\@")
    .replace(/^([^\S\n]*)([#+=-])/gm, "$1\\$2")
    .replace(/^([^\S\n]*\d+)([.)])/gm, "$1\\$2");
}

/** A code span with a fence longer than any run of backticks inside. */
function codeSpan(value: string): string {
  const inside = harmless(value);
  const runs = inside.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const pad = inside.startsWith("`") || inside.endsWith("`") ? " " : "";
  return `${fence}${pad}${inside}${pad}${fence}`;
}

/** As it may be shown, on one line. */
function harmless(value: string): string {
  return shownText(value.replace(/\s+/g, " "));
}
