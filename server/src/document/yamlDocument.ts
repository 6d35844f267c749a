// YAML: the only user of `yaml` for manifests. Turns a text into nodes that know where they stand.

import {
  Composer,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  visit,
  type Alias,
  type CST,
  type Document,
  type DocumentOptions,
  type Node,
  type ParseOptions,
  type Scalar as ScalarNode,
  type SchemaOptions,
  type YAMLMap,
} from "yaml";
import type { Span } from "./span.ts";
import { unmasked } from "./templateMask.ts";

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
  /** Whether the text is right and only more than we read: it is no template that something is still put into. */
  readonly isLimit?: boolean;
}

export interface ParsedYaml {
  readonly roots: readonly YamlNode[];
  readonly problems: readonly SyntaxProblem[];
}

/** Merge keys followed one after the other at most. */
const maxMergeDepth = 100;

/**
 * Collections inside collections at most. The library calls itself for each; near the end of the stack V8 ends the
 * whole process instead of throwing, when that is where a regular expression is compiled.
 */
export const maxNesting = 500;

/** Reads a text of one or more YAML documents. Never throws on input: what is broken becomes a problem. */
export function parseYaml(text: string): ParsedYaml {
  const roots: YamlNode[] = [];
  const problems: SyntaxProblem[] = [];
  for (const document of composed(tokensOf(text, problems))) {
    for (const error of document.errors) {
      problems.push({
        message: withoutSource(error.message),
        span: { start: error.pos[0], end: Math.max(error.pos[0], error.pos[1]) },
      });
    }
    const targets = text.includes("*") ? aliasTargets(document, problems) : noTargets;
    const source: Source = { text, targets, pairs: new WeakMap() };
    if (isNode(document.contents)) roots.push(wrap(document.contents, source));
  }
  return { roots, problems };
}

/** The parser's tokens, up to where they are nested too deeply, which becomes a problem. */
function* tokensOf(text: string, problems: SyntaxProblem[]): Generator<CST.Token, void> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length <= maxNesting) continue;
    const span = { start: parser.offset, end: parser.offset };
    problems.push({ message: `Nested more than ${maxNesting} levels deep`, span });
    return;
  }
  yield* parser.end();
}

function composed(
  tokens: Iterable<CST.Token>,
  options: ParseOptions & DocumentOptions & SchemaOptions = {},
): Iterable<Document.Parsed> {
  return new Composer({ prettyErrors: false, logLevel: "silent", ...options }).compose(tokens);
}

/** What Go's YAML parser makes no value of, but leaves a text. */
const textInGo = /^tag:yaml\.org,2002:(timestamp|binary|omap|pairs|set)$/;

/** As sigs.k8s.io/yaml reads: YAML 1.1, of a repeated key the last. */
const asGoReads: DocumentOptions & SchemaOptions & ParseOptions = {
  version: "1.1",
  uniqueKeys: false,
  customTags: (tags) =>
    tags.filter(
      (tag) =>
        typeof tag === "string" ||
        !(textInGo.test(tag.tag) || ("format" in tag && tag.format === "TIME")),
    ),
};

/**
 * The value of a text's first document as plain objects, for settings that hold YAML themselves; aliases are followed
 * a few times only.
 */
export function plainYaml(
  text: string,
): { kind: "value"; value: unknown } | { kind: "error"; message: string } {
  const problems: SyntaxProblem[] = [];
  const [document] = composed(tokensOf(text, problems), asGoReads);
  const broken = document?.errors[0];
  const problem =
    problems[0] ??
    (broken && { message: withoutSource(broken.message), span: { start: broken.pos[0] } });
  if (problem !== undefined) {
    const line = text.slice(0, problem.span.start).split("\n").length;
    return { kind: "error", message: `yaml: line ${line}: ${problem.message}` };
  }
  try {
    return { kind: "value", value: document?.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    return {
      kind: "error",
      message: `yaml: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** A message of the parser without what stands there, in which some end: it may be part of a Secret. */
function withoutSource(message: string): string {
  return message.replace(/: ".*"$|(?<=characters|tag|alias.*): .*$/s, "");
}

/** The spans of all scalars in a text: what is inside one is no comment. */
export function scalarSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const document of composed(tokensOf(text, []))) {
    visit(document, { Scalar: (_, node) => void spans.push(spanOf(node)) });
  }
  return spans;
}

/** A document of the parser with what is worked out of it once and asked of it often. */
interface Source {
  readonly text: string;
  /** Where the aliases lead. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** The entries of maps, those of merge keys among them. */
  readonly pairs: WeakMap<YAMLMap, ReadonlyMap<string, Pair>>;
}

type Pair = readonly [key: ScalarNode, value: Node];

function wrap(written: Node, source: Source): YamlNode {
  const { text } = source;
  const node = followed(written, source);
  const pairs = (): ReadonlyMap<string, Pair> => (isMap(node) ? pairsOf(node, source, 0) : noPairs);
  return {
    place: spanOf(written),
    source: node === undefined ? "" : unmasked(text.slice(spanOf(node).start, spanOf(node).end)),
    get(key) {
      const found = pairs().get(key);
      return found === undefined ? undefined : wrap(found[1], source);
    },
    entries() {
      return [...pairs().values()].map(([key, value]) => ({
        key: readScalar(key, text),
        value: wrap(value, source),
      }));
    },
    items() {
      return isSeq(node) ? node.items.filter(isNode).map((item) => wrap(item, source)) : [];
    },
    isMap: () => isMap(node),
    scalar: () => (isScalar(node) ? readScalar(node, text) : undefined),
    text: () =>
      isScalar(node) && typeof node.value === "string" ? unmasked(node.value) : undefined,
  };
}

/** The node that an alias means; undefined if there is none. */
function followed(written: Node, { targets }: Source): Node | undefined {
  return isAlias(written) ? targets.get(written) : written;
}

const noTargets: ReadonlyMap<Alias, Node> = new Map<Alias, never>([]);

/** An alias means the last node before it that bears its anchor (YAML 1.2.2 §7.1); one of no node is a problem. */
function aliasTargets(document: Document, problems: SyntaxProblem[]): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return;
      }
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
      else problems.push({ message: "Alias of an unknown anchor", span: spanOf(node) });
    },
  });
  return targets;
}

function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

function keyText(key: ScalarNode): string {
  return typeof key.value === "string" ? key.value : (key.source ?? "");
}

const noPairs: ReadonlyMap<string, Pair> = new Map<string, never>([]);

/** A map's own entries, of equal keys the last as in Kubernetes, then those of its merge keys that it does not have. */
function pairsOf(map: YAMLMap, source: Source, depth: number): ReadonlyMap<string, Pair> {
  const known = source.pairs.get(map);
  if (known !== undefined) return known;
  const pairs = new Map<string, Pair>();
  // Known from here on, so that a map that merges itself finds what there is.
  source.pairs.set(map, pairs);
  const merged: Node[] = [];
  for (const { key, value } of map.items) {
    if (!isScalar(key) || !isNode(value) || followed(value, source) === undefined) continue;
    if (key.value === "<<" && key.type === "PLAIN") merged.push(value);
    else pairs.set(keyText(key), [key, value]);
  }
  if (depth >= maxMergeDepth) return pairs;
  for (const other of new Set(merged.flatMap((value) => mergedMaps(value, source)))) {
    for (const [name, pair] of pairsOf(other, source, depth + 1)) {
      if (!pairs.has(name)) pairs.set(name, pair);
    }
  }
  return pairs;
}

/** The maps that a merge key names: one, or a sequence of them. */
function mergedMaps(value: Node, source: Source): YAMLMap[] {
  const node = followed(value, source);
  if (isMap(node)) return [node];
  if (!isSeq(node)) return [];
  return node.items.flatMap((item) => {
    const map = isNode(item) ? followed(item, source) : undefined;
    return isMap(map) ? [map] : [];
  });
}

function readScalar(node: ScalarNode, text: string): Scalar {
  const span = spanOf(node);
  const isString = typeof node.value === "string";
  const value = typeof node.value === "string" ? node.value : (node.source ?? "");
  const style = styleOf(node);
  return {
    text: unmasked(value),
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
