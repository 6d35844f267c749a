// Reads fields of what kubectl printed: whatever is missing or odd is left out.

import { isRecord } from "../../base/record.ts";
import { failed, type ClusterFailure } from "../clusterFailure.ts";
import { isName } from "../kubectlQuestions.ts";

export type Json = Readonly<Record<string, unknown>>;

/** What was asked for by name and is not there leaves an empty answer. */
export function readNamed<Value>(
  text: string,
  read: (item: Json) => readonly Value[],
): readonly Value[] | ClusterFailure {
  return text.trim() === "" ? [] : readList(text, read);
}

/** Reads the resources of a list, or a single one. */
export function readList<Value>(
  text: string,
  read: (item: Json) => readonly Value[],
): readonly Value[] | ClusterFailure {
  const root = parseJson(text);
  if (root === undefined) return failed("cut-off");
  const items = Array.isArray(root["items"]) ? listAt(root, "items") : [root];
  const isOld = items.some((item) =>
    /^serving\.knative\.dev\/v1(alpha|beta)/.test(textAt(item, "apiVersion") ?? ""),
  );
  return isOld ? failed("old-knative") : items.flatMap(read);
}

/** Reads a JSON object; undefined for anything else. */
export function parseJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Name and namespace of a resource; undefined without a name. */
export function identity(
  item: Json,
): { readonly name: string; readonly namespace: string } | undefined {
  const metadata = mapAt(item, "metadata");
  const name = nameAt(metadata, "name");
  return name === undefined ? undefined : { name, namespace: nameAt(metadata, "namespace") ?? "" };
}

/** The map under a key; an empty one where there is none. */
export function mapAt(map: Json, key: string): Json {
  const value = map[key];
  return isRecord(value) ? value : {};
}

/** The maps in the list under a key; none where there is no list. */
export function listAt(map: Json, key: string): readonly Json[] {
  const value = map[key];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The names of the maps in the list under a key. */
export function namesIn(map: Json, key: string): readonly string[] {
  return listAt(map, key).flatMap((each) => nameAt(each, "name") ?? []);
}

/** Longer texts are cut: Knative's longest message holds a URL and a registry's words. */
const maxText = 1000;

/** A text without what would break a line or turn its direction. */
export function textAt(map: Json, key: string): string | undefined {
  const value = map[key];
  if (typeof value !== "string") return undefined;
  return value.slice(0, maxText).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}

/** The text under a key, if it can be the name of a resource. */
export function nameAt(map: Json, key: string): string | undefined {
  const text = textAt(map, key);
  return text !== undefined && isName(text) ? text : undefined;
}

/** The time under a key, in milliseconds since 1970. */
export function timeAt(map: Json, key: string): number | undefined {
  const time = Date.parse(textAt(map, key) ?? "");
  return Number.isNaN(time) ? undefined : time;
}
