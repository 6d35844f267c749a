// Findings about pull secrets: keys that Knative never uses, and what breaks every image. Shows no credential.

import * as l10n from "@vscode/l10n";
import type { PullSecretSource } from "../document/analysis.ts";
import { placeInScalar } from "../document/scalarPlaces.ts";
import type { Span } from "../document/span.ts";
import { changeValue } from "../edits/configEdits.ts";
import { decodeGoBase64 } from "../knative/goBase64.ts";
import { judgePullSecret, type PullSecretProblem } from "../knative/pullSecretProblems.ts";
import { pullSecretWords } from "../knative/pullSecretWords.ts";
import type { Finding, Fix } from "./finding.ts";
import { severityOf } from "./findingCodes.ts";
import type { FindingContext } from "./findingContext.ts";

/** @param text the YAML document that the secret stands in. */
export function pullSecretFindings(
  secret: PullSecretSource,
  text: string,
  context: FindingContext,
): Finding[] {
  const decoded = secretText(secret);
  if (decoded === undefined) return [];
  const problems = judgePullSecret({ text: decoded, type: secret.type }, context.facts.registries);
  return problems.flatMap((problem) => {
    const severity = severityOf(problem.kind, context.settings);
    if (severity === "off") return [];
    const finding: Finding = {
      code: problem.kind,
      severity,
      message: pullSecretWords(problem),
      span: problemSpan(secret, problem, text),
      related: [],
      fixes: fixes(secret, problem, text),
    };
    return [finding];
  });
}

/** The secret's text; undefined if it is no base64, which the API server refuses by itself. */
function secretText({ field, value }: PullSecretSource): string | undefined {
  if (field === "stringData") return value.text;
  const decoded = decodeGoBase64(value.text.replace(/[\r\n]/g, ""), true);
  return decoded.kind === "error"
    ? undefined
    : new TextDecoder("utf-8", { ignoreBOM: true }).decode(decoded.bytes);
}

/** Encoded text shows no single key: there the whole value is meant. */
function problemSpan(secret: PullSecretSource, problem: PullSecretProblem, text: string): Span {
  if (secret.field === "data") return secret.value.span;
  return placeInScalar(secret.value, problem, text).span;
}

function fixes(secret: PullSecretSource, problem: PullSecretProblem, text: string): Fix[] {
  if (secret.field === "data" || problem.kind !== "pull-secret-never-matches") return [];
  if (problem.works === undefined || !placeInScalar(secret.value, problem, text).exact) return [];
  const change = { start: problem.start, end: problem.end, text: problem.works };
  return [
    {
      title: l10n.t("Change the key to {0}", problem.works),
      changes: changeValue(secret.value, change, text),
      isPreferred: true,
    },
  ];
}
