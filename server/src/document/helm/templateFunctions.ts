// The functions of Go's templates and of sprig, as far as their result is known without running Helm.

import { append } from "../../base/append.ts";
import {
  asPieces,
  chosen,
  fieldOf,
  pieces,
  testOf,
  type ImagePiece,
  type Made,
  type ValueTest,
} from "./imagePieces.ts";

export type Args = readonly (Made | undefined)[];

/** A text function of which the image's text stays what it is. */
function sameText(args: Args): Made | undefined {
  return args.length === 1 ? pieces(asPieces(args[0])) : undefined;
}

type TemplateFunction = (args: Args) => Made | undefined;

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

export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries(known),
);

function test<Of>(of: Of | undefined, make: (of: Of) => ValueTest): Made | undefined {
  return of === undefined ? undefined : { kind: "test", test: make(of), pieces: undefined };
}

export function constant(value: boolean): Made {
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
    append(made, arg);
  }
  return pieces(made);
}

/** A fixed text; undefined if it depends on anything. */
export function literal(made: Made | undefined): string | undefined {
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
