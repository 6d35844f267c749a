// Finds the template of a revision in a document again, for the few questions that its images alone do not answer.

import { readPlainYaml } from "../yaml/plainYaml.ts";
import { budgetFor, parseYaml, type YamlNode } from "../yaml/yamlDocument.ts";

/**
 * Makes the search in a document, which is parsed at the first question.
 * @returns `spec.template` of the resource that has an image at a path, `spec.template.spec.containers[0].image`;
 *   undefined where the image stands in none, or the document is not one whole resource or List
 */
export function templateFinder(textOf: () => string): (path: string) => YamlNode | undefined {
  let root: YamlNode | null | undefined;
  return (path) => {
    const place = /^(?:items\[(\d+)\]\.)?spec\.template\.spec\.\w+\[\d+\]\.image$/.exec(path);
    if (place === null) return undefined;
    if (root === undefined) root = parsed(textOf()) ?? null;
    const resource = place[1] === undefined ? root : root?.get("items")?.items()[Number(place[1])];
    return resource?.get("spec")?.get("template");
  };
}

function parsed(text: string): YamlNode | undefined {
  const plain = readPlainYaml(text);
  if (plain !== undefined) return plain;
  const { roots, problems } = parseYaml(text, budgetFor(text));
  return problems.length === 0 ? roots[0] : undefined;
}
