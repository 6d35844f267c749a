// What a Helm template makes an image of: texts and values of the chart, read without running Helm.

import { append } from "../../base/append.ts";
import { createExpansionBudget, type ExpansionBudget } from "../expansionBudget.ts";
import {
  asPieces,
  chosen,
  fieldOf,
  pieces,
  roomBehind,
  testOf,
  type ImagePiece,
  type ImagePieces,
  type Made,
  type ScopeStep,
} from "./imagePieces.ts";
import { constant, literal, templateFunctions, type Args } from "./templateFunctions.ts";
import {
  parsePipeline,
  parseTemplate,
  type Command,
  type Operand,
  type Pipeline,
  type TemplateNode,
} from "./templateNodes.ts";

interface Scope {
  /** Undefined where it is unknown. */
  readonly dot: Made | undefined;
  readonly variables: Map<string, Made | undefined>;
  /** The variables that this branch declares: they end with it. */
  readonly own: Set<string>;
  /** The named templates of the chart. */
  readonly defines: ReadonlyMap<string, string>;
  /** How many named templates it is inside of. */
  readonly depth: number;
  /** What may still be read and made: named templates that include others multiply, and so do variables. */
  readonly budget: ExpansionBudget;
}

/** Named templates inside named templates at most. */
const maxIncludes = 8;
/** Pieces of one result at most, those of all branches: the common starter charts need about twenty. */
export const maxPieces = 1000;
/** Characters and pieces read for one image: 100 named templates of the usual length. */
const maxSteps = 100_000;

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
 * @param all what may be read for all images together.
 * @returns undefined if the result is not certain, or would be too large.
 */
export function imagePieces(
  template: string,
  defines: ReadonlyMap<string, string>,
  steps: readonly ScopeStep[] = [],
  all = createExpansionBudget(maxSteps),
): ImagePieces | undefined {
  const root: Made = { kind: "root" };
  const variables = new Map<string, Made | undefined>([["$", root]]);
  const own = createExpansionBudget(maxSteps);
  const budget: ExpansionBudget = {
    take: (wanted) => own.take(wanted) && all.take(wanted),
    get isSpent() {
      return own.isSpent || all.isSpent;
    },
  };
  const start: Scope = { dot: root, variables, own: new Set(), defines, depth: 0, budget };
  const pieces = templatePieces(template, steps.reduce(afterStep, start));
  if (budget.isSpent) return undefined;
  return pieces === undefined ? undefined : trimmed(pieces);
}

function afterStep(scope: Scope, step: ScopeStep): Scope {
  const made = (text: string): Made | undefined => {
    const pipeline = scope.budget.take(text.length) ? parsePipeline(text) : undefined;
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
  const nodes = scope.budget.take(template.length) ? parseTemplate(template) : undefined;
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
  let left = maxPieces;
  for (const node of nodes) {
    const pieces = piecesOfNode(node, scope);
    if (pieces === undefined) return undefined;
    left = roomBehind(pieces, left);
    if (left < 0) return undefined;
    append(made, pieces);
  }
  return scope.budget.take(maxPieces - left) ? made : undefined;
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
    if (set !== unset) scope.variables.set(name, small(chosen(test, set, unset), scope));
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
  const made = small(templateFunctions.get(first.name)?.(args), scope);
  return made ?? (isAlone ? operand(first, scope) : undefined);
}

/** What a function made of its arguments, each of which is small; undefined if it is not. */
function small(made: Made | undefined, scope: Scope): Made | undefined {
  if (made?.kind === "pieces") return mayMake(made.pieces, scope) ? made : undefined;
  if (made?.kind !== "test") return made;
  return mayMake([{ kind: "choice", test: made.test, set: made.pieces ?? [], unset: [] }], scope)
    ? made
    : undefined;
}

function mayMake(made: ImagePieces, { budget }: Scope): boolean {
  const left = roomBehind(made, maxPieces);
  return left >= 0 && budget.take(maxPieces - left);
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
