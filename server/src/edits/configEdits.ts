// Edits that fix a configuration: keys renamed, added and removed, values changed, byte for byte.

import type { ConfigEntry, ConfigSource } from "../document/analysis.ts";
import { placeInScalar } from "../document/yaml/scalarPlaces.ts";
import type { Scalar } from "../document/yaml/yamlScalar.ts";
import type { ConfigFix } from "../knative/config/configProblem.ts";
import type { Change } from "./change.ts";
import { withoutEnd } from "../image/trim.ts";

/** A configuration and the text of the YAML document it stands in; changes count from there. */
export interface EditedConfig {
  readonly config: ConfigSource;
  readonly text: string;
}

/** The changes of a fix; undefined where the text's form leaves no safe way. */
export function configChanges(edited: EditedConfig, fix: ConfigFix): readonly Change[] | undefined {
  const { config, text } = edited;
  switch (fix.kind) {
    case "set-checksum":
      return config.checksum === undefined
        ? undefined
        : replaceValue(config.checksum, fix.checksum);
    case "add-key":
      return addKey(edited, fix.key, fix.value);
    case "rename-key": {
      const entry = findEntry(config, fix.key);
      return entry === undefined ? undefined : replaceValue(entry.key, fix.to);
    }
    case "remove-key": {
      const entry = findEntry(config, fix.key);
      return entry === undefined ? undefined : removeEntry(entry, text);
    }
    case "quote-value": {
      const value = findEntry(config, fix.key)?.value;
      return value === undefined
        ? undefined
        : [{ ...value.span, text: JSON.stringify(value.text) }];
    }
    case "join-items": {
      const entry = findEntry(config, fix.key);
      return entry === undefined ? undefined : joinItems(entry, text, fix.value);
    }
    case "change-value": {
      const value = findEntry(config, fix.key)?.value;
      return value === undefined ? undefined : changeValue(value, fix.change, text);
    }
  }
}

/** Changes a part of a value in place; a value with escapes and an empty block scalar are rewritten. */
export function changeValue(value: Scalar, wanted: Change, text: string): readonly Change[] {
  const before = value.text;
  const change = value.style === "block" ? beforeLastBreaks(before, wanted) : wanted;
  const { span, exact } = placeInScalar(value, change, text);
  // A plain value that gets its first comma may stand in a flow map, where a comma ends it.
  const needsQuotes =
    value.style === "plain" &&
    (before === "" || (change.text.includes(",") && !before.includes(",")));
  // Its lines do not say how far a new line must be indented.
  const isEmptyBlock = value.style === "block" && before.trim() === "";
  if (exact && !needsQuotes && !isEmptyBlock) return [{ ...span, text: change.text }];
  const after = before.slice(0, change.start) + change.text + before.slice(change.end);
  const ending = value.style === "block" ? lastLineBreak(value, text) : "";
  return [{ ...value.span, text: `${JSON.stringify(after)}${ending}` }];
}

/** Keeps a change off the line breaks that end a block scalar: without them the next key would become a part of it. */
function beforeLastBreaks(value: string, change: Change): Change {
  const most = value.trimEnd().length;
  return { ...change, start: Math.min(change.start, most), end: Math.min(change.end, most) };
}

/** The line break that ends a block scalar, which is part of its span; empty at the end of the text. */
function lastLineBreak({ span }: Scalar, text: string): string {
  const own = text.slice(span.start, span.end);
  return /\r?\n/.exec(own.slice(withoutEnd(own, " \t\r\n").length))?.[0] ?? "";
}

function findEntry(config: ConfigSource, key: string): ConfigEntry | undefined {
  return config.entries.find((entry) => entry.key.text === key);
}

function replaceValue(scalar: Scalar, text: string): readonly Change[] {
  return scalar.content === undefined
    ? [{ ...scalar.span, text: JSON.stringify(text) }]
    : [{ ...scalar.content, text }];
}

/** Puts the key in front of the first one, in the same indentation; nothing if the key is there in any form. */
function addKey(
  { config, text }: EditedConfig,
  key: string,
  value: string,
): readonly Change[] | undefined {
  const first = config.entries[0]?.key.span.start;
  if (first === undefined || findEntry(config, key) !== undefined) return undefined;
  const indentation = text.slice(lineStartOf(text, first), first);
  const written = `${key}: ${JSON.stringify(value)}`;
  if (indentation.trim() !== "") return [{ start: first, end: first, text: `${written}, ` }];
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  return [{ start: first, end: first, text: `${written}${lineBreak}${indentation}` }];
}

/** Removes the lines of an entry; in a flow map, whose entries share lines, only its text. */
function removeEntry({ key, place }: ConfigEntry, text: string): readonly Change[] | undefined {
  const start = lineStartOf(text, key.span.start);
  if (text.slice(start, key.span.start).trim() !== "") return undefined;
  // A block scalar ends behind its last line break, others before it.
  const endsLine = place.end > 0 && text[place.end - 1] === "\n";
  const lineEnd = endsLine ? place.end - 1 : text.indexOf("\n", place.end);
  const end = lineEnd < 0 ? text.length : lineEnd + 1;
  return /^[ \t]*(#.*)?\r?\n?$/.test(text.slice(endsLine ? end : place.end, end))
    ? [{ start, end, text: "" }]
    : undefined;
}

/** Puts a text in place of a sequence, behind the key: where a block sequence may stand, a text may not. */
function joinItems(
  { key, place, items }: ConfigEntry,
  text: string,
  value: string,
): readonly Change[] | undefined {
  const opening = text[place.start];
  const end = opening === "[" ? place.end : items?.at(-1)?.span.end;
  // The alias refers to a sequence elsewhere.
  if (end === undefined || (opening !== "[" && opening !== "-")) return undefined;
  const start = key.span.end;
  const isBare = /^[ \t]*:\s*$/.test(text.slice(start, place.start));
  // A comment between the items would be lost.
  if (!isBare || text.slice(place.start, end).includes("#")) return undefined;
  return [{ start, end, text: `: ${JSON.stringify(value)}` }];
}

function lineStartOf(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}
