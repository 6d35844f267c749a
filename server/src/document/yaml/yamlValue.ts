// A text's YAML as plain objects, for settings that hold YAML themselves.

import type { DocumentOptions, ParseOptions, SchemaOptions } from "yaml";
import { composed, tokensOf, withoutSource, type SyntaxProblem } from "./yamlTokens.ts";

/** What Go's YAML parser makes no value of, but leaves a text. */
const textInGo = /^tag:yaml\.org,2002:(timestamp|binary|omap|pairs|set)$/;

/** As sigs.k8s.io/yaml reads: YAML 1.1. */
const asGoReads: DocumentOptions & SchemaOptions & ParseOptions = {
  version: "1.1",
  customTags: (tags) =>
    tags.filter(
      (tag) =>
        typeof tag === "string" ||
        !(textInGo.test(tag.tag) || ("format" in tag && tag.format === "TIME")),
    ),
};

/**
 * The value of a text's first document as plain objects, for settings that hold YAML themselves; aliases are followed
 * a few times only.
 */
export function plainYaml(
  text: string,
): { kind: "value"; value: unknown } | { kind: "error"; message: string } {
  const problems: SyntaxProblem[] = [];
  const [document] = composed(tokensOf(text, problems), asGoReads);
  const broken = document?.errors[0];
  const problem =
    problems[0] ??
    (broken && { message: withoutSource(broken.message), span: { start: broken.pos[0] } });
  if (problem !== undefined) {
    const line = text.slice(0, problem.span.start).split("\n").length;
    return { kind: "error", message: `yaml: line ${line}: ${problem.message}` };
  }
  try {
    return { kind: "value", value: document?.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    return {
      kind: "error",
      message: `yaml: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
