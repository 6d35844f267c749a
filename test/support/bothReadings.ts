// Holds a quick reading of YAML against the library's: whatever the first takes, both describe in the same way.

import assert from "node:assert/strict";
import { parseYaml, type YamlNode } from "../../server/src/document/yaml/yamlDocument.ts";

/** Everything a node says, as a value; of collections in block style the library alone knows the place. */
function described(node: YamlNode): unknown {
  const { place, source } = node;
  const where = /^[{[]/.test(source) ? { place, source } : {};
  const scalar = node.scalar();
  if (scalar !== undefined) {
    return { ...scalar, place, source, string: node.text() };
  }
  if (node.isMap()) {
    return {
      ...where,
      map: node.entries().map(({ key, value }) => [key, described(value)]),
      found: node.entries().map(({ key }) => node.get(key.text) !== undefined),
    };
  }
  return { ...where, list: node.items().map(described) };
}

/** Checks that both readings agree. @returns whether the quick one read the text at all */
export function bothSay(quick: YamlNode | undefined, text: string): boolean {
  if (quick === undefined) return false;
  const { roots, problems } = parseYaml(text);
  assert.deepEqual(problems, [], `the library finds fault with ${JSON.stringify(text)}`);
  assert.equal(roots.length, 1, JSON.stringify(text));
  assert.deepEqual(described(quick), roots.map(described)[0], JSON.stringify(text));
  return true;
}
