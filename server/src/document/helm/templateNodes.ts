// Reads a Helm template's text into nodes, as far as templates of images go (Go's text/template).

/** What a template is made of. */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  /** `{{ pipeline }}` */
  | { readonly kind: "action"; readonly pipeline: Pipeline }
  /** `{{ $name := pipeline }}` or `{{ $name = pipeline }}` */
  | {
      readonly kind: "assign";
      readonly name: string;
      readonly pipeline: Pipeline;
      /** Whether it is a new variable, which ends with its branch. */
      readonly declares: boolean;
    }
  /** `{{ if pipeline }} … {{ else }} … {{ end }}`; `with` also makes the pipeline the dot of its first branch. */
  | {
      readonly kind: "if" | "with";
      readonly condition: Pipeline;
      readonly then: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
  /** Anything else: the result is unknown. */
  | { readonly kind: "unknown" };

/** Commands joined by `|`: each takes the result of the one before it as its last argument. */
export type Pipeline = readonly Command[];

/** A function with its arguments, or a single operand. */
export type Command = readonly Operand[];

export type Operand =
  /** `.Values.image.tag`, `$.Values.x`, `$image.tag`: a variable (`$` the root; undefined the dot) and fields. */
  | {
      readonly kind: "field";
      readonly variable: string | undefined;
      readonly path: readonly string[];
    }
  | { readonly kind: "word"; readonly name: string }
  | { readonly kind: "string"; readonly text: string }
  /** `(pipeline).field` */
  | { readonly kind: "group"; readonly pipeline: Pipeline; readonly path: readonly string[] };

/** Characters of a template at most: far more than a template of an image has. */
const maxLength = 20_000;
/** Branches inside branches, and groups inside groups, at most. */
const maxDepth = 20;
/** Characters of the fields behind a group at most. */
const maxFields = 500;

/**
 * The nodes of a template.
 * @returns undefined if it is too long, or its branches and quotes do not close.
 */
export function parseTemplate(template: string): readonly TemplateNode[] | undefined {
  if (template.length > maxLength) return undefined;
  const pieces = cut(template);
  if (pieces === undefined) return undefined;
  const reader = new NodeReader(pieces);
  const nodes = reader.read(0);
  return nodes !== undefined && reader.isAtEnd() ? nodes : undefined;
}

type PieceOfText = { readonly action: boolean; readonly text: string };

/** Cuts a text into actions and what stands between them, white space next to `{{-` and `-}}` removed. */
function cut(template: string): readonly PieceOfText[] | undefined {
  const pieces: PieceOfText[] = [];
  let at = 0;
  let trimNext = false;
  const add = (text: string, trimEnd: boolean): void => {
    let shown = trimNext ? text.trimStart() : text;
    if (trimEnd) shown = shown.trimEnd();
    if (shown !== "") pieces.push({ action: false, text: shown });
  };
  for (;;) {
    const open = template.indexOf("{{", at);
    if (open < 0) break;
    const close = template.indexOf("}}", open + 2);
    if (close < 0) return undefined;
    let inner = template.slice(open + 2, close);
    const trimsBefore = inner.startsWith("-");
    const trimsAfter = inner.endsWith("-");
    add(template.slice(at, open), trimsBefore);
    inner = inner.slice(trimsBefore ? 1 : 0, trimsAfter ? -1 : undefined).trim();
    if (!inner.startsWith("/*")) pieces.push({ action: true, text: inner });
    trimNext = trimsAfter;
    at = close + 2;
  }
  add(template.slice(at), false);
  return pieces;
}

/** Puts pieces together by their branches. */
class NodeReader {
  readonly #pieces: readonly PieceOfText[];
  #at = 0;
  constructor(pieces: readonly PieceOfText[]) {
    this.#pieces = pieces;
  }
  isAtEnd(): boolean {
    return this.#at >= this.#pieces.length;
  }
  /** Reads up to `else` or `end`, which stay. */
  read(depth: number): readonly TemplateNode[] | undefined {
    const nodes: TemplateNode[] = [];
    for (let piece = this.#pieces[this.#at]; piece !== undefined; piece = this.#pieces[this.#at]) {
      if (piece.action && /^(?:else|end)\b/.test(piece.text)) return nodes;
      this.#at += 1;
      if (!piece.action) nodes.push({ kind: "text", text: piece.text });
      else {
        const node = this.#action(piece.text, depth);
        if (node === undefined) return undefined;
        nodes.push(node);
      }
    }
    return nodes;
  }
  #action(text: string, depth: number): TemplateNode | undefined {
    const branch = /^(if|with)\s+(.*)$/s.exec(text);
    if (branch !== null)
      return this.#branch(branch[1] === "if" ? "if" : "with", branch[2] ?? "", depth);
    if (/^(?:range|define|block)\b/.test(text)) return undefined;
    const assign = /^(\$\w+)\s*(:?)=\s*(.*)$/s.exec(text);
    const pipeline = parsePipeline(assign?.[3] ?? text.replace(/^template\b/, "include"));
    if (pipeline === undefined) return { kind: "unknown" };
    return assign === null
      ? { kind: "action", pipeline }
      : { kind: "assign", name: assign[1] ?? "", pipeline, declares: assign[2] === ":" };
  }
  #branch(kind: "if" | "with", condition: string, depth: number): TemplateNode | undefined {
    if (depth > maxDepth) return undefined;
    const then = this.read(depth + 1);
    if (then === undefined) return undefined;
    const next = this.#pieces[this.#at];
    if (next === undefined) return undefined;
    this.#at += 1;
    let otherwise: readonly TemplateNode[] = [];
    const chained = /^else\s+(if|with)\s+(.*)$/s.exec(next.text);
    if (chained !== null) {
      const rest = this.#branch(chained[1] === "if" ? "if" : "with", chained[2] ?? "", depth + 1);
      if (rest === undefined) return undefined;
      otherwise = [rest];
    } else if (next.text === "else") {
      const rest = this.read(depth + 1);
      if (rest === undefined || this.#pieces[this.#at]?.text !== "end") return undefined;
      this.#at += 1;
      otherwise = rest;
    } else if (next.text !== "end") return undefined;
    const pipeline = parsePipeline(condition);
    if (pipeline === undefined) return { kind: "unknown" };
    return { kind, condition: pipeline, then, otherwise };
  }
}

const token = /\s*(?:([|()])|"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\$?\w*(?:\.\w+)+|\.|\$\w*)|(\w+))/y;

/** Reads the pipeline of an action; undefined if it has another form. */
export function parsePipeline(text: string): Pipeline | undefined {
  const source = text.trim();
  token.lastIndex = 0;
  const result = readPipeline(source, 0);
  return result?.end === source.length ? result.pipeline : undefined;
}

interface ReadPipeline {
  readonly pipeline: Pipeline;
  readonly end: number;
}

function readPipeline(source: string, from: number, depth = 0): ReadPipeline | undefined {
  if (depth > maxDepth) return undefined;
  const commands: Command[] = [];
  let command: Operand[] = [];
  let at = from;
  const finish = (end: number): ReadPipeline | undefined => {
    if (command.length === 0) return undefined;
    return { pipeline: [...commands, command], end };
  };
  while (at < source.length) {
    token.lastIndex = at;
    const match = token.exec(source);
    if (match === null) return undefined;
    const [, mark, quoted, raw, field, word] = match;
    at = token.lastIndex;
    if (mark === ")") return finish(at);
    if (mark === "|") {
      if (command.length === 0) return undefined;
      commands.push(command);
      command = [];
    } else if (mark === "(") {
      const inner = readPipeline(source, at, depth + 1);
      if (inner === undefined || source[inner.end - 1] !== ")") return undefined;
      const fields = /^(?:\.\w+)+/.exec(source.slice(inner.end, inner.end + maxFields))?.[0] ?? "";
      command.push({ kind: "group", pipeline: inner.pipeline, path: stepsOf(fields) });
      at = inner.end + fields.length;
    } else if (quoted !== undefined || raw !== undefined) {
      command.push({ kind: "string", text: quoted?.replace(/\\(.)/g, "$1") ?? raw ?? "" });
    } else if (field !== undefined) command.push(fieldOf(field));
    else command.push({ kind: "word", name: word ?? "" });
  }
  return finish(at);
}

function fieldOf(text: string): Operand {
  const [variable = "", ...path] = text.split(".");
  return {
    kind: "field",
    variable: variable === "" ? undefined : variable,
    path: path.filter((step) => step !== ""),
  };
}

function stepsOf(fields: string): readonly string[] {
  return fields.split(".").filter((step) => step !== "");
}
