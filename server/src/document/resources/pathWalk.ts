// Follows a path of the table through a document.

import type { YamlNode } from "../yaml/yamlDocument.ts";

/** A node found at the end of a path. */
export interface PathMatch {
  readonly node: YamlNode;
  /** The path with the places it took: `spec.containers[0].image`. */
  readonly path: string;
  /** The innermost item of a sequence on the way: the container. */
  readonly item: YamlNode | undefined;
}

/** Items and entries followed in one document at most: aliases can multiply. */
export const maxMatches = 5000;

/** One step of a path. */
interface Step {
  /** `*` for each entry. */
  readonly key: string;
  /** Whether each item of the sequence found there is meant. */
  readonly isEach: boolean;
}

/** A path taken apart, once for all documents. */
export type Path = readonly Step[];

/** Takes a path of keys joined by dots apart, `[*]` for items and `*` for entries. */
export function pathOf(path: string): Path {
  return path.split(".").map((step) => ({
    key: step.replace("[*]", ""),
    isEach: step.endsWith("[*]"),
  }));
}

/**
 * The nodes at a path.
 * @param cut called if there are more than are followed.
 */
export function walkPath(root: YamlNode, path: Path, cut: () => void): PathMatch[] {
  const found: PathMatch[] = [];
  follow({ node: root, path: "", item: undefined }, path, 0, found);
  if (found.length <= maxMatches) return found;
  cut();
  return found.slice(0, maxMatches);
}

function follow(match: PathMatch, path: Path, depth: number, found: PathMatch[]): void {
  const step = path[depth];
  if (step === undefined) {
    if (found.length <= maxMatches) found.push(match);
    return;
  }
  const { node, item } = match;
  const next = (child: YamlNode, key: string): void => {
    const at = match.path === "" ? key : `${match.path}.${key}`;
    if (!step.isEach) follow({ node: child, path: at, item }, path, depth + 1, found);
    else {
      for (const [index, each] of child.items().entries()) {
        follow({ node: each, item: each, path: `${at}[${index}]` }, path, depth + 1, found);
      }
    }
  };
  if (step.key === "*") {
    for (const { key, value } of node.entries()) next(value, key.text);
  } else {
    const child = node.get(step.key);
    if (child !== undefined) next(child, step.key);
  }
}
