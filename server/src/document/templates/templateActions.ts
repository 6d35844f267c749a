// Finds the actions of template languages in a text: Go templates, Jinja, ERB.

import type { Span } from "../span.ts";

/**
 * The actions of a text in its order, in time that grows as the text does: `{{ … }}` (text/template, with its quotes and
 * comments), `{% … %}`, `{# … #}`, `<% … %>`. Those inside YAML's own comments are left out.
 */
export function findActions(text: string): Span[] {
  const found: Span[] = [];
  const opening = /\{\{|\{%|\{#|<%/g;
  const ends = new ActionEnds(text);
  let last = 0;
  let inComment = false;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const start = match.index;
    const before = text.slice(last, start);
    const line = before.lastIndexOf("\n");
    const own = line < 0 ? before : before.slice(line + 1);
    inComment = (line < 0 && inComment) || /(?:^|\s)#/.test(own);
    last = start;
    const end = ends.of(start);
    // In YAML's own comments an action changes nothing, and one that seems open there is none.
    if (end === undefined || (inComment && text.slice(start, end).includes("\n"))) continue;
    if (!inComment) found.push({ start, end });
    last = end;
    opening.lastIndex = end;
  }
  return found;
}

/** An action of more characters than this is none; a comment may have any length. */
const maxAction = 2000;

/** Finds where actions end. Remembers what it found ahead, so that nothing is searched twice. */
class ActionEnds {
  readonly #text: string;
  readonly #ahead = new Map<string, number>();
  /** Up to here quotes do not pair up, so that they are not looked at. */
  #unpaired = 0;
  constructor(text: string) {
    this.#text = text;
  }

  /** The end of the action that opens at a place; undefined if it is none. */
  of(start: number): number | undefined {
    const opening = this.#text.slice(start, start + 2);
    if (opening === "{%") return this.#closing("%}", start, maxAction);
    if (opening === "<%") return this.#closing("%>", start, maxAction);
    if (opening === "{#") return this.#closing("#}", start, Infinity);
    return this.#ofGo(start);
  }

  #ofGo(start: number): number | undefined {
    const comment = /\{\{-?\s?\/\*/y;
    comment.lastIndex = start;
    if (!comment.test(this.#text)) return this.#ofAction(start + 2);
    const inner = this.#closing("*/", comment.lastIndex, Infinity);
    const tail = /\s{0,2}-?\}\}/y;
    tail.lastIndex = inner ?? this.#text.length;
    return tail.test(this.#text) ? tail.lastIndex : undefined;
  }

  /** The end of `{{ … }}`, where braces inside quotes close nothing. */
  #ofAction(from: number): number | undefined {
    if (this.#next("}}", from) === this.#text.length) return undefined;
    const part = /\}\}|\{\{|"(?:[^"\\\n]|\\[^\n]){0,2000}"|`[^`]*`|"|`/g;
    part.lastIndex = from;
    while (from >= this.#unpaired && part.lastIndex < from + maxAction) {
      const match = part.exec(this.#text);
      if (match === null || match.index > from + maxAction) return undefined;
      const [found] = match;
      if (found === "}}") return part.lastIndex;
      if (found === "{{") return undefined;
      // A quote that stays open: another language's, or YAML's own.
      if (found.length === 1) this.#unpaired = this.#next("\n", match.index);
    }
    const end = this.#next("}}", from);
    return end < this.#next("\n", from) ? end + 2 : undefined;
  }

  #closing(mark: string, from: number, limit: number): number | undefined {
    const end = this.#next(mark, from);
    return end === this.#text.length || end - from > limit ? undefined : end + mark.length;
  }

  /** Where a mark comes next; the text's end if it does not. */
  #next(mark: string, from: number): number {
    const known = this.#ahead.get(mark) ?? -1;
    if (known >= from) return known;
    const at = this.#text.indexOf(mark, from);
    const next = at < 0 ? this.#text.length : at;
    this.#ahead.set(mark, next);
    return next;
  }
}
