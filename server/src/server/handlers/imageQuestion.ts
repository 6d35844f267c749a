// Answers what Knative does with one image that somebody names: for tools that ask on a person's behalf.

import * as l10n from "@vscode/l10n";
import { notAskedWords } from "../../features/answerWords.ts";
import { doomedMessage, rejectMessage } from "../../findings/refusalWords.ts";
import { readImage } from "../../image/placeholder.ts";
import { imageOutcome, runs, type Outcome } from "../../knative/outcome.ts";
import { registryClass } from "../../knative/skipList/registryClass.ts";
import { versionProfile } from "../../knative/config/versionProfile.ts";
import type { ImageAnswer } from "../../protocol.ts";
import type { ManifestKey } from "../../resolver/resolution.ts";
import { shownOrNull, shownText } from "../../shownText.ts";
import type { Session } from "../state/session.ts";

/** @param options.ask whether its registry is asked; else the answer says which one it would be. */
export async function answerImage(
  session: Session,
  image: string,
  { ask, signal }: { readonly ask: boolean; readonly signal: AbortSignal },
): Promise<ImageAnswer> {
  const settings = await session.settings.for();
  const reference = readImage(image, versionProfile(settings.knativeVersion).grammar);
  const skipList = session.store.skipList("").registries;
  const outcome = imageOutcome({ reference, role: "container", skipList });
  const bare: ImageAnswer = {
    ...{
      image: shownText(image),
      outcome: outcome.kind,
      registry: null,
      status: "not-asked",
      digest: null,
    },
    runs: runs(outcome, reference, undefined) ?? null,
    problem: shownOrNull(problemOf(outcome)),
  };
  if (reference.kind !== "tag" && reference.kind !== "digest") return bare;
  const { registry, repository } = reference;
  // Images of these registries are loaded onto the nodes: there is nobody to ask.
  if (outcome.kind === "doomed" || registryClass(registry) === "side-loaded") return bare;
  if (!ask) return { ...bare, registry };
  const name = reference.kind === "tag" ? reference.tag : reference.digest;
  const key: ManifestKey = { registry, repository, reference: name };
  const answer = await session.outside.answers.resolve(key, { signal, priority: "hover" });
  switch (answer.status) {
    case "resolved": {
      const { digest, status } = answer;
      const exact = runs(outcome, reference, digest) ?? null;
      return { ...bare, registry, status, digest, runs: exact };
    }
    case "failed":
      return { ...bare, registry, status: "failed", problem: shownText(answer.error.message) };
    case "not-asked":
      return { ...bare, registry, problem: notAskedWords(answer.reason, registry) };
    case "pending":
      return { ...bare, registry };
  }
}

function problemOf(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case "reject":
      return rejectMessage(outcome.reason);
    case "doomed":
      return doomedMessage(outcome.reason);
    case "template":
      return l10n.t("Templated value: not checked.");
    case "keep":
    case "resolve":
    case "skip":
    case "status-only":
    case "unresolved-kind":
      return null;
  }
}
