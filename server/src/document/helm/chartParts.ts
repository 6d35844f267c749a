// What one file of a Helm chart says: its values, the expressions that make images, its named templates.

import type { ScopeStep } from "./imagePieces.ts";
import type { ImageRole, Platform } from "../../knative/outcome.ts";
import type { ResourceId } from "../resources/resourceId.ts";
import type { DocumentOffset, Span } from "../span.ts";
import type { YamlNode } from "../yaml/yamlDocument.ts";
import type { Scalar } from "../yaml/yamlScalar.ts";

/** What a file is to the chart it lies in, by its path. */
export type ChartFile = "chart" | "values" | "template";

/** A value of a chart, with its field. */
export interface ValueField {
  readonly key: Scalar;
  readonly scalar: Scalar;
  readonly place: Span;
  /** Whether its map is written in braces. */
  readonly isFlow: boolean;
}

/** An image of a template that values make. */
export interface ImageExpression {
  /** The text behind `image:`, without quotes; both branches, if `if` and `else` choose between two lines. */
  readonly text: string;
  /** What stands in front of it in its document; undefined if that is more than is followed. */
  readonly steps: readonly ScopeStep[] | undefined;
  readonly place: Span;
  readonly role: ImageRole;
  readonly platform: Platform;
  readonly resource: ResourceId;
  readonly container: string | null;
  readonly followsKserveDefault: boolean;
}

/** A skip list of a template that values make. */
export interface SkipListExpression {
  /** The text of the value, without quotes. */
  readonly text: string;
  /** As for an image. */
  readonly steps: readonly ScopeStep[] | undefined;
  /** With its quotes. */
  readonly place: Span;
}

export interface ChartParts {
  /** By path, its steps joined by `valueSeparator`. */
  readonly values: ReadonlyMap<string, ValueField> | undefined;
  readonly expressions: readonly ImageExpression[];
  readonly skipLists: readonly SkipListExpression[];
  /** The bodies of named templates, by name. */
  readonly defines: ReadonlyMap<string, string>;
  /** Of Chart.yaml. */
  readonly appVersion: string | undefined;
  /** Of Chart.yaml: the charts that are parts of this one. */
  readonly dependencies: readonly ChartDependency[];
}

/** A chart that another one brings along. */
export interface ChartDependency {
  readonly name: string;
  /** The key of its values, if that is not its name. */
  readonly alias: string | undefined;
  /** `file://../web`, or where it is downloaded from. */
  readonly repository: string | undefined;
}

export const noChartParts: ChartParts = {
  values: undefined,
  expressions: [],
  skipLists: [],
  defines: new Map([]),
  appVersion: undefined,
  dependencies: [],
};

/** Stands in no key that a template could name by a field. */
export const valueSeparator = "\0";

/** What a path says a file is to a chart. @param path with slashes */
export function chartFile(path: string): ChartFile | undefined {
  if (/(?:^|\/)Chart\.ya?ml$/.test(path)) return "chart";
  if (/\/templates\/.*\.(?:ya?ml|tpl)$/.test(path)) return "template";
  return /(?:^|\/)(?:values(?:[-._][^/]*)?|[^/]*[-._]values)\.ya?ml$|\/values\/[^/]+\.ya?ml$/.test(
    path,
  )
    ? "values"
    : undefined;
}

/** The folder of the chart that a file belongs to, if it is one: ends without a slash. */
export function chartFolder(path: string, file: ChartFile): string {
  if (file === "template") {
    const end = path.indexOf("/templates/");
    return end < 0 ? path : path.slice(0, end);
  }
  const own = file === "chart" ? /\/?Chart\.ya?ml$/ : /(?:\/(?:values|ci))?\/?[^/]*$/;
  return path.replace(own, "");
}

/**
 * The text that a template makes of a value; null is an empty one.
 * @returns undefined for a number that Helm writes in another way, as `1.10` or one of many digits: it is read as a
 *   floating-point number.
 */
export function valueText({ scalar: { text, isString } }: ValueField): string | undefined {
  if (isString) return text;
  if (/^(?:~|null|Null|NULL)?$/.test(text)) return "";
  if (/^(?:true|false)$/.test(text) || isWrittenAsItIs(text)) return text;
  return /^[-+.\d]|^(?:true|false)$/i.test(text) ? undefined : text;
}

/** Whether Helm writes a number as it stands in the values. */
export function isWrittenAsItIs(text: string): boolean {
  return /^(?:0|[1-9]\d{0,5})(?:\.\d{0,8}[1-9])?$/.test(text);
}

/** Values read of one file at most, and how deep. */
const maxValues = 5000;
const maxDepth = 12;
const maxDependencies = 200;

/** The scalars of a values file by their paths; lists are left out, since templates name no item of theirs. */
export function readValues(root: YamlNode): ReadonlyMap<string, ValueField> {
  const values = new Map<string, ValueField>();
  const visit = (map: YamlNode, path: string, depth: number): void => {
    const isFlow = map.source.startsWith("{");
    for (const { key, value } of map.entries()) {
      if (values.size >= maxValues) return;
      const at = path === "" ? key.text : path + valueSeparator + key.text;
      const scalar = value.scalar();
      if (scalar !== undefined) values.set(at, { key, scalar, place: value.place, isFlow });
      else if (depth < maxDepth) visit(value, at, depth + 1);
    }
  };
  visit(root, "", 0);
  return values;
}

/** The application's version of a Chart.yaml. */
export function readAppVersion(root: YamlNode): string | undefined {
  return root.get("appVersion")?.scalar()?.text;
}

/** Whether a text, or a file's bytes, may hold named templates. */
export function holdsDefine(text: string | Buffer): boolean {
  return text.includes("define");
}

/** Whether a text may set variables, which hold in the documents behind it, too. */
export function setsVariables(text: string): boolean {
  return text.includes(":=");
}

/** The charts that a Chart.yaml, or an old requirements.yaml, names as parts. */
export function readDependencies(root: YamlNode): readonly ChartDependency[] {
  const items = root.get("dependencies")?.items() ?? [];
  return items.slice(0, maxDependencies).flatMap((item) => {
    const name = item.get("name")?.text();
    if (name === undefined) return [];
    return [{ name, alias: item.get("alias")?.text(), repository: item.get("repository")?.text() }];
  });
}

/** The named templates of a file (`{{ define "web.image" }} … {{ end }}`), each with its body. */
export function readDefines(text: string): ReadonlyMap<string, string> {
  return new Map(defineBodies(text).map(({ name, start, end }) => [name, text.slice(start, end)]));
}

/** Where the bodies of a file's named templates stand. */
export function defineBodies(text: string): readonly (Span & { readonly name: string })[] {
  const bodies: (Span & { readonly name: string })[] = [];
  const opening = /\{\{-?\s*define\s+"([^"\n]*)"\s*-?\}\}/g;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const body = bodyOf(text, opening.lastIndex);
    if (body === undefined) break;
    const start = opening.lastIndex;
    opening.lastIndex += body.length;
    bodies.push({ name: match[1] ?? "", start, end: opening.lastIndex });
  }
  return bodies;
}

/** The text up to the `end` that closes what was opened before it. */
function bodyOf(text: string, from: number): string | undefined {
  const action = /\{\{-?\s*(if|with|range|block|end)\b/g;
  action.lastIndex = from;
  let depth = 0;
  for (let match = action.exec(text); match !== null; match = action.exec(text)) {
    if (match[1] !== "end") depth += 1;
    else if (depth === 0) return text.slice(from, match.index);
    else depth -= 1;
  }
  return undefined;
}

/**
 * The expression of an image in a template: where `{{ else }}` and `{{ if }}` stand around its line and another image
 * stands between them, both branches.
 * @param text the YAML document. @param at where the image's value begins. @param own the value, without quotes.
 */
export function expressionAt(text: string, at: DocumentOffset, own: string): string {
  const [otherwise, other, condition] = linesBefore(text, at);
  if (!/^\{\{-?\s*else\s*-?\}\}$/.test(otherwise ?? "")) return own;
  const opening = /^\{\{-?\s*if\s[^{}]*\}\}$/.exec(condition ?? "")?.[0];
  const value = /^(?:-\s+)?image:\s*(\S.*)$/.exec(other ?? "")?.[1];
  if (opening === undefined || value === undefined) return own;
  return `${opening}${withoutQuotes(value)}{{ else }}${own}{{ end }}`;
}

/** Variables and open branches followed in front of one image at most. */
const maxSteps = 200;

/** What stands in front of each of several offsets, see `scopeReader`. */
export type ScopeReader = (at: number) => readonly ScopeStep[] | undefined;

/**
 * What stands in front of an offset of a template and decides what an expression there means: variables, and the
 * branches that are open there. An `if` around it is taken for true; undefined if there is more than is followed.
 * The text is walked through once: offsets are asked for in their order.
 * @param text a document or the whole file: for a template `---` is text like any other
 */
export function scopeReader(text: string): ScopeReader {
  const steps: (ScopeStep & { readonly declares?: boolean })[] = [];
  /** Where the steps of each open branch begin. */
  const open: number[] = [];
  let taken: readonly ScopeStep[] | undefined = [];
  const leave = (from: number): void => {
    for (const step of steps.splice(from)) {
      // What it declared ends with it; what it set of the variables outside is not known.
      if (step.kind === "forget" || (step.kind === "assign" && step.declares !== true)) {
        steps.push({ kind: "forget", name: step.name });
      }
    }
  };
  const take = ([, word, name, colon, rest = ""]: RegExpExecArray): void => {
    const pipeline = rest.replace(/-$/, "").trim();
    if (name !== undefined) {
      steps.push({ kind: "assign", name, pipeline, declares: colon === ":" });
    } else if (word === "end") leave(open.pop() ?? steps.length);
    else if (word === "else") leave(open.at(-1) ?? steps.length);
    else {
      open.push(steps.length);
      if (word === "with") steps.push({ kind: "with", pipeline });
      // What includes a named template hands it the root where it names `.Values`.
      else if (word !== "if" && word !== "define") steps.push({ kind: "range" });
    }
  };
  const action =
    /\{\{-?\s*(?:(if|with|range|block|define|else|end)\b|(\$\w+)\s*(:?)=)([^{}]*)\}\}/g;
  let next = action.exec(text);
  return (at) => {
    while (next !== null && next.index < at && taken !== undefined) {
      take(next);
      taken = steps.length > maxSteps || open.length > maxSteps ? undefined : [];
      next = action.exec(text);
      if (taken !== undefined && (next === null || next.index >= at)) taken = [...steps];
    }
    return taken;
  };
}

/** How far the lines before an image are looked for. */
const maxBack = 10_000;

/** The three lines before the one at an offset, trimmed, from the last to the first; blank ones are passed over. */
function linesBefore(text: string, at: DocumentOffset): readonly string[] {
  const lines: string[] = [];
  // What stands on one long line is not a template of several lines.
  if (!text.slice(Math.max(0, at - maxBack), at).includes("\n")) return lines;
  let end = text.lastIndexOf("\n", at - 1);
  while (end > 0 && lines.length < 3) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end).trim();
    if (line !== "") lines.push(line);
    end = start - 1;
  }
  return lines;
}

/** A scalar without the quotes around it. */
export function withoutQuotes(value: string): string {
  const [first, last] = [value[0], value.at(-1)];
  return value.length > 1 && first === last && (first === '"' || first === "'")
    ? value.slice(1, -1)
    : value;
}
