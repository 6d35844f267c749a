// The one list of opinions about a document: diagnostics, quick fixes and `check` are views of it.

import * as l10n from "@vscode/l10n";
import type { DocumentAnalysis, IgnoreComment } from "../document/analysis.ts";
import { touches } from "../document/span.ts";
import { configFindings } from "./configFindings.ts";
import type { Finding } from "./finding.ts";
import { severityOf } from "./findingCodes.ts";
import type { FindingContext } from "./findingContext.ts";
import { imageFindings } from "./imageFindings.ts";
import type { ImageState } from "./imageState.ts";
import { pullSecretFindings } from "./pullSecretFindings.ts";
import { resolutionFindings } from "./resolutionFindings.ts";

/**
 * Everything worth saying about a document, in the order of its text. What an ignore comment covers
 * is left out, and an ignore comment that covers nothing is itself reported.
 */
export function documentFindings(
  document: DocumentAnalysis,
  states: readonly ImageState[],
  context: FindingContext,
): Finding[] {
  const { text = "" } = document;
  const all = [
    ...states.flatMap((state) => [
      ...imageFindings(state, context),
      ...resolutionFindings(state, context),
    ]),
    ...document.configs.flatMap((config) => configFindings(config, text, context)),
    ...document.pullSecrets.flatMap((secret) => pullSecretFindings(secret, text, context)),
  ];
  const kept = withoutIgnored(withoutRepeats(all), document.ignores, context);
  return kept.sort((a, b) => a.span.start - b.span.start);
}

/** Uses that share one scalar say the same thing of it: once is enough. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const seen = new Map(
    findings.map((finding) => {
      const { code, span, message } = finding;
      return [`${code} ${span.start} ${message}`, finding] as const;
    }),
  );
  return [...seen.values()];
}

function withoutIgnored(
  findings: readonly Finding[],
  ignores: readonly IgnoreComment[],
  context: FindingContext,
): Finding[] {
  if (ignores.length === 0) return [...findings];
  const covers = (ignore: IgnoreComment, finding: Finding): boolean =>
    touches(ignore.covers, finding.span);
  const kept = findings.filter((finding) => !ignores.some((ignore) => covers(ignore, finding)));
  const unused = ignores.filter((ignore) => !findings.some((finding) => covers(ignore, finding)));
  const severity = severityOf("unused-ignore", context.settings);
  if (severity === "off") return kept;
  return [
    ...kept,
    ...unused.map((ignore): Finding => ({
      code: "unused-ignore",
      severity,
      message: l10n.t("There is nothing to ignore here: this comment can go."),
      span: ignore.span,
      related: [],
      fixes: [
        {
          title: l10n.t("Remove the comment"),
          changes: [{ ...ignore.span, text: "" }],
          isPreferred: true,
        },
      ],
    })),
  ];
}
