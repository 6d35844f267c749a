// Turns a text of YAML into nodes that know where they stand, by the library `yaml`.

import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  visit,
  type Alias,
  type Document,
  type Node,
  type Scalar as ScalarNode,
  type YAMLMap,
} from "yaml";
import {
  createExpansionBudget,
  maxExpandedNodes,
  type ExpansionBudget,
} from "../expansionBudget.ts";
import type { Span } from "../span.ts";
import { unmasked } from "../templates/mask.ts";
import { jsonObjects } from "./jsonStream.ts";
import { readScalar, spanOf, type Scalar } from "./yamlScalar.ts";
import {
  composed,
  isTakenByGo,
  lenientLexer,
  tokensOf,
  withoutSource,
  type SyntaxProblem,
} from "./yamlTokens.ts";

/** A node of a document. Aliases are followed; merge keys (`<<`) are laid under a map's own entries. */
export interface YamlNode {
  /** Where the node stands; for an alias, where the alias stands. */
  readonly place: Span;
  /** The node's characters as written, at its anchor if it is an alias. */
  readonly source: string;
  /** The entry of a map; undefined if there is none or this is not a map. */
  get(key: string): YamlNode | undefined;
  /** The entries of a map whose keys are scalars; empty if this is not a map. */
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

export interface ParsedYaml {
  readonly roots: readonly YamlNode[];
  readonly problems: readonly SyntaxProblem[];
}

/** Merge keys followed one after the other at most. */
const maxMergeDepth = 100;

/**
 * Reads a text of one or more YAML documents. Never throws on input: what is broken becomes a problem.
 * @param budget for what aliases and merge keys expand to, now and whenever a node is asked: once it is spent, nodes
 *   look empty; check for it before relying on them.
 */
export function parseYaml(text: string, budget = budgetFor(text)): ParsedYaml {
  const strict = read(text, budget, new Lexer());
  // A part of a text says something else than the whole.
  if (strict.problems.some(({ isLimit }) => isLimit)) return { ...strict, roots: [] };
  if (strict.problems.length === 0 || !/["'{[]/.test(text)) return strict;
  const lenient = read(text, budget, lenientLexer());
  if (lenient.problems.length === 0) return lenient;
  const stream = readJsonStream(text, budget);
  // Where all find fault, the strict one has recovered at the next line instead of reading on to the end.
  return stream.problems.length === 0 && stream.roots.length > 0 ? stream : strict;
}

/** Reads JSON objects that stand one behind the other, as kubectl does; no roots if the text is anything else. */
function readJsonStream(text: string, budget: ExpansionBudget): ParsedYaml {
  const objects = jsonObjects(text).map((object) => read(text, budget, lenientLexer(), object));
  return {
    roots: objects.flatMap(({ roots }) => roots),
    problems: objects.flatMap(({ problems }) => problems),
  };
}

/** A budget for one reading of a text: what is written may be visited several times, what aliases repeat may not. */
export function budgetFor(text: string): ExpansionBudget {
  return createExpansionBudget(2 * text.length + maxExpandedNodes);
}

function read(text: string, budget: ExpansionBudget, lexer: Lexer, stretch?: Span): ParsedYaml {
  const roots: YamlNode[] = [];
  const problems: SyntaxProblem[] = [];
  for (const document of composed(tokensOf(text, problems, lexer, stretch))) {
    for (const error of document.errors) {
      if (isTakenByGo(error)) continue;
      problems.push({
        message: withoutSource(error.message),
        span: { start: error.pos[0], end: Math.max(error.pos[0], error.pos[1]) },
      });
    }
    const targets = text.includes("*") ? aliasTargets(document, problems) : noTargets;
    const source: Source = {
      ...{ text, targets, budget, merges: createExpansionBudget(maxExpandedNodes) },
      ...{ pairs: new WeakMap(), scalars: new WeakMap() },
    };
    if (isNode(document.contents)) roots.push(wrap(document.contents, source));
  }
  return { roots, problems };
}

/** The spans of all scalars in a text: text inside one is not a comment. */
export function scalarSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const document of composed(tokensOf(text, []))) {
    visit(document, { Scalar: (_, node) => void spans.push(spanOf(node)) });
  }
  return spans;
}

/** A parsed document with what is derived from it once and read often. */
interface Source {
  readonly text: string;
  /** Where the aliases lead. */
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly budget: ExpansionBudget;
  /** For the entries that merge keys copy. */
  readonly merges: ExpansionBudget;
  /** Scalars that were read: an aliased one may be read often. */
  readonly scalars: WeakMap<ScalarNode, Scalar>;
  /** The entries of maps, those of merge keys among them. */
  readonly pairs: WeakMap<YAMLMap, ReadonlyMap<string, Pair>>;
}

type Pair = readonly [key: ScalarNode, value: Node];

function wrap(written: Node, source: Source): YamlNode {
  const { text, budget } = source;
  const node = followed(written, source);
  const pairs = (): ReadonlyMap<string, Pair> => (isMap(node) ? pairsOf(node, source, 0) : noPairs);
  return {
    place: spanOf(written),
    get source() {
      const { start, end } = node === undefined ? nowhere : spanOf(node);
      return budget.take(end - start) ? unmasked(text.slice(start, end)) : "";
    },
    get(key) {
      const found = pairs().get(key);
      return found === undefined ? undefined : wrap(found[1], source);
    },
    entries() {
      const all = pairs();
      if (!budget.take(all.size)) return [];
      return [...all.values()].map(([key, value]) => ({
        key: scalarOf(key, source),
        value: wrap(value, source),
      }));
    },
    items() {
      if (!isSeq(node) || !budget.take(node.items.length)) return [];
      return node.items.filter(isNode).map((item) => wrap(item, source));
    },
    isMap: () => isMap(node),
    scalar() {
      if (!isScalar(node)) return undefined;
      const scalar = scalarOf(node, source);
      // Read only when asked for: a long scalar may be used by many aliases.
      return budget.take(scalar.text.length) ? scalar : undefined;
    },
    text: () =>
      isScalar(node) && typeof node.value === "string" ? unmasked(node.value) : undefined,
  };
}

const nowhere: Span = { start: 0, end: 0 };

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
  if (!source.budget.take(map.items.length)) return pairs;
  for (const { key, value } of map.items) {
    if (!isScalar(key) || !isNode(value) || followed(value, source) === undefined) continue;
    if (key.value === "<<" && key.type === "PLAIN") merged.push(value);
    else pairs.set(keyText(key), [key, value]);
  }
  if (depth >= maxMergeDepth) return pairs;
  for (const other of new Set(merged.flatMap((value) => mergedMaps(value, source)))) {
    const others = pairsOf(other, source, depth + 1);
    if (!source.merges.take(others.size)) {
      source.budget.take(Infinity);
      return pairs;
    }
    for (const [name, pair] of others) {
      if (!pairs.has(name)) pairs.set(name, pair);
    }
  }
  return pairs;
}

/** The maps that a merge key names: one, or a sequence of them. */
function mergedMaps(value: Node, source: Source): YAMLMap[] {
  const node = followed(value, source);
  if (isMap(node)) return [node];
  if (!isSeq(node) || !source.budget.take(node.items.length)) return [];
  return node.items.flatMap((item) => {
    const map = isNode(item) ? followed(item, source) : undefined;
    return isMap(map) ? [map] : [];
  });
}

function scalarOf(node: ScalarNode, { text, scalars }: Source): Scalar {
  const known = scalars.get(node);
  if (known !== undefined) return known;
  const scalar = readScalar(node, text);
  scalars.set(node, scalar);
  return scalar;
}
