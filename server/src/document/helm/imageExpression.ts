// What a Helm template makes an image of: texts and values of the chart, read without running Helm.

import {
  parseTemplate,
  type Command,
  type Operand,
  type Pipeline,
  type TemplateNode,
} from "./templateNodes.ts";

/** A piece of an image's text. */
export type ImagePiece =
  | { readonly kind: "text"; readonly text: string }
  /** A value of the chart by its path; where it is empty, `orElse` takes its place. */
  | { readonly kind: "value"; readonly path: readonly string[]; readonly orElse: ImagePieces }
  /** `appVersion` of Chart.yaml. */
  | { readonly kind: "app-version" }
  /** One of two, by whether a value is set. */
  | {
      readonly kind: "choice";
      readonly path: readonly string[];
      readonly set: ImagePieces;
      readonly unset: ImagePieces;
    };

export type ImagePieces = readonly ImagePiece[];

/** The result of a pipeline, as far as it is known. */
type Made =
  /** The root, which holds the chart's `Values` and `Chart`. */
  | { readonly kind: "root" }
  | { readonly kind: "chart" }
  /** A value of the chart, or a map of them. */
  | { readonly kind: "values"; readonly path: readonly string[] }
  | { readonly kind: "dict"; readonly entries: ReadonlyMap<string, Made> }
  | { readonly kind: "pieces"; readonly pieces: ImagePieces };

interface Scope {
  readonly dot: Made;
  readonly variables: Map<string, Made | undefined>;
  /** The named templates of the chart. */
  readonly defines: ReadonlyMap<string, string>;
  /** How many named templates it is inside of. */
  readonly depth: number;
  /** Nodes that may still be read: named templates that include others multiply. */
  readonly budget: { left: number };
}

/** Named templates inside named templates at most. */
const maxIncludes = 8;
/** Nodes read for one image at most: the common starter charts need about twenty. */
const maxNodes = 1000;

/**
 * The pieces of an image's text.
 * @param template the text behind `image:`, without quotes.
 * @param defines the bodies of the chart's named templates.
 * @returns undefined if the result is not certain.
 */
export function imagePieces(
  template: string,
  defines: ReadonlyMap<string, string>,
): ImagePieces | undefined {
  const root: Made = { kind: "root" };
  const variables = new Map<string, Made | undefined>([["$", root]]);
  const budget = { left: maxNodes };
  const pieces = templatePieces(template, { dot: root, variables, defines, depth: 0, budget });
  return pieces === undefined ? undefined : trimmed(pieces);
}

function templatePieces(template: string, scope: Scope): ImagePieces | undefined {
  const nodes = parseTemplate(template);
  return nodes === undefined ? undefined : nodePieces(nodes, scope);
}

/** Texts that touch become one, and white space around the whole is dropped. */
function trimmed(pieces: ImagePieces): ImagePieces {
  const joined: ImagePiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.kind === "text" && last?.kind === "text") {
      joined[joined.length - 1] = { kind: "text", text: last.text + piece.text };
    } else joined.push(piece);
  }
  return joined
    .map((piece, index): ImagePiece => {
      if (piece.kind !== "text") return piece;
      let { text } = piece;
      if (index === 0) text = text.trimStart();
      if (index === joined.length - 1) text = text.trimEnd();
      return { kind: "text", text };
    })
    .filter((piece) => piece.kind !== "text" || piece.text !== "");
}

function nodePieces(nodes: readonly TemplateNode[], scope: Scope): ImagePieces | undefined {
  const made: ImagePiece[] = [];
  for (const node of nodes) {
    scope.budget.left -= 1;
    if (scope.budget.left < 0) return undefined;
    const pieces = piecesOfNode(node, scope);
    if (pieces === undefined) return undefined;
    made.push(...pieces);
  }
  return made;
}

function piecesOfNode(node: TemplateNode, scope: Scope): ImagePieces | undefined {
  switch (node.kind) {
    case "text":
      return [node];
    case "action":
      return asPieces(evaluate(node.pipeline, scope));
    case "assign":
      scope.variables.set(node.name, evaluate(node.pipeline, scope));
      return [];
    case "if":
    case "with":
      return choicePieces(node, scope);
    case "unknown":
      return undefined;
  }
}

function choicePieces(
  node: Extract<TemplateNode, { readonly kind: "if" | "with" }>,
  scope: Scope,
): ImagePieces | undefined {
  const condition = evaluate(node.condition, scope);
  if (condition?.kind !== "values") return undefined;
  // A variable that one branch sets is another one in the other.
  const branch = (nodes: readonly TemplateNode[], dot: Made): ImagePieces | undefined => {
    const variables = new Map(scope.variables);
    const pieces = nodePieces(nodes, { ...scope, dot, variables });
    for (const [name, value] of variables) {
      if (scope.variables.has(name) && scope.variables.get(name) !== value) {
        scope.variables.set(name, undefined);
      }
    }
    return pieces;
  };
  const set = branch(node.then, node.kind === "with" ? condition : scope.dot);
  const unset = branch(node.otherwise, scope.dot);
  if (set === undefined || unset === undefined) return undefined;
  if (set.length === 0 && unset.length === 0) return [];
  return [{ kind: "choice", path: condition.path, set: trimmed(set), unset: trimmed(unset) }];
}

function asPieces(made: Made | undefined): ImagePieces | undefined {
  if (made?.kind === "pieces") return made.pieces;
  if (made?.kind === "values" && made.path.length > 0) {
    return [{ kind: "value", path: made.path, orElse: [] }];
  }
  return undefined;
}

function evaluate(pipeline: Pipeline, scope: Scope): Made | undefined {
  let made: Made | undefined;
  for (const [index, command] of pipeline.entries()) {
    made = call(command, index === 0 ? [] : [made], scope);
    if (made === undefined) return undefined;
  }
  return made;
}

function call(
  [first, ...rest]: Command,
  piped: readonly (Made | undefined)[],
  scope: Scope,
): Made | undefined {
  if (first === undefined) return undefined;
  if (first.kind !== "word") {
    return rest.length === 0 && piped.length === 0 ? operand(first, scope) : undefined;
  }
  const args = [...rest.map((each) => operand(each, scope)), ...piped];
  switch (first.name) {
    case "quote":
    case "squote":
    case "toString":
    case "trim":
      return args.length === 1 ? pieces(asPieces(args[0])) : undefined;
    case "tpl":
      return args[0];
    case "required":
      return args[1];
    case "default":
      return args.length === 2 ? fallback(args[1], args[0]) : undefined;
    case "coalesce":
      return args.reduceRight<Made | undefined>(
        (otherwise, each) => (otherwise === undefined ? each : fallback(each, otherwise)),
        undefined,
      );
    case "printf":
      return printed(args);
    case "dict":
      return dictionary(args);
    case "index":
      return indexed(args);
    case "include":
      return included(args, scope);
    default:
      return undefined;
  }
}

function operand(one: Operand, scope: Scope): Made | undefined {
  switch (one.kind) {
    case "string":
      return { kind: "pieces", pieces: [{ kind: "text", text: one.text }] };
    case "group":
      return evaluate(one.pipeline, scope);
    case "word":
      return undefined;
    case "field": {
      const start = one.variable === undefined ? scope.dot : scope.variables.get(one.variable);
      return one.path.reduce<Made | undefined>(fieldOf, start);
    }
  }
}

function fieldOf(made: Made | undefined, name: string): Made | undefined {
  switch (made?.kind) {
    case "root":
      if (name === "Values") return { kind: "values", path: [] };
      return name === "Chart" ? { kind: "chart" } : undefined;
    case "chart":
      return name === "AppVersion"
        ? { kind: "pieces", pieces: [{ kind: "app-version" }] }
        : undefined;
    case "values":
      return { kind: "values", path: [...made.path, name] };
    case "dict":
      return made.entries.get(name);
    case "pieces":
    case undefined:
      return undefined;
  }
}

function pieces(made: ImagePieces | undefined): Made | undefined {
  return made === undefined ? undefined : { kind: "pieces", pieces: made };
}

/** `default otherwise made`: only of a single value it is known whether it is empty. */
function fallback(made: Made | undefined, otherwise: Made | undefined): Made | undefined {
  const rest = asPieces(otherwise);
  const own = asPieces(made);
  const [value, ...others] = own ?? [];
  if (rest === undefined || value?.kind !== "value" || others.length > 0) return undefined;
  const orElse =
    value.orElse.length === 0 ? rest : asPieces(fallback(pieces(value.orElse), otherwise));
  return orElse === undefined ? undefined : pieces([{ ...value, orElse }]);
}

/** `printf` with `%s` and `%v` alone. */
function printed([format, ...args]: readonly (Made | undefined)[]): Made | undefined {
  const [text, ...others] = asPieces(format) ?? [];
  if (text?.kind !== "text" || others.length > 0) return undefined;
  const between = text.text.split(/%[sv]/);
  if (between.some((part) => part.includes("%")) || between.length !== args.length + 1) {
    return undefined;
  }
  const made: ImagePiece[] = [];
  for (const [index, part] of between.entries()) {
    if (part !== "") made.push({ kind: "text", text: part });
    if (index === args.length) break;
    const arg = asPieces(args[index]);
    if (arg === undefined) return undefined;
    made.push(...arg);
  }
  return pieces(made);
}

/** A fixed text; undefined if it depends on anything. */
function literal(made: Made | undefined): string | undefined {
  const [text, ...others] = asPieces(made) ?? [];
  return text?.kind === "text" && others.length === 0 ? text.text : undefined;
}

function dictionary(args: readonly (Made | undefined)[]): Made | undefined {
  const entries = new Map<string, Made>();
  for (let at = 0; at + 1 < args.length; at += 2) {
    const key = literal(args[at]);
    const value = args[at + 1];
    if (key === undefined) return undefined;
    if (value !== undefined) entries.set(key, value);
  }
  return { kind: "dict", entries };
}

function indexed([from, ...steps]: readonly (Made | undefined)[]): Made | undefined {
  return steps.reduce<Made | undefined>((made, step) => {
    const name = literal(step);
    return name === undefined ? undefined : fieldOf(made, name);
  }, from);
}

function included(
  [name, dot]: readonly (Made | undefined)[],
  { defines, depth, budget }: Scope,
): Made | undefined {
  const body = defines.get(literal(name) ?? "");
  if (body === undefined || dot === undefined || depth >= maxIncludes) return undefined;
  const variables = new Map<string, Made | undefined>([["$", dot]]);
  const made = templatePieces(body, { dot, variables, defines, depth: depth + 1, budget });
  return made === undefined ? undefined : pieces(trimmed(made));
}
