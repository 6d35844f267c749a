// The cluster in the hover and in tables: file, tag and cluster side by side, and what follows.

import * as l10n from "@vscode/l10n";
import type { RunningImage } from "../cluster/clusterImage.ts";
import type { PullSecretChoice } from "../cluster/pullSecretChoice.ts";
import {
  clusterSummary,
  compareWithCluster,
  type Comparison,
} from "../findings/clusterComparison.ts";
import { deniedRegistry, resolvedDigest, type ImageState } from "../findings/imageState.ts";
import { shortDigest } from "../image/digest.ts";
import { ageWords } from "./amountWords.ts";
import { isSaid, type HoverFacts } from "./imageFacts.ts";
import { code, paragraph, strong, text, type Block, type Piece } from "./markdown.ts";

/** Three lines, and a sentence that says what follows; none where the cluster was not asked about the image. */
export function clusterBlocks(facts: HoverFacts): Block[] {
  const { state } = facts;
  const { cluster, use, tag } = state;
  const comparison = compareWithCluster(state);
  if (cluster === undefined || comparison === undefined) return [];
  const sentence = isSaid(facts, "cluster-differs", "revision-failed")
    ? []
    : [paragraph(text(comparisonWords(comparison)))];
  if (cluster.kind === "absent") return sentence;
  const { reference } = use;
  const written = reference.kind === "digest" ? reference.digest : undefined;
  const now = resolvedDigest(tag);
  const { serving, created, others, unready } = cluster;
  const runs = serving?.runs?.digest;
  const running = [serving, ...others, created].filter((each) => each !== undefined);
  return [
    line(l10n.t("This file"), [
      written === undefined ? code(reference.text) : code(short(written)),
      text(written === undefined ? "" : agreement(written, runs)),
    ]),
    line(l10n.t("The tag now"), [
      now === undefined ? text(l10n.t("not known")) : code(short(now)),
      text(now === undefined ? "" : agreement(now, runs)),
    ]),
    line(
      l10n.t("The cluster"),
      running.length === 0
        ? [text(l10n.t("no Revision yet"))]
        : running.flatMap((each, index) => [
            ...(index === 0 ? [] : [text("; ")]),
            ...runningPieces(each, facts.now),
          ]),
    ),
    ...sentence,
    ...(unready === undefined || isSaid(facts, "revision-failed")
      ? []
      : [paragraph(text(unreadyWords(unready)))]),
    ...pullSecretBlocks(state, cluster),
  ];
}

type Present = Extract<NonNullable<ImageState["cluster"]>, { kind: "present" }>;

/** Which pull secret counts, where the controller looks the image up. */
function pullSecretBlocks(state: ImageState, { pullSecret, unready }: Present): Block[] {
  const { outcome } = state;
  if (pullSecret === undefined || (outcome.kind !== "resolve" && outcome.kind !== "status-only")) {
    return [];
  }
  // A public image needs none.
  const isRefused = unready !== undefined || deniedRegistry(state) !== undefined;
  const words = pullSecretWords(pullSecret, isRefused);
  return words === undefined ? [] : [paragraph(text(words))];
}

function pullSecretWords(choice: PullSecretChoice, isRefused: boolean): string | undefined {
  switch (choice.kind) {
    case "secret":
      return choice.account === undefined
        ? l10n.t("Knative signs in with Secret {0}.", choice.name)
        : l10n.t(
            "Knative signs in with Secret {0} of service account {1}.",
            choice.name,
            choice.account,
          );
    case "no-match":
      return l10n.t(
        "Knative signs in with no pull secret: no entry of {0} is for this registry.",
        listed(choice.names),
      );
    case "broken":
      return l10n.t(
        "Knative cannot read Secret {0}, so every image of this Revision fails.",
        choice.name,
      );
    case "none-named":
      return isRefused
        ? l10n.t(
            "Knative signs in with no pull secret: neither this resource nor service account {0} names one.",
            choice.account,
          )
        : undefined;
    case "unknown":
      if (choice.failure !== "no-permission" || (choice.names.length === 0 && !isRefused)) {
        return undefined;
      }
      return l10n.t(
        "Which pull secret Knative signs in with is not known: your account may not read service accounts or Secrets there.",
      );
  }
}

/** Names that are shown. */
const maxNamed = 3;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxNamed).join(", ");
  return names.length > maxNamed ? `${shown} +${names.length - maxNamed}` : shown;
}

function line(title: string, pieces: readonly Piece[]): Block {
  return paragraph(strong(title), text(": "), ...pieces);
}

function short(digest: string): string {
  return shortDigest(digest, 12);
}

/** Whether a digest is the one that runs, as a mark that needs no words. */
function agreement(digest: string, runs: string | undefined): string {
  if (runs === undefined) return "";
  return digest === runs ? " ✓" : " ≠";
}

function runningPieces({ revision, runs, created, percent, isReady }: RunningImage, now: number) {
  const facts = [
    revision,
    isReady ? undefined : l10n.t("not ready"),
    created === undefined ? undefined : ageWords(now - created),
    percent === undefined ? undefined : l10n.t("{0} % of the traffic", percent),
  ].filter((part) => part !== undefined);
  const digest = runs === undefined ? text(l10n.t("not known")) : code(short(runs.digest));
  return [digest, text(` (${facts.join(", ")})`)];
}

function unreadyWords({ revision, reason, message }: NonNullable<Unready>): string {
  return message === ""
    ? l10n.t("Revision {0} is not ready in the cluster: {1}.", revision, reason)
    : l10n.t("Revision {0} is not ready in the cluster: {1}: {2}", revision, reason, message);
}

type Unready = Present["unready"];

function comparisonWords(comparison: Comparison): string {
  switch (comparison.kind) {
    case "absent":
      return l10n.t("The cluster does not have this container: applying this file creates it.");
    case "unknown":
      return l10n.t(
        "The cluster has this image: which digest it runs, or would run, is not known.",
      );
    case "agrees":
      return l10n.t("The cluster runs what this file says.");
    case "tag-moved-since":
      return comparison.isWhole
        ? l10n.t(
            "Applying this file changes nothing: the template is the same, and the tag has moved since.",
          )
        : l10n.t(
            "Applying this file changes nothing unless something else in the template changed: the image is the same, and the tag has moved since.",
          );
    case "left-behind":
      return l10n.t("The cluster runs an image that this tag no longer names.");
    case "not-ready":
      return l10n.t(
        "This file is applied, but its Revision {0} is not ready.",
        comparison.revision,
      );
    case "rolls-out":
      return comparison.to === undefined
        ? l10n.t("Applying this file rolls out this image.")
        : l10n.t("Applying this file rolls out {0}.", short(comparison.to));
    case "same-digest":
      return l10n.t("Applying this file makes a new Revision that runs the same digest.");
  }
}

/** What the cluster runs, in one cell of a table; null where it was not asked about the image. */
export function clusterCell({ cluster }: ImageState): string | null {
  if (cluster === undefined) return null;
  const { revision, digest, reason } = clusterSummary(cluster);
  if (revision === null) return l10n.t("not found");
  const words = digest === null ? revision : `${short(digest)} (${revision})`;
  return reason === null ? words : `${words} ${reason}`;
}
