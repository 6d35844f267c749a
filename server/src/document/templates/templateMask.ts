// Hides template languages from the YAML reader without moving a character: what they put into lines reads as plain
// text, and lines that hold nothing else read as comments.

import type { Span } from "../span.ts";
import { findActions } from "./templateActions.ts";

/**
 * A masked character is its code behind this one, in a private area of Unicode: YAML gives none of them a meaning. A
 * text that uses the area itself is not masked.
 */
const base = 0xe000;
const maskedCharacter = /[\ue000-\ue07f]/g;
/** `#` and one of these stand for the two characters that open an action on lines of its own. */
const openings = ["{{", "{%", "{#", "<%"] as const;
const openingBase = 0xe080;
const maskedOpening = /#([\ue080-\ue083])/g;
const anyMasked = /[\ue000-\ue083]/;

/** A placeholder that is a line of its own (`__CONTAINERS__`, `${SPEC}`, `%{ if x }`, `[[ range .Services ]]`). */
const lonePlaceholder =
  /^[ \t]*(?:__[A-Z][A-Z0-9_]*__|@[A-Za-z_][\w.-]*@|%[A-Z_][A-Z0-9_]*%|%\{[^\n{}]*\}|\$\{[^\n{}]*\}|\$[A-Z_][A-Z0-9_]*|\[\[-?[ \t]*(?:range|end|if|else|with|template|include|define|block|[.$])[^\n[\]]*\]\])[ \t]*\r?$/gm;

/** Whether a text may hold anything that is masked: most manifests end here. */
const mayHold =
  /\{[{%#]|<%|[:-][ \t]+[{#@%[]|^[ \t]*(?:__[A-Z]|@[A-Za-z_]|%[A-Z_{]|\$[A-Z_{]|\[\[)/m;

/**
 * A longer document is not masked. Each line with an action takes 7 µs and 600 bytes, so that one of this length that is
 * made of them takes five seconds and 400 MB. In UTF-16 units.
 */
const maxLength = 5_000_000;

interface Line extends Span {
  readonly indent: number;
  /** Whether it says something to YAML: it is not blank, no comment, and not made of actions alone. */
  isReal: boolean;
}

/**
 * The text with template actions (`{{ … }}`, `{% … %}`, `{# … #}`, `<% … %>`), ytt's values (`image: #@ …`) and
 * placeholders that YAML does not read without quotes (`{name}/app`, `@NAME@`, `%NAME%`) made harmless.
 * Its length and every offset stay the same; `unmasked` gives back what was written.
 */
export function maskTemplates(text: string): string {
  if (text.length > maxLength || !mayHold.test(text) || anyMasked.test(text)) return text;
  const lines = linesOf(text);
  const actions = withLonePlaceholders(findActions(text), text, lines);
  const groups = groupsOf(text, actions, lines);
  const mask = new Mask(text);
  const next = nextRealLines(lines);
  maskGroups(groups, { mask, lines, next });
  maskValues({ mask, lines, next });
  return mask.result();
}

/** Whether a text is a template that is too long to be read as one. */
export function isTooLongTemplate(text: string): boolean {
  return text.length > maxLength && /\{\{|\{%|<%/.test(text);
}

/** Whether a line of its own is a placeholder, which may stand for several lines. */
export function hasLonePlaceholder(text: string): boolean {
  return text.search(lonePlaceholder) >= 0;
}

/** What was written where a text was masked. */
export function unmasked(text: string): string {
  if (!anyMasked.test(text)) return text;
  return text
    .replace(maskedOpening, (_, mark: string) => openings[mark.charCodeAt(0) - openingBase] ?? "")
    .replace(maskedCharacter, (mark) => String.fromCharCode(mark.charCodeAt(0) - base));
}

/** Puts a masked text together, from its beginning to its end. */
class Mask {
  readonly text: string;
  readonly #changes: { readonly start: number; readonly text: string }[] = [];
  constructor(text: string) {
    this.text = text;
  }
  /** Makes a stretch read as letters: it becomes (part of) one scalar, its line breaks too. */
  asText({ start, end }: Span): void {
    this.#changes.push({ start, text: masked(this.text.slice(start, end)) });
  }
  /** Makes a stretch read as a comment on each of its lines. @param column how deep it begins in each. */
  asComment({ start, end }: Span, column = 0): void {
    let at = start;
    for (const piece of this.text.slice(start, end).split("\n")) {
      this.#changes.push({ start: at, text: commentOf(piece, column) });
      at += piece.length + 1;
    }
  }
  result(): string {
    let result = "";
    let at = 0;
    for (const { start, text } of this.#changes.sort((a, b) => a.start - b.start)) {
      if (start < at) continue;
      result += this.text.slice(at, start) + text;
      at = start + text.length;
    }
    return result + this.text.slice(at);
  }
}

function masked(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x80 ? String.fromCharCode(base + code) : character;
  });
}

function commentOf(line: string, column: number): string {
  const isCrLf = line.endsWith("\r");
  const content = isCrLf ? line.slice(0, -1) : line;
  const ending = isCrLf ? "\r" : "";
  if (content.length <= column) return " ".repeat(content.length) + ending;
  const opening = openings.indexOf(content.slice(column, column + 2) as (typeof openings)[number]);
  const rest =
    opening < 0
      ? masked(content.slice(column + 1))
      : String.fromCharCode(openingBase + opening) + masked(content.slice(column + 2));
  return `${" ".repeat(column)}#${rest}${ending}`;
}

/** Actions together with placeholders on lines of their own; inside block scalars such a line is text. */
function withLonePlaceholders(
  actions: readonly Span[],
  text: string,
  lines: readonly Line[],
): readonly Span[] {
  const lone = [...text.matchAll(lonePlaceholder)].map(({ index, 0: { length } }): Span => {
    const line = text.slice(index, index + length);
    return { start: index + line.search(/[^ \t]/), end: index + line.trimEnd().length };
  });
  if (lone.length === 0) return actions;
  const blocks = blockScalarLines(text, lines);
  const numbers = new Map(lines.map(({ start }, number) => [start, number]));
  const isInBlock = ({ start }: Span): boolean =>
    blocks[numbers.get(text.lastIndexOf("\n", start) + 1) ?? -1] !== undefined;
  let action = 0;
  const isInAction = ({ start }: Span): boolean => {
    while ((actions[action]?.end ?? Infinity) <= start) action += 1;
    return (actions[action]?.start ?? Infinity) <= start;
  };
  return [...actions, ...lone.filter((span) => !isInBlock(span) && !isInAction(span))].sort(
    (a, b) => a.start - b.start,
  );
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length;) {
    const end = endOfLine(text, start);
    const content = /^\ufeff?([ \t]*)(.?)/.exec(text.slice(start, end));
    const first = content?.[2] ?? "";
    const isReal = first !== "" && first !== "#" && first !== "\r";
    lines.push({ start, end, indent: content?.[1]?.length ?? 0, isReal });
    start = end + 1;
  }
  return lines;
}

/** Actions of one line (or that begin on the line where another ends) with nothing between them. */
interface Group {
  readonly actions: readonly Span[];
  readonly start: number;
  readonly end: number;
  /** The lines on which it begins and ends. */
  readonly first: number;
  readonly last: number;
  /** Whether its lines hold nothing else. */
  readonly isAlone: boolean;
}

function groupsOf(text: string, actions: readonly Span[], lines: Line[]): Group[] {
  const joined: Span[][] = [];
  for (const action of actions) {
    const open = joined.at(-1);
    const end = open?.at(-1)?.end ?? -1;
    if (open !== undefined && /^[ \t]*$/.test(text.slice(end, action.start))) open.push(action);
    else joined.push([action]);
  }
  let line = 0;
  return joined.map((group) => {
    const [start, end] = [group[0]?.start ?? 0, group.at(-1)?.end ?? 0];
    while ((lines[line]?.end ?? text.length) < start) line += 1;
    const first = line;
    while ((lines[line]?.end ?? text.length) < end) line += 1;
    const before = text.slice(lines[first]?.start, start);
    const after = text.slice(end, lines[line]?.end);
    const isAlone = /^\ufeff?[ \t]*$/.test(before) && /^[ \t]*(?:#.*)?\r?$/.test(after);
    for (const covered of lines.slice(isAlone ? first : first + 1, line + 1))
      covered.isReal = false;
    return { actions: group, start, end, first, last: line, isAlone };
  });
}

/** For each line the next one behind it that says something; its own number where there is none. */
function nextRealLines(lines: readonly Line[]): number[] {
  const next = new Array<number>(lines.length).fill(-1);
  for (let index = lines.length - 2; index >= 0; index -= 1) {
    next[index] = lines[index + 1]?.isReal === true ? index + 1 : (next[index + 1] ?? -1);
  }
  return next;
}

interface Surroundings {
  readonly mask: Mask;
  readonly lines: readonly Line[];
  /** See `nextRealLines`; -1 where there is none. */
  readonly next: readonly number[];
}

function maskGroups(groups: readonly Group[], around: Surroundings): void {
  const { mask, lines } = around;
  const blocks = blockScalarLines(mask.text, lines);
  for (let index = 0; index < groups.length; index += 1) {
    const group = groups[index];
    if (group === undefined) continue;
    if (!group.isAlone) {
      maskInline(group, around);
      continue;
    }
    let until = index;
    while (isNextTo(groups[until], groups[until + 1], lines)) until += 1;
    const last = groups[until] ?? group;
    const run = { start: group.start, end: last.end, first: group.first, last: last.last };
    if (isValueOfKey(run, around)) mask.asText(run);
    else for (const each of groups.slice(index, until + 1)) maskAlone(each, blocks, around);
    index = until;
  }
}

/** Whether a group follows another with nothing but blank lines and comments between. */
function isNextTo(
  group: Group | undefined,
  following: Group | undefined,
  lines: readonly Line[],
): boolean {
  if (group === undefined || following?.isAlone !== true) return false;
  return !lines.slice(group.last + 1, following.first).some(({ isReal }) => isReal);
}

/** Actions inside a line are letters; before lines that go on deeper they stand for more such lines. */
function maskInline(group: Group, { mask, lines, next }: Surroundings): void {
  const line = lines[group.first];
  const before = mask.text.slice(line?.start, group.start);
  const after = mask.text.slice(group.end, lines[group.last]?.end);
  const isWholeValue = /[:-][ \t]+$/.test(before) && /^[ \t]*(?:#.*)?\r?$/.test(after);
  if (isWholeValue && goesOn(keyColumn(before), next[group.last], lines)) mask.asComment(group);
  else for (const action of group.actions) mask.asText(action);
}

/** Whether the next line is deeper than a key, so that it belongs to it. */
function goesOn(column: number, next: number | undefined, lines: readonly Line[]): boolean {
  return (lines[next ?? -1]?.indent ?? 0) > column;
}

/** The column of a key in the text before it: behind the dashes of a list. */
function keyColumn(before: string): number {
  return /^[ \t]*(?:-[ \t]+)*/.exec(before)?.[0].length ?? 0;
}

type Run = Pick<Group, "start" | "end" | "first" | "last">;

/** Whether actions on lines of their own are all that stands below a key: they make its value. */
function isValueOfKey(run: Run, { mask, lines, next }: Surroundings): boolean {
  let above = run.first - 1;
  while (above >= 0 && lines[above]?.isReal !== true) above -= 1;
  const key = mask.text.slice(lines[above]?.start, lines[above]?.end);
  if (above < 0 || !/:[ \t]*(?:[ \t]#.*)?\r?$/.test(key) || /\{\{|\{%|<%/.test(key)) return false;
  const column = keyColumn(key);
  if ((lines[run.first]?.indent ?? 0) <= column) return false;
  const following = lines[next[run.last] ?? -1];
  if (following === undefined) return true;
  const isItem = /^[ \t]*-(?:[ \t]|\r?$)/.test(mask.text.slice(following.start, following.end));
  return following.indent < column || (following.indent === column && !isItem);
}

function maskAlone(
  group: Group,
  blocks: readonly (number | undefined)[],
  { mask, lines, next }: Surroundings,
): void {
  const block = blocks[group.first];
  const depth = lines[next[group.last] ?? -1]?.indent ?? 0;
  // Inside a block scalar the lines stay as deep as its text, or they would end it.
  if (block === undefined || depth <= block) mask.asComment(group);
  else {
    const start = lines[group.first]?.start ?? group.start;
    mask.asComment({ start, end: lines[group.last]?.end ?? group.end }, depth);
  }
}

/** For each line inside a block scalar (`|`, `>`) the indentation of the line that opens it. */
function blockScalarLines(text: string, lines: readonly Line[]): (number | undefined)[] {
  let open: number | undefined;
  return lines.map(({ start, end, indent, isReal }) => {
    if (isReal && open !== undefined && indent <= open) open = undefined;
    const inside = open;
    const line = isReal && open === undefined ? text.slice(start, end) : "";
    if (/[:-][ \t]+[|>][-+0-9]{0,2}[ \t]*(?:#.*)?\r?$/.test(line)) {
      const column = keyColumn(line);
      open = /^[|>]/.test(line.slice(column)) ? line.lastIndexOf("-", column) : column;
    }
    return inside;
  });
}

/** Where the value of a line begins, behind its dashes and its key, if YAML could not read it as text. */
const oddValue = /^([ \t]*(?:-[ \t]+)*(?:["']?[\w./-]+["']?[ \t]*:[ \t]+)?)(?=[{#@%[])/gm;

/** Values that no tool's action makes odd, but the marks of a placeholder. */
function maskValues({ mask, lines, next }: Surroundings): void {
  let line = 0;
  for (const match of mask.text.matchAll(oddValue)) {
    const [before] = match;
    const start = match.index + before.length;
    while ((lines[line]?.end ?? mask.text.length) < start) line += 1;
    const isValue = /[:-][ \t]+$/.test(before);
    const end = lines[line]?.end ?? start;
    const value = mask.text.slice(start, end).trimEnd();
    const length = oddLength(value);
    if (!isValue || length === 0) continue;
    // An annotation of ytt stands behind a key whose value follows.
    if (value.startsWith("#@") && goesOn(keyColumn(before), next[line], lines)) continue;
    mask.asText({ start, end: start + length });
  }
}

/** How much of a value has to be masked to be read as text; 0 if nothing. */
function oddLength(value: string): number {
  if (value.startsWith("#@")) return /^#@[ \t]/.test(value) ? value.length : 0;
  const braces = /^\{[^\s{}"'#,:[\]]+\}(?=[^\s,\]}])/.exec(value)?.[0];
  const brackets = /^\[\[[^[\]"',]+\]\](?=[^\s,\]}])/.exec(value)?.[0];
  const octopus = /^#\{[^\s{}]+\}/.exec(value)?.[0];
  const marked = /^(?:@{1,2}[\w.-]+@|%{1,2}[\w.-]+%|%[({])/.test(value) ? 1 : 0;
  return braces?.length ?? brackets?.length ?? octopus?.length ?? marked;
}
