// The hover on an image: what Knative will do with it and why, what the registry says, what to do.

import * as l10n from "@vscode/l10n";
import type { ImageState } from "../findings/imageState.ts";
import { ownerWords } from "../findings/ownerWords.ts";
import { doomedMessage, rejectMessage } from "../findings/refusalWords.ts";
import { originWords, skippedAdvice } from "../findings/skipWords.ts";
import { doomedError, refusal, unableToFetch } from "../knative/conditions.ts";
import { newestKnownVersion, versionProfile } from "../knative/versionProfile.ts";
import type { ManifestDetails } from "../resolver/resolution.ts";
import { answerBlocks } from "./answerWords.ts";
import {
  code,
  heading,
  link,
  paragraph,
  strong,
  text,
  type Block,
  type Piece,
} from "./markdown.ts";
import { skipPlace } from "./skipPlace.ts";

export interface HoverFacts {
  readonly state: ImageState;
  /** Platforms and dates, where they were asked for. */
  readonly details: ManifestDetails | undefined;
  /** When the image was built, in milliseconds since 1970; undefined if that is not known or not meant. */
  readonly created: number | undefined;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  /** The Knative release whose rules are assumed. */
  readonly knativeVersion: string;
  /** What the editor shows in the same popup, word for word: it is not said twice. */
  readonly said: readonly string[];
  /** Links for editors that follow commands; empty for others. */
  readonly links: readonly Piece[];
}

/** The hover's blocks: its own heading, then the short ones first. */
export function imageHover(facts: HoverFacts): Block[] {
  const { state, links } = facts;
  const { owner, reference } = state.use;
  const written = reference.text;
  const title = written === "" ? text(l10n.t("No image")) : code(written);
  return [
    heading(title),
    ...(owner?.tool === "func" ? [] : outcomeBlocks(facts)),
    ...(owner === undefined ? [] : [sentence(ownerWords(owner))]),
    ...driftBlocks(state),
    ...answerBlocks(facts),
    ...versionBlocks(facts),
    ...(links.length === 0 ? [] : [paragraph(...separated(links))]),
  ];
}

function separated(links: readonly Piece[]): Piece[] {
  return links.flatMap((item, index) => (index === 0 ? [item] : [text(" · "), item]));
}

/** What Knative does, why, and the exact reference that runs. */
function outcomeBlocks(facts: HoverFacts): Block[] {
  const { state } = facts;
  const { outcome, use } = state;
  switch (outcome.kind) {
    case "template":
      return [
        sentence(l10n.t("A template fills this in, so nothing is said of it and nothing asked.")),
      ];
    case "reject":
      return [
        verdict(l10n.t("Refused at admission."), rejectMessage(outcome.reason), facts),
        paragraph(code(refusal(use.reference.text, use.path, use.role))),
      ];
    case "doomed":
      return [
        verdict(l10n.t("Accepted, and certain to fail."), doomedMessage(outcome.reason), facts),
        ...doomedCondition(state),
      ];
    case "skip":
      return skipBlocks(state, outcome.entry);
    case "keep":
      return [sentence(l10n.t("Knative keeps this digest byte for byte."))];
    case "resolve":
      return [
        sentence(l10n.t("Knative resolves this tag when it creates the Revision.")),
        ...runsBlock(state),
      ];
    case "status-only":
      return [
        sentence(
          l10n.t(
            "Knative resolves an init container’s tag into the Revision’s status and runs it by its tag.",
          ),
        ),
      ];
    case "unresolved-kind":
      return [
        sentence(l10n.t("Knative never resolves an image in this place: it runs as written.")),
      ];
  }
}

function sentence(value: string): Block {
  return paragraph(text(value));
}

/** A verdict with its reason, unless the editor shows the reason above. */
function verdict(words: string, reason: string, { said }: HoverFacts): Block {
  if (said.includes(reason)) return paragraph(strong(words));
  return paragraph(strong(words), text(" "), text(reason));
}

function skipBlocks(state: ImageState, entry: string): Block[] {
  const place = skipPlace(entry, state.skipList);
  const words = l10n.t(
    "The tag stays as written: {0} is on the skip list, which comes from {1}.",
    entry,
    originWords(state.skipList),
  );
  const where = place === undefined ? [] : [text(" "), link(place.name, place.href)];
  return [
    paragraph(strong(l10n.t("Skipped.")), text(" "), text(words), ...where),
    ...skippedAdvice(entry).map(sentence),
  ];
}

/** The Revision's condition, where its words can be told from the text alone. */
function doomedCondition({ use, outcome }: ImageState): Block[] {
  const { reference } = use;
  if (outcome.kind !== "doomed" || reference.kind !== "tag") return [];
  const error = doomedError(outcome.reason, reference.repository, reference.tag);
  if (error === undefined) return [];
  return [
    sentence(l10n.t("The Revision will stay ContainerMissing:")),
    paragraph(code(unableToFetch(reference.text, error))),
  ];
}

function runsBlock({ runs }: ImageState): Block[] {
  if (runs === undefined) return [];
  return [paragraph(text(l10n.t("It will run")), text(" "), code(runs))];
}

function driftBlocks({ drift, tag }: ImageState): Block[] {
  const name = tag?.key.reference ?? "";
  switch (drift.kind) {
    case "none":
      return [];
    case "current":
      return [sentence(l10n.t("It is what the tag {0} points at now.", name))];
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

/** Which release is assumed, where what is said depends on it. */
function versionBlocks({ state, knativeVersion }: HoverFacts): Block[] {
  const { version, assumed } = versionProfile(knativeVersion);
  const resolution = (state.tag ?? state.pin)?.resolution;
  const matters =
    assumed ||
    state.outcome.kind === "reject" ||
    (resolution?.status === "failed" && resolution.error.knative !== undefined) ||
    (resolution?.status === "resolved" && resolution.notices.length > 0);
  if (!matters) return [];
  return [
    sentence(
      assumed
        ? l10n.t(
            "Assumed: Knative {0}, with the rules of {1}, the newest that is known here.",
            version,
            newestKnownVersion,
          )
        : l10n.t("Assumed: Knative {0} (setting knativeDigest.knativeVersion).", version),
    ),
  ];
}
