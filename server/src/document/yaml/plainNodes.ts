// The nodes that the quick reading makes: made for every scalar, so that each costs as little as can be.

import type { Span } from "../span.ts";
import { unmasked } from "../templates/mask.ts";
import type { YamlEntry, YamlNode } from "./yamlDocument.ts";
import { contentSpan, type Scalar } from "./yamlScalar.ts";

function scalarOf(text: string, line: Span, style: Scalar["style"]): Scalar {
  const span = { start: line.start, end: line.end };
  const value = valueOf(text.slice(line.start, line.end), style);
  return {
    text: unmasked(value),
    isString: style !== "plain" || !isTyped(value),
    ...{ style, span },
    content: contentSpan(value, style, span, text),
    anchored: false,
  };
}

/** What a scalar of one line means; of escapes in double quotes it has only those of JSON. */
function valueOf(written: string, style: Scalar["style"]): string {
  switch (style) {
    case "double-quoted":
      return written.includes("\\") ? (JSON.parse(written) as string) : written.slice(1, -1);
    case "single-quoted":
      return written.slice(1, -1).replaceAll("''", "'");
    default:
      return written;
  }
}

/** Whether the core schema (YAML 1.2.2 §10.3.2) reads a plain scalar as null, boolean or number. */
function isTyped(value: string): boolean {
  if (!/^[-+.0-9~nNtTfF]/.test(value)) return value === "";
  return /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|0o[0-7]+|[-+]?[0-9]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/.test(
    value,
  );
}

const nothing: readonly never[] = [];

/** A node that holds no others. */
export abstract class PlainLeaf implements YamlNode {
  abstract readonly place: Span;
  abstract readonly source: string;
  abstract scalar(): Scalar;
  abstract text(): string | undefined;
  get(): undefined {
    return undefined;
  }
  entries(): readonly never[] {
    return nothing;
  }
  items(): readonly never[] {
    return nothing;
  }
  isMap(): boolean {
    return false;
  }
}

/** Made for every scalar of a document, but read for few: its value is built when it is read. */
export class PlainScalar extends PlainLeaf {
  readonly #text: string;
  readonly #line: Span;
  readonly #style: Scalar["style"];
  constructor(text: string, line: Span, style: Scalar["style"]) {
    super();
    this.#text = text;
    this.#line = line;
    this.#style = style;
  }
  get place(): Span {
    return { start: this.#line.start, end: this.#line.end };
  }
  get source(): string {
    return unmasked(this.#text.slice(this.#line.start, this.#line.end));
  }
  scalar(): Scalar {
    return scalarOf(this.#text, this.#line, this.#style);
  }
  text(): string | undefined {
    const { isString, text } = this.scalar();
    return isString ? text : undefined;
  }
}

/** A collection in brackets knows its place; of one in block style it is empty: callers that need it use the library. */
abstract class PlainCollection implements YamlNode {
  protected readonly document: string;
  readonly #start: number;
  #end: number;
  constructor(document: string, start: number) {
    this.document = document;
    this.#start = start;
    this.#end = start;
  }
  /** Tells where its closing bracket ends. */
  closeAt(end: number): this {
    this.#end = end;
    return this;
  }
  get place(): Span {
    return { start: this.#start, end: this.#end };
  }
  get source(): string {
    return unmasked(this.document.slice(this.#start, this.#end));
  }
  abstract get(key: string): YamlNode | undefined;
  abstract entries(): readonly YamlEntry[];
  abstract items(): readonly YamlNode[];
  abstract isMap(): boolean;
  scalar(): undefined {
    return undefined;
  }
  text(): undefined {
    return undefined;
  }
}

/** An entry of a map: where its key stands, with quotes if it has some. */
interface PlainEntry extends Span {
  readonly value: YamlNode;
}

/** How the key is written that begins at an offset. */
function keyStyle(text: string, start = 0): Scalar["style"] {
  return text[start] === '"' ? "double-quoted" : "plain";
}

export class PlainMap extends PlainCollection {
  /** Of equal keys the last one counts, at the place of the first, as the library's reading has it. */
  readonly #entries = new Map<string, PlainEntry>();
  add(entry: PlainEntry): void {
    const written = this.document.slice(entry.start, entry.end);
    this.#entries.set(valueOf(written, keyStyle(written)), entry);
  }
  get(key: string): YamlNode | undefined {
    return this.#entries.get(key)?.value;
  }
  entries(): readonly YamlEntry[] {
    return Array.from(this.#entries.values(), ({ start, end, value }) => ({
      key: scalarOf(this.document, { start, end }, keyStyle(this.document, start)),
      value,
    }));
  }
  items(): readonly never[] {
    return nothing;
  }
  isMap(): boolean {
    return true;
  }
}

export class PlainList extends PlainCollection {
  readonly #items: YamlNode[] = [];
  add(item: YamlNode): void {
    this.#items.push(item);
  }
  get(): undefined {
    return undefined;
  }
  entries(): readonly never[] {
    return nothing;
  }
  items(): readonly YamlNode[] {
    return this.#items;
  }
  isMap(): boolean {
    return false;
  }
}
