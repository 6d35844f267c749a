// `knative-digest explain`: how Knative reads images, and which credential would be used. Contacts no registry.

import * as l10n from "@vscode/l10n";
import { doomedMessage, rejectMessage } from "../../findings/refusalWords.ts";
import { skippedMessage } from "../../findings/skipWords.ts";
import { shownText } from "../../shownText.ts";
import type { Outcome } from "../../knative/outcome.ts";
import { versionProfile } from "../../knative/config/versionProfile.ts";
import { noFacts } from "../../workspace/workspaceFacts.ts";
import type { SkipList } from "../../workspace/effectiveSkipList.ts";
import type { CommandContext } from "../commandContext.ts";
import { cleanVerdict, type Verdict } from "../output/exitCode.ts";
import { explain, type CredentialRow, type Explanation } from "./explanation.ts";
import { readImageOperands } from "../input/imageOperands.ts";
import { skipListFor } from "../input/manifests.ts";
import { printableJson } from "../output/printable.ts";
import { readPullSecrets } from "../input/pullSecretFile.ts";

export async function explainCommand(context: CommandContext): Promise<Verdict> {
  const { call, settings, io, environment } = context;
  const images = await readImageOperands(call.operands, context);
  const skipList = skipListFor(`${environment.folder}/`, noFacts, settings);
  const secrets = (await readPullSecrets(context))?.secrets;
  const files = secrets === undefined ? (await environment.credentialFiles()).files : [];
  const explained = (image: string): string => {
    const { explanation, outcome } = explain(image, {
      grammar: versionProfile(settings.knativeVersion).grammar,
      skipList: skipList.registries,
      secrets,
      credentialFiles: files,
    });
    return context.format === "json"
      ? printableJson(explanation)
      : asText(explanation, outcomeWords(outcome, explanation, skipList), context);
  };
  for (let at = 0; at < images.length; at += batch) {
    const lines = images.slice(at, at + batch).map(explained);
    io.stdout.write(lines.map((line) => `${line}\n`).join(""));
  }
  return cleanVerdict;
}

/** Images that are printed at once: the lines of all that standard input may name are longer than a string may be. */
const batch = 1000;

function asText(explanation: Explanation, words: string, { paint }: CommandContext): string {
  const { kind, registry, repository, tag, digest, runsAs, scheme, problem } = explanation;
  const rows: readonly (readonly [string, string | null])[] = [
    [l10n.t("kind"), kind],
    [l10n.t("registry"), registry],
    [l10n.t("repository"), repository],
    [l10n.t("tag"), tag],
    [l10n.t("digest"), digest],
    [l10n.t("runs as"), runsText(explanation, runsAs)],
    [l10n.t("protocol"), schemeText(scheme)],
    [l10n.t("problem"), problem],
    [l10n.t("outcome"), `${explanation.outcome}: ${words}`],
    [l10n.t("credential"), kind === "invalid" ? null : credentialText(explanation.credential)],
  ];
  const title = paint("bold", shownText(explanation.image) || '""');
  const lines = rows.flatMap(([name, value]) =>
    value === null ? [] : [`  ${paint("dim", name.padEnd(10))}  ${shownText(value)}`],
  );
  return [title, ...lines].join("\n");
}

function runsText({ image, kind }: Explanation, runsAs: string | null): string | null {
  if (runsAs === null) return null;
  return kind === "digest" ? image : `${runsAs}@…`;
}

function schemeText(scheme: Explanation["scheme"]): string | null {
  return scheme === "http" ? l10n.t("https, then http") : scheme;
}

function credentialText(credential: CredentialRow): string {
  if (credential === null) return l10n.t("none (anonymous)");
  if ("error" in credential) {
    return l10n.t("Cannot read {0}: {1}", credential.source, credential.error);
  }
  const { source, key, username, helper } = credential;
  const name = helper === undefined ? source : `${source} ${helper}`;
  return username === null
    ? l10n.t("{0}, key {1}", name, key)
    : l10n.t("{0}, key {1}, user {2}", name, key, username);
}

/** One sentence: what Knative does with the image. */
function outcomeWords(outcome: Outcome, { registry }: Explanation, skipList: SkipList): string {
  switch (outcome.kind) {
    case "keep":
      return l10n.t("Pinned: Knative runs exactly this digest.");
    case "resolve":
      return l10n.t("Knative looks up the tag in {0} and runs that digest.", registry ?? "");
    case "skip":
      return skippedMessage(outcome.entry, skipList);
    case "reject":
      return rejectMessage(outcome.reason);
    case "doomed":
      return doomedMessage(outcome.reason);
    case "template":
      return l10n.t("Templated value: a tool fills it in before Knative sees it.");
    case "status-only":
    case "unresolved-kind":
      return l10n.t("Knative does not resolve this tag.");
  }
}
