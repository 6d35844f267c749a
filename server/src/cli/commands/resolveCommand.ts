// `knative-digest resolve`: each image's digest, as Knative would write it.

import * as l10n from "@vscode/l10n";
import { doomedMessage, rejectMessage } from "../../findings/refusalWords.ts";
import { skippedMessage } from "../../findings/skipWords.ts";
import { repositoryName, type ValidReference } from "../../image/imageReference.ts";
import { readImage } from "../../image/placeholder.ts";
import { escaped } from "../../shownText.ts";
import { imageOutcome, runs, type Outcome } from "../../knative/outcome.ts";
import { registryClass } from "../../knative/skipList/registryClass.ts";
import { versionProfile } from "../../knative/config/versionProfile.ts";
import type { ManifestKey, Resolution } from "../../resolver/resolution.ts";
import type { SkipList } from "../../workspace/effectiveSkipList.ts";
import { noFacts } from "../../workspace/workspaceFacts.ts";
import { askAll, isUnasked, nothingKnown, withRegistries } from "../asking.ts";
import { warn, type CommandContext } from "../commandContext.ts";
import { cleanVerdict, type Verdict } from "../output/exitCode.ts";
import { readImageOperands } from "../input/imageOperands.ts";
import { printableJson } from "../output/printable.ts";
import { skipListFor } from "../input/manifests.ts";

interface Question {
  readonly image: string;
  readonly outcome: Outcome;
  readonly reference: ReturnType<typeof readImage>;
  /** The lookup to make; undefined if there is no registry to contact. */
  readonly key: ManifestKey | undefined;
}

/** What is printed of one image as JSON. */
interface ResolvedImage {
  readonly image: string;
  readonly outcome: Outcome["kind"];
  readonly status: "resolved" | "failed" | "not-asked";
  /** `REPOSITORY@DIGEST`, or the image as it is written if it has a digest. */
  readonly reference: string | null;
  readonly digest: string | null;
  /** What the pods run, which differs where Knative does not resolve the tag. */
  readonly runs: string | null;
  readonly mediaType: string | null;
  /** The host that answered. */
  readonly host: string | null;
  readonly error: { readonly kind: string; readonly message: string } | null;
}

interface Answered {
  readonly row: ResolvedImage;
  readonly verdict: Partial<Verdict>;
}

export async function resolveCommand(context: CommandContext): Promise<Verdict> {
  const { call, settings, environment, offline } = context;
  const skipList = skipListFor(`${environment.folder}/`, noFacts, settings);
  const { grammar } = versionProfile(settings.knativeVersion);
  const images = await readImageOperands(call.operands, context);
  const questions = images.map((image): Question => {
    const reference = readImage(image, grammar);
    const question = { reference, role: "container", skipList: skipList.registries } as const;
    const outcome = imageOutcome(question);
    return { image, outcome, reference, key: keyOf(reference, outcome) };
  });
  const keys = questions.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const { resolutions } =
    offline || keys.length === 0
      ? nothingKnown
      : await withRegistries(context, (answers) => askAll(keys, answers, context));
  let verdict = cleanVerdict;
  for (const question of questions) {
    const answered = answer(question, question.key && resolutions(question.key), offline);
    verdict = { ...verdict, ...answered.verdict };
    print(answered.row, context);
    if (question.outcome.kind === "skip") warnOfSkip(question, skipList, context);
    else warnOfController(question, question.key && resolutions(question.key), context);
  }
  return verdict;
}

function keyOf(reference: Question["reference"], outcome: Outcome): ManifestKey | undefined {
  if (reference.kind !== "tag" && reference.kind !== "digest") return undefined;
  if (outcome.kind === "doomed" || registryClass(reference.registry) === "side-loaded") {
    return undefined;
  }
  const { registry, repository } = reference;
  const which = reference.kind === "tag" ? reference.tag : reference.digest;
  return { registry, repository, reference: which };
}

function answer(
  question: Question,
  resolution: Resolution | undefined,
  offline: boolean,
): Answered {
  const { image, outcome, reference } = question;
  const empty: Omit<ResolvedImage, "status" | "error"> = {
    image,
    outcome: outcome.kind,
    ...{ reference: null, digest: null, runs: null, mediaType: null, host: null },
  };
  const failed = (
    status: "failed" | "not-asked",
    error: ResolvedImage["error"],
    verdict: Partial<Verdict>,
  ): Answered => ({ row: { ...empty, status, error }, verdict });

  if (reference.kind === "invalid" || reference.kind === "placeholder") {
    const message =
      outcome.kind === "reject"
        ? rejectMessage(outcome.reason)
        : l10n.t("Templated value: a tool fills it in before Knative sees it.");
    return failed("not-asked", { kind: "invalid-reference", message }, { failed: true });
  }
  if (outcome.kind === "doomed") {
    const error = { kind: "doomed-reference", message: doomedMessage(outcome.reason) };
    return failed("not-asked", error, { found: true });
  }
  if (resolution?.status === "failed") {
    const { kind, message } = resolution.error;
    const verdict = isUnasked(kind) ? { unasked: true } : { found: true };
    return failed("failed", { kind, message }, verdict);
  }
  if (resolution?.status === "resolved") {
    const { digest, mediaType = null, host } = resolution;
    const known = { reference: written(reference, digest), digest, mediaType, host };
    const row: ResolvedImage = {
      ...{ ...empty, ...known },
      status: "resolved",
      runs: runs(outcome, reference, digest) ?? null,
      error: null,
    };
    return { row, verdict: {} };
  }
  // A digest needs no lookup: Knative keeps it.
  if (reference.kind === "digest") {
    const kept = { reference: image, digest: reference.digest, runs: image };
    return { row: { ...empty, ...kept, status: "not-asked", error: null }, verdict: {} };
  }
  const message = offline
    ? l10n.t("Not looked up: offline.")
    : l10n.t(
        "No registry to contact: images under {0} are loaded directly onto nodes.",
        reference.registry,
      );
  return failed("not-asked", { kind: "not-asked", message }, { unasked: true });
}

/** Knative leaves a digest as it is written and puts the digest in a tag's place. */
function written(reference: ValidReference, digest: string): string {
  return reference.kind === "digest" ? reference.text : `${repositoryName(reference)}@${digest}`;
}

function print(row: ResolvedImage, context: CommandContext): void {
  if (context.format === "json") context.io.stdout.write(`${printableJson(row)}\n`);
  else if (row.reference !== null) context.io.stdout.write(`${escaped(row.reference)}\n`);
  if (row.error !== null) warn(context, `${row.image}: ${row.error.message}`);
}

function warnOfSkip(question: Question, skipList: SkipList, context: CommandContext): void {
  if (question.outcome.kind !== "skip") return;
  const message = skippedMessage(question.outcome.entry, skipList);
  warn(context, `${question.image}: ${message}`);
}

/** What Knative's controller makes of an image that was resolved here. */
function warnOfController(
  { image }: Question,
  resolution: Resolution | undefined,
  context: CommandContext,
): void {
  const problem = resolution?.status === "resolved" ? resolution.controller : undefined;
  if (problem === undefined) return;
  warn(context, `${image}: ${problem.message}`);
  warn(context, `${problem.fix} (${problem.knative})`);
}
