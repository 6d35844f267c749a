// The one list of opinions about a document: diagnostics, quick fixes and `check` are views of it.

import * as l10n from "@vscode/l10n";
import type { DocumentAnalysis, IgnoreComment } from "../document/analysis.ts";
import { touchedBy } from "../document/span.ts";
import { shownText } from "../shownText.ts";
import { clusterConfigFindings, clusterFindings } from "./clusterFindings.ts";
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
      ...clusterFindings(state, context),
    ]),
    ...document.configs.flatMap((config) => [
      ...configFindings(config, text, context),
      ...clusterConfigFindings(config, context),
    ]),
    ...document.pullSecrets.flatMap((secret) => pullSecretFindings(secret, text, context)),
  ];
  const kept = withoutIgnored(withoutRepeats(all), { document, states, context });
  return kept.map(shown).sort((a, b) => a.span.start - b.span.start);
}

/** Shortens and cleans a message: it quotes parts of the file, of any length and content. */
function shown(finding: Finding): Finding {
  return {
    ...finding,
    message: shownText(finding.message),
    related: finding.related.map((place) => ({ ...place, message: shownText(place.message) })),
    fixes: finding.fixes.map((fix) => ({ ...fix, title: shownText(fix.title) })),
  };
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
  {
    document: { ignores },
    states,
    context,
  }: {
    readonly document: DocumentAnalysis;
    readonly states: readonly ImageState[];
    readonly context: FindingContext;
  },
): Finding[] {
  if (ignores.length === 0) return [...findings];
  const isCovered = touchedBy(ignores.map(({ covers }) => covers));
  const hasFinding = touchedBy(findings.map(({ span }) => span));
  const hasImage = touchedBy(
    states.flatMap(({ use }) => {
      const { kind } = use.reference;
      return kind === "tag" || kind === "digest" ? use.parts.map(({ place }) => place) : [];
    }),
  );
  const kept = findings.filter(({ span }) => !isCovered(span));
  // A comment on an image always has an effect: what changes many images passes over it.
  const unused = ignores.filter(({ covers }) => !hasFinding(covers) && !hasImage(covers));
  return [...kept, ...unused.flatMap((ignore) => unusedIgnore(ignore, context))];
}

/** Says of a comment that covers nothing that it can go. */
function unusedIgnore({ span, removal }: IgnoreComment, { settings }: FindingContext): Finding[] {
  const severity = severityOf("unused-ignore", settings);
  if (severity === "off") return [];
  return [
    {
      ...{ code: "unused-ignore", severity, span, related: [] },
      message: l10n.t("Nothing to ignore here: remove this comment."),
      fixes: [
        {
          title: l10n.t("Remove the comment"),
          changes: [{ ...removal, text: "" }],
          isPreferred: true,
        },
      ],
    },
  ];
}
