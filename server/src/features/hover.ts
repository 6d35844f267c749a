// The hover on an image: what Knative will do with it and why, what the registry says, what to do.

import * as l10n from "@vscode/l10n";
import { skippedAdvice, skippedMessage } from "../findings/skipWords.ts";
import { doomedMessage, rejectMessage } from "../findings/refusalWords.ts";
import {
  isIndexMediaType,
  resolvedDigest,
  type Answer,
  type ImageState,
} from "../findings/imageState.ts";
import { doomedError, refusal, unableToFetch } from "../knative/conditions.ts";
import type { ManifestDetails, Resolved } from "../resolver/resolution.ts";
import { ageWords, sizeWords } from "./amounts.ts";
import { code, heading, paragraph, strong, text, type Block, type Piece } from "./markdown.ts";

export interface HoverFacts {
  readonly state: ImageState;
  /** Platforms and dates, where they were asked for. */
  readonly details: ManifestDetails | undefined;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  /** The Knative release whose rules are assumed. */
  readonly knativeVersion: string;
  /** Links for editors that follow commands; empty for others. */
  readonly links: readonly Piece[];
}

/** The hover's blocks, short ones first. */
export function imageHover(facts: HoverFacts): Block[] {
  const { state, links } = facts;
  return [
    heading(code(state.use.reference.text === "" ? "image" : state.use.reference.text)),
    ...outcomeBlocks(state),
    ...answerBlocks(facts),
    ...(links.length === 0 ? [] : [paragraph(...separated(links))]),
  ];
}

function separated(links: readonly Piece[]): Piece[] {
  return links.flatMap((item, index) => (index === 0 ? [item] : [text(" · "), item]));
}

/** What Knative does, why, and the exact reference that runs. */
function outcomeBlocks(state: ImageState): Block[] {
  const { outcome, use } = state;
  switch (outcome.kind) {
    case "template":
      return [
        paragraph(
          text(l10n.t("A template fills this in, so nothing is said of it and nothing asked.")),
        ),
      ];
    case "reject":
      return [
        paragraph(
          strong(l10n.t("Refused at admission.")),
          text(" "),
          text(rejectMessage(outcome.reason)),
        ),
        paragraph(code(refusal(use.reference.text, use.path, use.role))),
      ];
    case "doomed":
      return [
        paragraph(
          strong(l10n.t("Accepted, and certain to fail.")),
          text(" "),
          text(doomedMessage(outcome.reason)),
        ),
        ...doomedCondition(state),
      ];
    case "skip":
      return [
        paragraph(
          strong(l10n.t("Skipped.")),
          text(" "),
          text(skippedMessage(outcome.entry, state.skipList)),
        ),
        ...skippedAdvice(outcome.entry).map((advice) => paragraph(text(advice))),
        ...runsBlock(state),
      ];
    case "keep":
      return [
        paragraph(text(l10n.t("Knative keeps this digest byte for byte."))),
        ...driftBlocks(state),
      ];
    case "resolve":
      return [
        paragraph(text(l10n.t("Knative resolves this tag when it creates the Revision."))),
        ...runsBlock(state),
      ];
    case "status-only":
      return [
        paragraph(
          text(
            l10n.t(
              "Knative resolves an init container’s tag into the Revision’s status and runs it by its tag.",
            ),
          ),
        ),
        ...runsBlock(state),
      ];
    case "unresolved-kind":
      return [
        paragraph(
          text(l10n.t("Knative never resolves an image in this place: it runs as written.")),
        ),
      ];
  }
}

/** The Revision's condition, where its words can be told from the text alone. */
function doomedCondition({ use, outcome }: ImageState): Block[] {
  const { reference } = use;
  if (outcome.kind !== "doomed" || reference.kind !== "tag") return [];
  const error = doomedError(outcome.reason, reference.repository, reference.tag);
  if (error === undefined) return [];
  return [
    paragraph(text(l10n.t("The Revision would stay ContainerMissing:"))),
    paragraph(code(unableToFetch(reference.text, error))),
  ];
}

function runsBlock(state: ImageState): Block[] {
  if (state.runs === undefined) return [];
  return [paragraph(text(l10n.t("Runs")), text(" "), code(state.runs))];
}

function driftBlocks({ drift, tag }: ImageState): Block[] {
  const name = tag?.key.reference ?? "";
  switch (drift.kind) {
    case "none":
      return [];
    case "current":
      return [paragraph(text(l10n.t("It is what the tag {0} points at now.", name)))];
    case "moved":
      return [
        paragraph(
          strong(l10n.t("The tag moved.")),
          text(" "),
          text(l10n.t("{0} points at", name)),
          text(" "),
          code(drift.digest),
        ),
      ];
    case "single-platform":
      return [
        paragraph(
          strong(l10n.t("One platform only.")),
          text(" "),
          text(
            l10n.t("This is {0}; the tag {1} has several platforms behind", drift.platform, name),
          ),
          text(" "),
          code(drift.digest),
        ),
      ];
  }
}

function answerBlocks(facts: HoverFacts): Block[] {
  const { state } = facts;
  const answered = state.use.reference.kind === "digest" ? (state.pin ?? state.tag) : state.tag;
  if (answered === undefined) return [];
  const { resolution } = answered;
  switch (resolution.status) {
    case "resolved":
      return resolvedBlocks(resolution, facts);
    case "failed":
      return failedBlocks(answered, facts);
    case "pending":
      return [paragraph(text(l10n.t("Asking {0}…", answered.key.registry)))];
    case "not-asked":
      return [paragraph(text(notAskedWords(resolution.reason, answered.key.registry)))];
  }
}

function notAskedWords(reason: string, registry: string): string {
  switch (reason) {
    case "untrusted":
      return l10n.t("{0} was not asked: this workspace is not trusted.", registry);
    case "off":
      return l10n.t("{0} was not asked: the setting knativeDigest.resolve is off.", registry);
    case "offline":
      return l10n.t("{0} was not asked: offline.", registry);
    default:
      return l10n.t("{0} has not been asked yet.", registry);
  }
}

function resolvedBlocks(resolved: Resolved, facts: HoverFacts): Block[] {
  const age = ageWords(facts.now - resolved.at);
  const seen = resolved.stale
    ? l10n.t("{0} said so {1}; it is being asked again.", resolved.host, age)
    : l10n.t("{0} said so {1}, as seen from this machine.", resolved.host, age);
  const facts2 = [kindWords(resolved.mediaType), ...detailWords(facts.details), seen];
  return [
    paragraph(code(resolved.digest)),
    paragraph(text(facts2.filter((part) => part !== "").join(" · "))),
    ...resolved.notices.map((notice) => paragraph(text(notice))),
  ];
}

function kindWords(mediaType: string | undefined): string {
  if (mediaType === undefined) return "";
  return isIndexMediaType(mediaType) ? l10n.t("several platforms") : l10n.t("one platform");
}

function detailWords(details: ManifestDetails | undefined): string[] {
  if (details === undefined) return [];
  const platforms = details.platforms
    .map(({ platform }) => [platform.os, platform.architecture, platform.variant])
    .map((parts) => parts.filter((part) => part !== undefined).join("/"));
  return [
    platforms.join(", "),
    details.layersSize === undefined ? "" : sizeWords(details.layersSize),
    details.created === undefined ? "" : l10n.t("created {0}", details.created.slice(0, 10)),
    details.source ?? "",
  ];
}

function failedBlocks(answered: Answer, { state, now }: HoverFacts): Block[] {
  const { resolution } = answered;
  if (resolution.status !== "failed") return [];
  const { error, last } = resolution;
  const blocks = [paragraph(text(error.message))];
  if (error.knative !== undefined && holdsUpRevision(state)) {
    blocks.push(
      paragraph(text(l10n.t("The Revision would stay ContainerMissing:"))),
      paragraph(code(unableToFetch(state.use.reference.text, error.knative))),
    );
  }
  const digest = resolvedDigest(answered);
  if (last !== undefined && digest !== undefined) {
    blocks.push(
      paragraph(
        text(l10n.t("Last known ({0}):", ageWords(now - last.at))),
        text(" "),
        code(digest),
      ),
    );
  }
  return blocks;
}

/** Only what Knative resolves itself can hold up a revision. */
function holdsUpRevision({ outcome }: ImageState): boolean {
  return outcome.kind === "resolve" || outcome.kind === "status-only";
}
