// A scalar as the library read it: its value, how it is written, and where that stands.

import type { Span } from "../span.ts";
import { unmasked } from "../templates/mask.ts";
import type { Node, ScalarNode } from "./yamlTokens.ts";

export type ScalarStyle = "plain" | "single-quoted" | "double-quoted" | "block";

/** A scalar as written. */
export interface Scalar {
  /** Its value as YAML reads it; for a number, a boolean or null the text as written. */
  readonly text: string;
  /** Whether YAML reads it as a string: an unquoted `1.0` or `true` is none. */
  readonly isString: boolean;
  readonly style: ScalarStyle;
  /** The whole token: with its quotes, or with its block header. */
  readonly span: Span;
  /** Where `text` stands character for character; undefined if escapes or folds stand between. */
  readonly content: Span | undefined;
  /** Whether it bears an anchor, so that aliases elsewhere mean it, too. */
  readonly anchored: boolean;
}

/** Where a node of the library stands. */
export function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

/** Reads a scalar of the library. @param text the text that it was parsed from, templates masked */
export function readScalar(node: ScalarNode, text: string): Scalar {
  const span = spanOf(node);
  const isString = typeof node.value === "string";
  const value = typeof node.value === "string" ? node.value : (node.source ?? "");
  const style = styleOf(node);
  const tag = foreignTag(node);
  return {
    text: tag === undefined ? unmasked(value) : `${tag} ${unmasked(value)}`,
    isString,
    style,
    span,
    content: tag === undefined ? contentSpan(value, style, span, text) : undefined,
    anchored: node.anchor !== undefined,
  };
}

/**
 * The tag of a scalar whose value is not what is written: one that only some tool can read, which says nothing to
 * Kubernetes, or `!!binary`, which Kubernetes decodes and whose value cannot be changed here.
 */
function foreignTag({ tag = "" }: ScalarNode): string | undefined {
  if (tag === "tag:yaml.org,2002:binary") return "!!binary";
  return /^![A-Za-z]/.test(tag) ? tag : undefined;
}

function styleOf(node: ScalarNode): ScalarStyle {
  switch (node.type) {
    case "QUOTE_SINGLE":
      return "single-quoted";
    case "QUOTE_DOUBLE":
      return "double-quoted";
    case "BLOCK_LITERAL":
    case "BLOCK_FOLDED":
      return "block";
    default:
      return "plain";
  }
}

/** Where a value stands character for character; undefined if escapes or folds stand between. */
export function contentSpan(
  value: string,
  style: ScalarStyle,
  span: Span,
  text: string,
): Span | undefined {
  let start = span.start;
  if (style === "single-quoted" || style === "double-quoted") start += 1;
  if (style === "block") {
    const firstLine = text.indexOf("\n", span.start) + 1;
    if (firstLine === 0) return undefined;
    start = firstLine + (/^[ \r\n]*/.exec(text.slice(firstLine, span.end))?.[0].length ?? 0);
  }
  const end = start + value.length;
  return end <= span.end && text.startsWith(value, start) ? { start, end } : undefined;
}
