// The lines of a text with template actions: which say something to YAML, and which actions stand together.

import type { Span } from "../span.ts";

/** A line of a template. */
export interface Line extends Span {
  readonly indent: number;
  /** Whether it says something to YAML: it is not blank, no comment, and not made of actions alone. */
  isReal: boolean;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The lines of a text. */
export function linesOf(text: string): Line[] {
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
export interface Group {
  readonly actions: readonly Span[];
  readonly start: number;
  readonly end: number;
  /** The lines on which it begins and ends. */
  readonly first: number;
  readonly last: number;
  /** Whether its lines hold nothing else. */
  readonly isAlone: boolean;
}

/**
 * Puts actions together. Lines that they fill are no longer real.
 * @param actions in the order in which they stand
 */
export function groupsOf(text: string, actions: readonly Span[], lines: Line[]): Group[] {
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
export function nextRealLines(lines: readonly Line[]): number[] {
  const next = new Array<number>(lines.length).fill(-1);
  for (let index = lines.length - 2; index >= 0; index -= 1) {
    next[index] = lines[index + 1]?.isReal === true ? index + 1 : (next[index + 1] ?? -1);
  }
  return next;
}

/** The column of a key in the text before it: behind the dashes of a list. */
export function keyColumn(before: string): number {
  return /^[ \t]*(?:-[ \t]+)*/.exec(before)?.[0].length ?? 0;
}

/** For each line inside a block scalar (`|`, `>`) the indentation of the line that opens it. */
export function blockScalarLines(text: string, lines: readonly Line[]): (number | undefined)[] {
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
