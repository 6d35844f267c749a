// Cuts a stream of JSON objects, which kubectl takes like YAML documents, although nothing stands between them.

import type { Span } from "../span.ts";

/**
 * What decides where a JSON object ends: a string up to its closing quote, an opening or a closing bracket; else what may
 * not stand between objects. A string without its closing quote is one match as well, so that no quote is tried twice.
 */
const mark = /"(?:[^"\\\n]|\\.)*("?)|[{}[\]]|[^\s"{}[\]]+/gs;

/**
 * The objects of a text that is nothing but JSON objects one behind the other, with white space between them
 * (apimachinery `pkg/util/yaml` `YAMLOrJSONDecoder`: what begins with a brace is read as such a stream).
 * @returns empty if the text is anything else, or a single object
 */
export function jsonObjects(text: string): readonly Span[] {
  const objects: Span[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, 1: closing, index } of text.matchAll(mark)) {
    if ((depth === 0 && token !== "{") || closing === "") return [];
    if (token === "{" || token === "[") {
      if (depth === 0) start = index;
      depth += 1;
    } else if (token === "}" || token === "]") {
      depth -= 1;
      if (depth === 0) objects.push({ start, end: index + 1 });
    }
  }
  return depth === 0 && objects.length > 1 ? objects : [];
}
