// What a Helm template makes an image of: texts and values of the chart, read without running Helm.

import {
  parsePipeline,
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
  /** One of two, by a test of values. */
  | {
      readonly kind: "choice";
      readonly test: ValueTest;
      readonly set: ImagePieces;
      readonly unset: ImagePieces;
    };

export type ImagePieces = readonly ImagePiece[];

/** What decides between two branches, told from the chart's values. */
export type ValueTest =
  | { readonly kind: "constant"; readonly value: boolean }
  /** A value that is not empty, or a map of values. */
  | { readonly kind: "value"; readonly path: readonly string[] }
  /** A key that is there, whatever its value. */
  | { readonly kind: "present"; readonly path: readonly string[] }
  /** Pieces that make a text. */
  | { readonly kind: "filled"; readonly pieces: ImagePieces }
  | { readonly kind: "not"; readonly test: ValueTest }
  | { readonly kind: "all" | "any"; readonly tests: readonly ValueTest[] }
  | { readonly kind: "equal"; readonly one: ImagePieces; readonly others: readonly ImagePieces[] }
  /** Whether the pieces' text begins with, or contains, another. */
  | {
      readonly kind: "begins" | "contains";
      readonly text: string;
      readonly pieces: ImagePieces;
    };

/** What stands in front of an expression in its document and decides what it means, in order. */
export type ScopeStep =
  | { readonly kind: "assign"; readonly name: string; readonly pipeline: string }
  /** A variable that a closed branch may have set: nobody knows. */
  | { readonly kind: "forget"; readonly name: string }
  /** An open `with`: its pipeline is the dot. */
  | { readonly kind: "with"; readonly pipeline: string }
  /** An open `range`: the dot is each item. */
  | { readonly kind: "range" };

/** The result of a pipeline, as far as it is known. */
type Made =
  /** The root, which holds the chart's `Values` and `Chart`. */
  | { readonly kind: "root" }
  | { readonly kind: "chart" }
  /** A value of the chart, or a map of them. */
  | { readonly kind: "values"; readonly path: readonly string[] }
  | { readonly kind: "dict"; readonly entries: ReadonlyMap<string, Made | undefined> }
  | { readonly kind: "pieces"; readonly pieces: ImagePieces }
  /** A condition; `or` also makes the first of its values that is not empty. */
  | {
      readonly kind: "test";
      readonly test: ValueTest;
      readonly pieces: ImagePieces | undefined;
    }
  | { readonly kind: "nothing" };

interface Scope {
  /** Undefined where it cannot be told. */
  readonly dot: Made | undefined;
  readonly variables: Map<string, Made | undefined>;
  /** The variables that this branch declares: they end with it. */
  readonly own: Set<string>;
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
 * Named templates of libraries that charts bring along as archives, which are not read: what they make of their
 * arguments. Older releases of Bitnami's know no digest, so that one counts only where its field is there.
 */
const knownTemplates: ReadonlyMap<string, string> = new Map([
  [
    "common.images.image",
    "{{ with default .imageRoot.registry .global.imageRegistry }}{{ . }}/{{ end }}{{ .imageRoot.repository }}" +
      '{{ if and (hasKey .imageRoot "digest") .imageRoot.digest }}@{{ .imageRoot.digest }}' +
      "{{ else }}:{{ default .chart.AppVersion .imageRoot.tag }}{{ end }}",
  ],
]);

/**
 * The pieces of an image's text.
 * @param template the text behind `image:`, without quotes.
 * @param defines the bodies of the chart's named templates.
 * @param steps what stands in front of it.
 * @returns undefined if the result is not certain.
 */
export function imagePieces(
  template: string,
  defines: ReadonlyMap<string, string>,
  steps: readonly ScopeStep[] = [],
): ImagePieces | undefined {
  const root: Made = { kind: "root" };
  const variables = new Map<string, Made | undefined>([["$", root]]);
  const budget = { left: maxNodes };
  const start: Scope = { dot: root, variables, own: new Set(), defines, depth: 0, budget };
  const pieces = templatePieces(template, steps.reduce(afterStep, start));
  return pieces === undefined ? undefined : trimmed(pieces);
}

function afterStep(scope: Scope, step: ScopeStep): Scope {
  const made = (text: string): Made | undefined => {
    const pipeline = parsePipeline(text);
    return pipeline === undefined ? undefined : evaluate(pipeline, scope);
  };
  switch (step.kind) {
    case "assign":
      scope.variables.set(step.name, made(step.pipeline));
      return scope;
    case "forget":
      scope.variables.set(step.name, undefined);
      return scope;
    case "with":
      return { ...scope, dot: made(step.pipeline) };
    case "range":
      return { ...scope, dot: undefined };
  }
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
      if (node.declares) scope.own.add(node.name);
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
  const test = testOf(condition);
  if (test === undefined) return undefined;
  const then = branchPieces(node.then, node.kind === "with" ? condition : scope.dot, scope);
  const otherwise = branchPieces(node.otherwise, scope.dot, scope);
  if (then.pieces === undefined || otherwise.pieces === undefined) return undefined;
  // A variable that a branch sets is what the branch made of it.
  for (const name of scope.variables.keys()) {
    const [set, unset] = [then.variables.get(name), otherwise.variables.get(name)];
    if (set !== unset) scope.variables.set(name, chosen(test, set, unset));
  }
  if (then.pieces.length === 0 && otherwise.pieces.length === 0) return [];
  return [{ kind: "choice", test, set: trimmed(then.pieces), unset: trimmed(otherwise.pieces) }];
}

interface Branch {
  readonly pieces: ImagePieces | undefined;
  /** The variables of the scope around it, as they are behind it. */
  readonly variables: ReadonlyMap<string, Made | undefined>;
}

function branchPieces(nodes: readonly TemplateNode[], dot: Made | undefined, scope: Scope): Branch {
  const variables = new Map(scope.variables);
  const own = new Set<string>();
  const pieces = nodePieces(nodes, { ...scope, dot, variables, own });
  for (const name of own) variables.set(name, scope.variables.get(name));
  return { pieces, variables };
}

function chosen(test: ValueTest, one: Made | undefined, other: Made | undefined): Made | undefined {
  const [set, unset] = [asPieces(one), asPieces(other)];
  if (set === undefined || unset === undefined) return undefined;
  return { kind: "pieces", pieces: [{ kind: "choice", test, set, unset }] };
}

function asPieces(made: Made | undefined): ImagePieces | undefined {
  switch (made?.kind) {
    case "pieces":
    case "test":
      return made.pieces;
    case "values":
      return made.path.length > 0 ? [{ kind: "value", path: made.path, orElse: [] }] : undefined;
    case "nothing":
      return [];
    case "root":
    case "chart":
    case "dict":
    case undefined:
      return undefined;
  }
}

/** Whether a template takes what was made for true. */
function testOf(made: Made | undefined): ValueTest | undefined {
  switch (made?.kind) {
    case "root":
    case "chart":
      return { kind: "constant", value: true };
    case "dict":
      return { kind: "constant", value: made.entries.size > 0 };
    case "nothing":
      return { kind: "constant", value: false };
    case "values":
      return { kind: "value", path: made.path };
    case "test":
      return made.test;
    case "pieces":
      return { kind: "filled", pieces: made.pieces };
    case undefined:
      return undefined;
  }
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
  const isAlone = rest.length === 0 && piped.length === 0;
  if (first.kind !== "word") return isAlone ? operand(first, scope) : undefined;
  const args = [...rest.map((each) => operand(each, scope)), ...piped];
  if (first.name === "include") return included(args, scope);
  return functions.get(first.name)?.(args) ?? (isAlone ? operand(first, scope) : undefined);
}

type Args = readonly (Made | undefined)[];

/** A text function of which the image's text stays what it is. */
function sameText(args: Args): Made | undefined {
  return args.length === 1 ? pieces(asPieces(args[0])) : undefined;
}

type TemplateFunction = (args: Args) => Made | undefined;

/** The functions of Go's templates and of sprig whose result can be told. */
const known: Readonly<Record<string, TemplateFunction>> = {
  quote: sameText,
  squote: sameText,
  toString: sameText,
  trim: sameText,
  tpl: ([text]) => text,
  required: ([, value]) => value,
  default: ([otherwise, value, ...more]) =>
    more.length === 0 ? fallback(value, otherwise) : undefined,
  coalesce: firstFilled,
  or: (args) => {
    const tests = testsOf(args);
    if (tests === undefined) return undefined;
    return { kind: "test", test: { kind: "any", tests }, pieces: asPieces(firstFilled(args)) };
  },
  and: (args) => test(testsOf(args), (tests) => ({ kind: "all", tests })),
  not: ([one]) => test(testOf(one), (negated) => ({ kind: "not", test: negated })),
  empty: ([one]) => test(testOf(one), (negated) => ({ kind: "not", test: negated })),
  eq: equality,
  ne: (args) => {
    const equal = equality(args);
    return equal?.kind === "test"
      ? { ...equal, test: { kind: "not", test: equal.test } }
      : undefined;
  },
  hasKey: ([map, key]) => {
    const [name, field] = [literal(key), literal(key) ?? ""];
    if (name === undefined) return undefined;
    if (map?.kind === "nothing") return constant(false);
    if (map?.kind === "dict") return constant(map.entries.has(field));
    return map?.kind === "values"
      ? { kind: "test", test: { kind: "present", path: [...map.path, field] }, pieces: undefined }
      : undefined;
  },
  hasPrefix: ([text, of]) => textTest("begins", text, of),
  contains: ([text, of]) => textTest("contains", text, of),
  ternary: ([one, other, decides]) => {
    const decision = testOf(decides);
    return decision === undefined ? undefined : chosen(decision, one, other);
  },
  printf: printed,
  dict: dictionary,
  index: indexed,
  get: indexed,
};

const functions: ReadonlyMap<string, TemplateFunction> = new Map(Object.entries(known));

function test<Of>(of: Of | undefined, make: (of: Of) => ValueTest): Made | undefined {
  return of === undefined ? undefined : { kind: "test", test: make(of), pieces: undefined };
}

function constant(value: boolean): Made {
  return { kind: "test", test: { kind: "constant", value }, pieces: undefined };
}

function testsOf(args: Args): readonly ValueTest[] | undefined {
  const tests = args.map(testOf);
  return tests.every((one) => one !== undefined) ? tests : undefined;
}

function equality([one, ...others]: Args): Made | undefined {
  const own = asPieces(one);
  const rest = others.map(asPieces);
  if (own === undefined || !rest.every((each) => each !== undefined)) return undefined;
  return test(own, () => ({ kind: "equal", one: own, others: rest }));
}

function textTest(
  kind: "begins" | "contains",
  text: Made | undefined,
  of: Made | undefined,
): Made | undefined {
  const [wanted, inside] = [literal(text), asPieces(of)];
  if (wanted === undefined || inside === undefined) return undefined;
  return test(wanted, () => ({ kind, text: wanted, pieces: inside }));
}

/** The first of several values that is not empty. */
function firstFilled(args: Args): Made | undefined {
  return args.reduceRight<Made | undefined>(
    (otherwise, each, index) => (index === args.length - 1 ? each : fallback(each, otherwise)),
    undefined,
  );
}

function operand(one: Operand, scope: Scope): Made | undefined {
  switch (one.kind) {
    case "string":
      return { kind: "pieces", pieces: [{ kind: "text", text: one.text }] };
    case "group":
      return one.path.reduce(fieldOf, evaluate(one.pipeline, scope));
    case "word":
      if (one.name === "true" || one.name === "false") return constant(one.name === "true");
      if (/^\d{1,6}$/.test(one.name)) return pieces([{ kind: "text", text: one.name }]);
      if (one.name === "nil") return { kind: "nothing" };
      return one.name === "dict" ? { kind: "dict", entries: new Map() } : undefined;
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
      return made.entries.has(name) ? made.entries.get(name) : { kind: "nothing" };
    case "nothing":
      return made;
    case "test":
    case "pieces":
    case undefined:
      return undefined;
  }
}

function pieces(made: ImagePieces | undefined): Made | undefined {
  return made === undefined ? undefined : { kind: "pieces", pieces: made };
}

/** `default otherwise made`. */
function fallback(made: Made | undefined, otherwise: Made | undefined): Made | undefined {
  if (made?.kind === "nothing") return otherwise;
  // A map that is not there has no fields, as an empty one.
  if (made?.kind === "values" && otherwise?.kind === "dict" && otherwise.entries.size === 0) {
    return made;
  }
  const [own, rest] = [asPieces(made), asPieces(otherwise)];
  if (own === undefined || rest === undefined) return undefined;
  const [value, ...others] = own;
  if (value?.kind === "value" && others.length === 0) {
    const orElse =
      value.orElse.length === 0 ? rest : asPieces(fallback(pieces(value.orElse), otherwise));
    return orElse === undefined ? undefined : pieces([{ ...value, orElse }]);
  }
  const filled: ValueTest = { kind: "filled", pieces: own };
  return pieces([{ kind: "choice", test: filled, set: own, unset: rest }]);
}

/** `printf` with `%s` and `%v` alone. */
function printed([format, ...args]: Args): Made | undefined {
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

function dictionary(args: Args): Made | undefined {
  const entries = new Map<string, Made | undefined>();
  for (let at = 0; at + 1 < args.length; at += 2) {
    const key = literal(args[at]);
    const value = args[at + 1];
    if (key === undefined) return undefined;
    entries.set(key, value);
  }
  return { kind: "dict", entries };
}

function indexed([from, ...steps]: Args): Made | undefined {
  return steps.reduce<Made | undefined>((made, step) => {
    const name = literal(step);
    return name === undefined ? undefined : fieldOf(made, name);
  }, from);
}

function included([name, dot]: Args, { defines, depth, budget }: Scope): Made | undefined {
  const called = literal(name) ?? "";
  const body = defines.get(called) ?? knownTemplates.get(called);
  if (body === undefined || dot === undefined || depth >= maxIncludes) return undefined;
  const variables = new Map<string, Made | undefined>([["$", dot]]);
  const made = templatePieces(body, {
    ...{ dot, variables, own: new Set(), defines, depth: depth + 1, budget },
  });
  return made === undefined ? undefined : pieces(trimmed(made));
}
