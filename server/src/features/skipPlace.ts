// Where an entry of the skip list stands, as a link that people can read.

import type { SkipList } from "../workspace/effectiveSkipList.ts";

export interface NamedPlace {
  /** `config-deployment.yaml:9` */
  readonly name: string;
  /** The file's URI with the line. */
  readonly href: string;
}

/** The entry's line; undefined if the list stands in no file. */
export function skipPlace(entry: string, { location }: SkipList): NamedPlace | undefined {
  if (location === undefined) return undefined;
  const { uri, text } = location;
  const { start } = location.entries.get(entry) ?? location.value;
  const line = text.slice(0, start).split("\n").length;
  return placeName(uri, line);
}

/** A line of a file. @param line counted from 1 */
export function placeName(uri: string, line: number): NamedPlace {
  const file = uri.slice(uri.lastIndexOf("/") + 1);
  return { name: `${readable(file)}:${line}`, href: `${uri}#L${line}` };
}

/** A file's name as it is on the disk, where its URI can be read. */
function readable(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
