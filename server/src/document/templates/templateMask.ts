// Hides template languages from the YAML reader without moving a character: what they put into lines reads as plain
// text, and lines that hold nothing else read as comments.

import { touchedBy, type Span } from "../span.ts";
import { Mask, usesMasks } from "./mask.ts";
import { findActions } from "./templateActions.ts";
import {
  blockScalarLines,
  groupsOf,
  keyColumn,
  linesOf,
  nextRealLines,
  type Group,
  type Line,
} from "./templateLines.ts";

/** A placeholder that is a line of its own (`__CONTAINERS__`, `${SPEC}`, `%{ if x }`, `[[ range .Services ]]`). */
const lonePlaceholder =
  /^[ \t]*(?:__[A-Z][A-Z0-9_]*__|@[A-Za-z_][\w.-]*@|%[A-Z_][A-Z0-9_]*%|%\{[^\n{}]*\}|\$\{[^\n{}]*\}|\$[A-Z_][A-Z0-9_]*|\[\[-?[ \t]*(?:range|end|if|else|with|template|include|define|block|[.$])[^\n[\]]*\]\])[ \t]*\r?$/gm;

/** Whether a text may hold anything that is masked: most manifests end here. */
const mayHold =
  /\{[{%#]|<%|[:-][ \t]+(?:[@%]|#[@{]|\{[^\s{}"'#,:[\]]|\[\[)|^[ \t]*(?:__[A-Z]|@[A-Za-z_]|%[A-Z_{]|\$[A-Z_{]|\[\[)/m;

/**
 * A longer document is not masked. Each line with an action takes 7 µs and 600 bytes, so that one of this length that is
 * made of them takes five seconds and 400 MB. In UTF-16 units.
 */
const maxLength = 5_000_000;

/**
 * The text with template actions (`{{ … }}`, `{% … %}`, `{# … #}`, `<% … %>`), ytt's values (`image: #@ …`) and
 * placeholders that YAML does not read without quotes (`{name}/app`, `@NAME@`, `%NAME%`) made harmless.
 * Its length and every offset stay the same; `unmasked` gives back what was written.
 */
export function maskTemplates(text: string): string {
  if (text.length > maxLength || !mayHold.test(text) || usesMasks(text)) return text;
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
  const isInAction = touchedBy(actions);
  return [
    ...actions,
    ...lone.filter(
      (span) => !isInBlock(span) && !isInAction({ start: span.start, end: span.start }),
    ),
  ].sort((a, b) => a.start - b.start);
}

interface Around {
  readonly mask: Mask;
  readonly lines: readonly Line[];
  /** See `nextRealLines`; -1 where there is none. */
  readonly next: readonly number[];
}

function maskGroups(groups: readonly Group[], around: Around): void {
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
function maskInline(group: Group, { mask, lines, next }: Around): void {
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

type Run = Pick<Group, "start" | "end" | "first" | "last">;

/** Whether actions on lines of their own are all that stands below a key: they make its value. */
function isValueOfKey(run: Run, { mask, lines, next }: Around): boolean {
  let above = run.first - 1;
  while (above >= 0 && lines[above]?.isReal !== true) above -= 1;
  const line = lines[above];
  if (line === undefined) return false;
  const key = mask.text.slice(line.start, line.end);
  if (!/:[ \t]*(?:[ \t]#.*)?\r?$/.test(key) || /\{\{|\{%|<%/.test(key)) return false;
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
  { mask, lines, next }: Around,
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

/** Where the value of a line begins, behind its dashes and its key, if YAML could not read it as text. */
const oddValue = /^([ \t]*(?:-[ \t]+)*(?:["']?[\w./-]+["']?[ \t]*:[ \t]+)?)(?=[{#@%[])/gm;

/** Values that no tool's action makes odd, but the marks of a placeholder. */
function maskValues({ mask, lines, next }: Around): void {
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
