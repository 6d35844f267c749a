// Settings written inside `_example`, where Knative never reads them.

import { findConfigKey, type ConfigKey } from "./configKeys.ts";
import { exampleChecksum, isShippedExample } from "./exampleChecksum.ts";
import { trimSpaceRange } from "../go/goText.ts";
import { skipSet } from "../skipList/skipList.ts";
import { findUnknownKey } from "./unknownKey.ts";

/** A setting in the text of an example. Offsets are UTF-16 units of that text. */
export interface ExampleSetting {
  /** The key as it is written there. */
  readonly name: string;
  /** The key that it is, or that was meant. */
  readonly key: ConfigKey;
  /** The value without its quotes. */
  readonly value: string;
  /** Where the key begins. */
  readonly start: number;
  /** Where the value ends, its quote included. */
  readonly end: number;
}

/**
 * The settings of an example that were changed or added: keys at the start of a line, as Knative's own example
 * has them, whose value is neither the default nor one that a release shipped there. Comments are not settings.
 * An example that some release shipped has none.
 */
export function editedExampleSettings(example: string, version: string): readonly ExampleSetting[] {
  if (isShippedExample(exampleChecksum(example))) return [];
  return exampleSettings(example, version).filter((setting) => !isAsShipped(setting));
}

/** All settings of an example, in order: its keys that Knative would read at the top level, or that were meant so. */
function exampleSettings(example: string, version: string): readonly ExampleSetting[] {
  const settings: ExampleSetting[] = [];
  for (const line of example.matchAll(/^([A-Za-z][\w.-]*)[ \t]*:(?=\s|$)(.*)$/gm)) {
    const [whole, name = "", afterColon = ""] = line;
    const key = findConfigKey(name) ?? findUnknownKey(name, version)?.meant;
    if (key === undefined) continue;
    const valueStart = line.index + whole.length - afterColon.length;
    const block = /^[ \t]*[|>][-+0-9]*[ \t]*(?:#.*)?\r?$/.test(afterColon);
    const range = block
      ? blockRange(example, line.index + whole.length)
      : scalarRange(afterColon, valueStart);
    const value = example.slice(range.start, range.end);
    const quoted = /^(["'])(.*)\1$/.exec(value)?.[2];
    settings.push({ name, key, value: quoted ?? value, start: line.index, end: range.end });
  }
  return settings;
}

interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** The scalar of one line: in quotes up to the closing one, plain up to a comment. */
function scalarRange(text: string, offset: number): TextRange {
  const [written = ""] =
    /^[ \t]*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(text) ??
    /^.*?(?=[ \t]#|$)/.exec(text.replace(/\r$/, "")) ??
    [];
  const { start, end } = trimSpaceRange(written);
  return { start: offset + start, end: offset + end };
}

/** The indented lines that follow, without the white space around them. */
function blockRange(text: string, offset: number): TextRange {
  const block = /^(?:\r?\n(?:[ \t].*)?)*/.exec(text.slice(offset))?.[0] ?? "";
  const { start, end } = trimSpaceRange(block);
  return { start: offset + start, end: offset + end };
}

function isAsShipped({ key, value }: ExampleSetting): boolean {
  return [key.exampleValue, key.defaultValue, ...key.formerExampleValues].some(
    (known) => known === value || (key.type === "registries" && isSameList(known, value)),
  );
}

/** The order of the registries and the white space between them mean nothing. */
function isSameList(known: string | undefined, value: string): boolean {
  if (known === undefined) return false;
  const ours = skipSet(known);
  const theirs = skipSet(value);
  return ours.size === theirs.size && [...ours].every((registry) => theirs.has(registry));
}
