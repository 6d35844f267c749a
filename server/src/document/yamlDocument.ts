// YAML: the only user of `yaml`. Turns a text into nodes that know where they stand.

import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Node,
  type Scalar as ScalarNode,
  type YAMLMap,
} from "yaml";
import type { Span } from "./span.ts";

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

/** A node of a document. Aliases are followed; merge keys (`<<`) are laid under a map's own entries. */
export interface YamlNode {
  /** Where the node stands; for an alias, where the alias stands. */
  readonly place: Span;
  /** The node's characters as written, at its anchor if it is an alias. */
  readonly source: string;
  /** The entry of a map; undefined if there is none or this is no map. */
  get(key: string): YamlNode | undefined;
  /** The entries of a map whose keys are scalars; empty if this is no map. */
  entries(): readonly YamlEntry[];
  /** The items of a sequence; empty if this is none. */
  items(): readonly YamlNode[];
  isMap(): boolean;
  /** The scalar, at its anchor if this is an alias; undefined for maps and sequences. */
  scalar(): Scalar | undefined;
  /** The string this node is, for names and kinds; undefined if it is none. */
  text(): string | undefined;
}

export interface YamlEntry {
  readonly key: Scalar;
  readonly value: YamlNode;
}

/** A place where the text is no valid YAML. */
export interface SyntaxProblem {
  /** The parser's own words, in English; nothing of the text itself. */
  readonly message: string;
  readonly span: Span;
}

export interface ParsedYaml {
  readonly roots: readonly YamlNode[];
  readonly problems: readonly SyntaxProblem[];
}

/** Aliases followed one after the other at most: YAML knows no cycles here, hostile text may. */
const maxMergeDepth = 8;

/** Reads a text of one or more YAML documents. Never throws on input: what is broken becomes a problem. */
export function parseYaml(text: string): ParsedYaml {
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: "silent" });
  const roots: YamlNode[] = [];
  const problems: SyntaxProblem[] = [];
  if (!Array.isArray(documents)) return { roots, problems };
  for (const document of documents as Document.Parsed[]) {
    if (isNode(document.contents)) roots.push(wrap(document.contents, document, text));
    for (const error of document.errors) {
      problems.push({
        message: withoutSource(error.message),
        span: { start: error.pos[0], end: Math.max(error.pos[0], error.pos[1]) },
      });
    }
  }
  return { roots, problems };
}

/** What Go's YAML parser makes no value of, but leaves a text. */
const textInGo = /^tag:yaml\.org,2002:(timestamp|binary|omap|pairs|set)$/;

/**
 * The value of a text's first document as plain objects, for settings that hold YAML themselves; aliases are followed
 * a few times only. Read as sigs.k8s.io/yaml does: YAML 1.1, of a repeated key the last.
 */
export function plainYaml(
  text: string,
): { kind: "value"; value: unknown } | { kind: "error"; message: string } {
  try {
    const [document] = parseAllDocuments(text, {
      version: "1.1",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
      customTags: (tags) =>
        tags.filter(
          (tag) =>
            typeof tag === "string" ||
            !(textInGo.test(tag.tag) || ("format" in tag && tag.format === "TIME")),
        ),
    });
    const [problem] = document?.errors ?? [];
    if (problem !== undefined) {
      const line = text.slice(0, problem.pos[0]).split("\n").length;
      return { kind: "error", message: `yaml: line ${line}: ${withoutSource(problem.message)}` };
    }
    return { kind: "value", value: document?.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    return {
      kind: "error",
      message: `yaml: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** A message of the parser without what stands there, in which some end: it may be part of a Secret. */
export function withoutSource(message: string): string {
  return message.replace(/: ".*"$|(?<=characters|tag|alias.*): .*$/s, "");
}

/** The spans of all scalars in a text: what is inside one is no comment. */
export function scalarSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  const visit = (node: YamlNode, depth: number): void => {
    const scalar = node.scalar();
    if (scalar !== undefined) spans.push(scalar.span);
    if (depth > 50) return;
    for (const entry of node.entries()) {
      spans.push(entry.key.span);
      visit(entry.value, depth + 1);
    }
    for (const item of node.items()) visit(item, depth + 1);
  };
  for (const root of parseYaml(text).roots) visit(root, 0);
  return spans;
}

function wrap(written: Node, document: Document, text: string): YamlNode {
  const node: Node | undefined = isAlias(written) ? written.resolve(document) : written;
  const place = spanOf(written);
  const pairs = (): readonly (readonly [ScalarNode, Node])[] =>
    isMap(node) ? scalarPairs(node, document, 0) : [];
  return {
    place,
    source: node === undefined ? "" : text.slice(spanOf(node).start, spanOf(node).end),
    get(key) {
      const found = pairs().find(([name]) => keyText(name) === key);
      return found === undefined ? undefined : wrap(found[1], document, text);
    },
    entries() {
      return pairs().map(([key, value]) => ({
        key: readScalar(key, text),
        value: wrap(value, document, text),
      }));
    },
    items() {
      return isSeq(node) ? node.items.filter(isNode).map((item) => wrap(item, document, text)) : [];
    },
    isMap: () => isMap(node),
    scalar: () => (isScalar(node) ? readScalar(node, text) : undefined),
    text: () => (isScalar(node) && typeof node.value === "string" ? node.value : undefined),
  };
}

function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

function keyText(key: ScalarNode): string {
  return typeof key.value === "string" ? key.value : (key.source ?? "");
}

/** A map's own entries, then those of its merge keys that it does not have itself. */
function scalarPairs(map: YAMLMap, document: Document, depth: number): [ScalarNode, Node][] {
  const own: [ScalarNode, Node][] = [];
  const merged: [ScalarNode, Node][] = [];
  for (const pair of map.items) {
    const { key, value } = pair;
    if (!isScalar(key) || !isNode(value)) continue;
    if (key.value === "<<" && key.type === "PLAIN") {
      merged.push(...mergedPairs(value, document, depth + 1));
    } else own.push([key, value]);
  }
  if (merged.length === 0) return own;
  const names = new Set(own.map(([key]) => keyText(key)));
  for (const [key, value] of merged) {
    if (names.has(keyText(key))) continue;
    names.add(keyText(key));
    own.push([key, value]);
  }
  return own;
}

function mergedPairs(value: Node, document: Document, depth: number): [ScalarNode, Node][] {
  if (depth > maxMergeDepth) return [];
  const source = isAlias(value) ? value.resolve(document) : value;
  if (isMap(source)) return scalarPairs(source, document, depth);
  if (isSeq(source)) {
    return source.items.filter(isNode).flatMap((item) => mergedPairs(item, document, depth));
  }
  return [];
}

function readScalar(node: ScalarNode, text: string): Scalar {
  const span = spanOf(node);
  const isString = typeof node.value === "string";
  const value = typeof node.value === "string" ? node.value : (node.source ?? "");
  const style = styleOf(node);
  return {
    text: value,
    isString,
    style,
    span,
    content: contentSpan(value, style, span, text),
    anchored: node.anchor !== undefined,
  };
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

function contentSpan(
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
