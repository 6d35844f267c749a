// Which skip list applies to a manifest, and where it comes from.

import type { ConfigEntry } from "../document/analysis.ts";
import { placeInScalar } from "../document/yaml/scalarPlaces.ts";
import { spanInFile, type FileSpan } from "../document/span.ts";
import { isPlaceholder } from "../image/placeholder.ts";
import {
  defaultSkippedRegistries,
  legacySkipListKey,
  parseSkipList,
  skipListKey,
  skipSet,
} from "../knative/skipList/skipList.ts";
import { isDefault } from "./charts.ts";
import { isRead } from "./knativeNamespaces.ts";
import type { LocatedConfig, WorkspaceFacts } from "./workspaceFacts.ts";

export type SkipListOrigin = "setting" | "config-map" | "knative-serving" | "cluster" | "default";

/** The skip list that applies to a manifest. */
export interface SkipList {
  /** As Knative compares; may hold an empty string, which matches nothing. */
  readonly registries: ReadonlySet<string>;
  readonly origin: SkipListOrigin;
  /** Where it stands, if it stands in a file of the workspace. */
  readonly location: SkipListLocation | undefined;
  /** Where else it was set, as the end of a sentence, if it is not an editor's setting. */
  readonly place?: string | undefined;
  /** A nearer list of the workspace that a template fills in, so that it is not known (or this one not whole). */
  readonly unknown?: SkipListLocation | undefined;
}

export interface SkipListLocation {
  readonly uri: string;
  /** The configuration and the entry that decides. */
  readonly located: LocatedConfig;
  readonly entry: ConfigEntry;
  /** The file's text, and the value's span in it. */
  readonly text: string;
  readonly key: FileSpan;
  readonly value: FileSpan;
  /** Each entry's span in the file, by the registry it names. */
  readonly entries: ReadonlyMap<string, FileSpan>;
}

export interface SkipListQuestion {
  /** The manifest's URI or path. */
  readonly uri: string;
  readonly facts: WorkspaceFacts;
  /** The setting `skipRegistries`; null if it is not set. */
  readonly setting: readonly string[] | null;
  /** Where that was set, if not in an editor. */
  readonly settingPlace?: string | undefined;
  /** What the cluster's ConfigMap says, if the user wanted it asked and it answered. */
  readonly cluster: readonly string[] | undefined;
}

/**
 * The skip list for a manifest: the setting, else the nearest configuration in the workspace that
 * sets one, else the cluster's, else Knative's default.
 */
export function effectiveSkipList(question: SkipListQuestion): SkipList {
  const { uri, facts, setting, settingPlace, cluster } = question;
  if (setting !== null) return { ...listed(setting, "setting"), place: settingPlace };
  const found = candidates(uri, facts);
  const known = found.findIndex(({ list }) => !isUnknown(list));
  const before = known < 0 ? found : found.slice(0, known);
  const unknown = before[0]?.list.location;
  const list =
    found[known]?.list ??
    (cluster === undefined
      ? listed(defaultSkippedRegistries, "default")
      : listed(cluster, "cluster"));
  return unknown === undefined ? list : { ...list, unknown };
}

/** Whether nothing is known of a list: a template fills in each of its entries. */
function isUnknown(list: SkipList): boolean {
  return list.unknown !== undefined && list.registries.size === 0;
}

/** A configuration that sets a skip list, and how far from the manifest it is. */
export interface SkipListCandidate {
  readonly list: SkipList & { readonly location: SkipListLocation };
  /** Steps from the manifest's folder to the configuration's; 0 in the same folder, -1 in the same file. */
  readonly distance: number;
}

/** All configurations that set a skip list, the nearest first. */
export function candidates(uri: string, facts: WorkspaceFacts): SkipListCandidate[] {
  return facts.configs
    .filter(({ config }) => isRead(config, facts))
    .flatMap((located) => {
      const list = configuredList(located);
      return list === undefined ? [] : [{ list, distance: distance(uri, located.uri) }];
    })
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        // The operator writes its keys over the ConfigMap's.
        Number(b.list.origin === "knative-serving") - Number(a.list.origin === "knative-serving") ||
        // A chart is installed with its own values if nobody names others.
        Number(isDefault(b.list.location.uri)) - Number(isDefault(a.list.location.uri)) ||
        (a.list.location.uri < b.list.location.uri ? -1 : 1),
    );
}

/** A configuration of the workspace that Knative reads and that sets no skip list yet; undefined if there is none. */
export function nearestConfig(
  { origin }: SkipList,
  facts: WorkspaceFacts,
): LocatedConfig | undefined {
  if (origin !== "default") return undefined;
  return facts.configs.find(({ config }) => isRead(config, facts) && config.isComplete);
}

function listed(registries: readonly string[], origin: SkipListOrigin): SkipList {
  return { registries: new Set(registries), origin, location: undefined };
}

/** The entry of a configuration that decides: the kebab-case key overrules the camel-case one. */
function skipListEntry(located: LocatedConfig): ConfigEntry | undefined {
  const { entries } = located.config;
  return (
    entries.find((entry) => entry.key.text === skipListKey) ??
    entries.find((entry) => entry.key.text === legacySkipListKey)
  );
}

function configuredList(located: LocatedConfig): SkipListCandidate["list"] | undefined {
  const entry = skipListEntry(located);
  if (entry?.value === undefined) return undefined;
  const { value } = entry;
  const entries = new Map(
    parseSkipList(value.text).map((piece) => [
      piece.registry,
      spanInFile(placeInScalar(value, piece, located.documentText).span, located.documentStart),
    ]),
  );
  const location: SkipListLocation = {
    uri: located.uri,
    located,
    entry,
    text: located.text,
    key: spanInFile(entry.key.span, located.documentStart),
    value: spanInFile(value.span, located.documentStart),
    entries,
  };
  const { origin } = located.config;
  if (!isPlaceholder(value.text)) return { registries: skipSet(value.text), origin, location };
  return { registries: knownEntries(value.text), origin, location, unknown: location };
}

/** The entries of a list that a template fills in partly, where its actions can be separated from the entries. */
function knownEntries(value: string): ReadonlySet<string> {
  const actions = value.match(/\{\{[^{}]*\}\}|\$\{[^{}]*\}|\$\([^()]*\)|<[^<>]*>/g) ?? [];
  const isMixed = actions.some((action) => action.includes(",")) || /^#@|\{%|<%|\n/.test(value);
  if (isMixed) return new Set();
  return new Set([...skipSet(value)].filter((entry) => entry !== "" && !isPlaceholder(entry)));
}

function distance(from: string, to: string): number {
  if (from === to) return -1;
  const a = from.split("/").slice(0, -1);
  const b = to.split("/").slice(0, -1);
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common += 1;
  return a.length + b.length - 2 * common;
}
