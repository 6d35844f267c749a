// The hover on an image: the verdict, the digest, what can be done, why, and Knative's own words last.

import * as l10n from "@vscode/l10n";
import { newDigest, type ImageState } from "../findings/imageState.ts";
import { ownerWords } from "../findings/ownerWords.ts";
import { doomedMessage, rejectMessage } from "../findings/refusalWords.ts";
import { skippedAdvice } from "../findings/skipWords.ts";
import { doomedError, refusal, unableToFetch } from "../knative/conditions.ts";
import { isLoopbackRegistry } from "../knative/skipList/loopback.ts";
import { answerBlocks, failureCondition, lastDigestBlocks, triedPieces } from "./answerWords.ts";
import { clusterBlocks } from "./clusterWords.ts";
import { chartBlocks } from "./chartWords.ts";
import { kustomizeBlocks } from "./kustomizeWords.ts";
import { isShort, verdictBlock } from "./hoverVerdict.ts";
import { isSaid, type HoverFacts } from "./imageFacts.ts";
import { code, paragraph, text, type Block, type Piece } from "./markdown.ts";
import { platformBlocks } from "./platformWords.ts";
import { versionWords } from "./versionWords.ts";

/**
 * The hover's blocks. The main thing comes first, so that it is read without scrolling: one line of verdict, the full
 * digest, the links; then the reasons, and last the text that Knative itself would print, for searches.
 */
export function imageHover(facts: HoverFacts): Block[] {
  const verdict = withNearestTag(verdictBlock(facts), facts);
  const actions = separated([...facts.links, ...triedPieces(facts)]);
  return [
    ...(isShort(facts)
      ? [paragraph(...verdict.pieces, text(" "), ...actions)]
      : [verdict, ...digestBlocks(facts), ...tagBlocks(facts), ...blockOf(actions)]),
    ...clusterBlocks(facts),
    ...answerBlocks(facts),
    ...ownerBlocks(facts),
    ...platformBlocks(facts.state),
    ...chartBlocks(facts),
    ...kustomizeBlocks(facts.state),
    ...reasonBlocks(facts),
    ...versionBlocks(facts),
    ...knativeBlocks(facts),
  ];
}

function separated(links: readonly Piece[]): Piece[] {
  return links.flatMap((item, index) => (index === 0 ? [item] : [text(" · "), item]));
}

function blockOf(pieces: readonly Piece[]): Block[] {
  return pieces.length === 0 ? [] : [paragraph(...pieces)];
}

function sentence(value: string): Block {
  return paragraph(text(value));
}

/** The full digest, once; none where the reference under the mouse has it already. */
function digestBlocks(facts: HoverFacts): Block[] {
  const { drift, runs, tag, use } = facts.state;
  const moved = newDigest(drift);
  if (moved !== undefined) {
    const name = tag?.key.reference ?? "";
    return [paragraph(text(l10n.t("Tag {0} now points to", name)), text(" "), code(moved))];
  }
  if (use.reference.kind === "digest") return [];
  // The verdict says it there.
  if (facts.state.outcome.kind === "skip" && isSaid(facts, "registry-skipped")) return [];
  const resolution = tag?.resolution;
  if (resolution?.status === "failed") return lastDigestBlocks(resolution, facts.now);
  if (resolution?.status !== "resolved") return [];
  return [paragraph(code(runs?.includes(resolution.digest) === true ? runs : resolution.digest))];
}

/** The verdict, with what was meant by a tag that is not there: in its line, since a popup has room for few. */
function withNearestTag({ pieces }: Block, { nearestTag }: HoverFacts): Block {
  if (nearestTag === undefined) return paragraph(...pieces);
  const question = [
    text(" "),
    text(l10n.t("Did you mean")),
    text(" "),
    code(nearestTag),
    text("?"),
  ];
  return paragraph(...pieces, ...question);
}

/** Which tag a bare digest is. */
function tagBlocks({ tagsOfDigest = [] }: HoverFacts): Block[] {
  if (tagsOfDigest.length === 0) return [];
  const names = tagsOfDigest.slice(0, maxTagNames).map(code);
  return [paragraph(text(l10n.t("Tags with this digest:")), text(" "), ...separated(names))];
}

/** Tags of a digest that are named. */
const maxTagNames = 6;

/** Why pinning is left to another tool. */
function ownerBlocks({ state }: HoverFacts): Block[] {
  const { owner } = state.use;
  return owner === undefined || owner.tool === "func" ? [] : [sentence(ownerWords(owner))];
}

/** Why Knative does so and what to do about it, unless the editor shows that above. */
function reasonBlocks(facts: HoverFacts): Block[] {
  const { outcome } = facts.state;
  switch (outcome.kind) {
    case "reject":
      return unlessSaid(rejectMessage(outcome.reason), facts);
    case "doomed":
      return unlessSaid(doomedMessage(outcome.reason), facts);
    case "skip":
      return skippedAdvice(outcome.entry, isSaid(facts, "registry-skipped")).map(sentence);
    case "status-only":
      if (isSaid(facts, "init-container-by-tag")) return [];
      return [sentence(l10n.t("Pin this image to fix what runs."))];
    case "resolve":
      return localBlocks(facts.state);
    case "keep":
    case "template":
    case "unresolved-kind":
      return [];
  }
}

/** Why pods have an image that Knative's controller does not find, in the words of the tools that make such clusters. */
function localBlocks({ tag, use: { reference } }: ImageState): Block[] {
  // A failed lookup has more to say, and this does not help then.
  if (tag?.resolution.status === "failed") return [];
  if (reference.kind !== "tag" || !isLoopbackRegistry(reference.registry)) return [];
  return [
    sentence(
      l10n.t(
        "With kind’s local registry or minikube’s registry addon, nodes pull from {0} and Knative’s controller cannot.",
        reference.registry,
      ),
    ),
  ];
}

function unlessSaid(message: string, { said }: HoverFacts): Block[] {
  return said.some((finding) => finding.message === message) ? [] : [sentence(message)];
}

/** What Knative would print, untranslated, so that a search finds it. */
function knativeBlocks({ state }: HoverFacts): Block[] {
  const { outcome, use } = state;
  if (use.platform === "cloud-run") return [];
  if (outcome.kind === "reject") {
    return [paragraph(code(refusal(use.reference.text, use.path, use.role)))];
  }
  if (outcome.kind === "doomed") return doomedCondition(state);
  return failureCondition(state);
}

/** The Revision's condition, where its message follows from the text alone. */
function doomedCondition({ use, outcome }: ImageState): Block[] {
  const { reference } = use;
  if (outcome.kind !== "doomed" || reference.kind !== "tag") return [];
  const error = doomedError(outcome.reason, reference.repository, reference.tag);
  if (error === undefined) return [];
  return [
    paragraph(
      text(l10n.t("The Revision fails with ContainerMissing:")),
      text(" "),
      code(unableToFetch(reference.text, error)),
    ),
  ];
}

/** The release whose rules apply, unless a failed lookup's line says it. */
function versionBlocks(facts: HoverFacts): Block[] {
  const answered = facts.state.pin ?? facts.state.tag;
  if (answered?.resolution.status === "failed") return [];
  return versionWords(facts).map(sentence);
}
