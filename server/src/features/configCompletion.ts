// What can be typed next in a `config-deployment`: keys, values, and registries for the skip list.

import type { FileOffset } from "../document/span.ts";
import type { ConfigSource } from "../document/analysis.ts";
import { partAt, type FileReading } from "../findings/reading.ts";
import { configKeys, findConfigKey, type ConfigKey } from "../knative/config/configKeys.ts";
import { parseSkipList } from "../knative/skipList/skipList.ts";
import { isAtLeast } from "../knative/config/versionProfile.ts";

export type ConfigProposal =
  | {
      readonly kind: "key";
      readonly key: ConfigKey;
      readonly replaces: number;
      /** Where a colon stands behind the key already: how many characters up to there are replaced, too. */
      readonly upToColon: number | undefined;
    }
  | {
      readonly kind: "value";
      readonly text: string;
      /** What is written, where it is not the text itself: a value of YAML's own kind needs quotes. */
      readonly written: string;
      readonly replaces: number;
    };

export interface ConfigQuestion {
  readonly reading: FileReading;
  readonly offset: FileOffset;
  /** The registries of the workspace's images. */
  readonly registries: readonly string[];
  readonly version: string;
}

/** The proposals at an offset; empty where no configuration stands. */
export function configCompletions(question: ConfigQuestion): ConfigProposal[] {
  const { reading, offset } = question;
  const part = partAt(reading, offset);
  if (part === undefined) return [];
  const lineStart = reading.text.lastIndexOf("\n", offset - 1) + 1;
  const line = reading.text.slice(lineStart, offset);
  const [config] = part.document.configs;
  if (config === undefined || !isInside(reading.text.slice(part.start, lineStart), line)) return [];
  const value = /^\s*["']?([\w-]+)["']?:\s+(.*)$/.exec(line);
  if (value?.[1] !== undefined) return valueProposals(value[1], value[2] ?? "", question);
  const upToColon = /^([\w-]*)\s*:/.exec(reading.text.slice(offset, offset + maxKey))?.[1]?.length;
  return keyProposals(config, { line, upToColon }, question.version);
}

/** No key is longer than this. */
const maxKey = 200;

/**
 * Whether a line is one of the configuration's own: the nearest line above that is less indented opens
 * its map. Derived from the lines, since a half-typed line is often not valid YAML.
 */
function isInside(text: string, line: string): boolean {
  const depth = indentation(line);
  const parent = text
    .split("\n")
    .findLast((above) => above.trim() !== "" && indentation(above) < depth);
  return parent !== undefined && /^\s*(data|deployment|config-deployment):\s*(#.*)?$/.test(parent);
}

function indentation(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

function keyProposals(
  config: ConfigSource,
  { line, upToColon }: { readonly line: string; readonly upToColon: number | undefined },
  version: string,
): ConfigProposal[] {
  const typed = /^\s*([\w-]*)$/.exec(line)?.[1];
  if (typed === undefined) return [];
  const present = config.entries.map(({ key }) => key.text);
  return configKeys
    .filter((key) => key.until === undefined && isAtLeast(version, key.since))
    .filter((key) => key.name === typed || !present.includes(key.name))
    .map((key) => ({ kind: "key", key, replaces: typed.length, upToColon }));
}

function valueProposals(name: string, line: string, question: ConfigQuestion): ConfigProposal[] {
  const key = findConfigKey(name);
  // Behind a value a comment may follow.
  if (key === undefined || /(?:^|\s)#/.test(line.replace(/^(?:"[^"]*"|'[^']*')/, ""))) return [];
  if (key.type === "registries") return registryProposals(line, question.registries);
  const typed = line.replace(/^["']/, "");
  const isQuoted = typed !== line;
  const values = key.values.length > 0 ? key.values : [key.defaultValue ?? ""];
  return values
    .filter((value) => value !== "")
    .map((value) => ({
      kind: "value",
      text: value,
      written: isQuoted || !/^(true|false|[\d.]+)$/.test(value) ? value : `"${value}"`,
      replaces: typed.length,
    }));
}

/** Registries that the list does not have yet; what was typed since the last comma is replaced. */
function registryProposals(line: string, registries: readonly string[]): ConfigProposal[] {
  const list = line.replace(/^["']/, "");
  const listed = parseSkipList(list).map(({ registry }) => registry);
  const typed = list.split(/[,\s]/).at(-1) ?? "";
  return registries
    .filter((registry) => registry === typed || !listed.includes(registry))
    .map((registry) => ({
      kind: "value",
      text: registry,
      written: registry,
      replaces: typed.length,
    }));
}
