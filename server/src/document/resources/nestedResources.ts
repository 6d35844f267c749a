// Finds Knative resources that stand inside others: what kn exports, templates' objects, compositions, and documents
// in block scalars.

import type { YamlNode } from "../yaml/yamlDocument.ts";
import type { Scalar } from "../yaml/yamlScalar.ts";

/** A resource of Knative Serving somewhere below another one. */
export interface NestedResource {
  readonly node: YamlNode;
  /** `spec.resources[0].base` */
  readonly path: string;
}

/** A block scalar that may hold whole YAML documents. */
export interface EmbeddedText {
  readonly scalar: Scalar;
  /** `spec.forProvider.manifest` */
  readonly path: string;
}

export interface Nested {
  readonly resources: readonly NestedResource[];
  readonly texts: readonly EmbeddedText[];
}

/** The API group of the kinds that hold a revision's template. */
const servingGroup = "serving.knative.dev/";

const servingKinds: readonly string[] = ["Service", "Configuration", "Revision"];

/** Nodes looked at in one resource at most: aliases can multiply. */
const maxVisited = 100_000;
/** Steps downward at most: deeper than any resource, and far from the end of the stack. */
const maxDepth = 100;

/** Whether a text names a kind of Knative Serving anywhere, so that a search is worth its time. */
export function mayNest(text: string): boolean {
  return text.includes(servingGroup);
}

/**
 * The resources of Knative Serving below a node, and the block scalars that may hold some, in the order of the text.
 * A resource inside a found one is not looked for.
 * @param cut called if there is more than is read.
 */
export function nestedResources(root: YamlNode, cut: () => void): Nested {
  const resources: NestedResource[] = [];
  const texts: EmbeddedText[] = [];
  let visited = 0;
  const visit = (node: YamlNode, path: string, depth: number): void => {
    visited += 1;
    if (visited > maxVisited || depth > maxDepth) {
      cut();
      return;
    }
    if (depth > 0 && isServing(node)) {
      resources.push({ node, path });
      return;
    }
    for (const { key, value } of node.entries()) {
      visit(value, path === "" ? key.text : `${path}.${key.text}`, depth + 1);
    }
    for (const [index, item] of node.items().entries()) visit(item, `${path}[${index}]`, depth + 1);
    const scalar = node.scalar();
    if (scalar?.style === "block" && mayNest(scalar.text)) texts.push({ scalar, path });
  };
  visit(root, "", 0);
  return { resources, texts };
}

/** Whether the node is a resource that becomes Revisions, whole or in part. */
function isServing(node: YamlNode): boolean {
  if (!node.isMap()) return false;
  const apiVersion = node.get("apiVersion")?.text();
  if (apiVersion === undefined || !apiVersion.startsWith(servingGroup)) return false;
  return servingKinds.includes(node.get("kind")?.text() ?? "");
}
