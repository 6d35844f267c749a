// Follows a path of the table through a document.

import type { YamlNode } from "./yamlDocument.ts";

/** A node found at the end of a path. */
export interface PathMatch {
  readonly node: YamlNode;
  /** The path with the places it took: `spec.containers[0].image`. */
  readonly path: string;
  /** The innermost item of a sequence on the way: the container. */
  readonly item: YamlNode | undefined;
}

/** Items and entries followed in one document at most: aliases can multiply. */
const maxMatches = 5000;

/** All nodes at a path of keys joined by dots, `[*]` for items and `*` for entries. */
export function walkPath(root: YamlNode, path: string): PathMatch[] {
  let matches: PathMatch[] = [{ node: root, path: "", item: undefined }];
  for (const step of path.split(".")) {
    const key = step.replace("[*]", "");
    matches = matches.flatMap((match) => entriesAt(match, key));
    if (step.endsWith("[*]")) matches = matches.flatMap(itemsOf);
    if (matches.length > maxMatches) matches = matches.slice(0, maxMatches);
  }
  return matches;
}

function entriesAt(match: PathMatch, key: string): PathMatch[] {
  if (key === "*") {
    return match.node
      .entries()
      .map((entry) => ({ ...match, node: entry.value, path: join(match.path, entry.key.text) }));
  }
  const node = match.node.get(key);
  return node === undefined ? [] : [{ ...match, node, path: join(match.path, key) }];
}

function itemsOf(match: PathMatch): PathMatch[] {
  return match.node
    .items()
    .map((item, index) => ({ node: item, item, path: `${match.path}[${index}]` }));
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
