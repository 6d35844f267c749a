// The images of a workspace as rows of a table: for the tree and for the inventory.

import * as l10n from "@vscode/l10n";
import type { ImageOwner } from "../document/analysis.ts";
import { doomedMessage, rejectMessage } from "../findings/refusalWords.ts";
import { newDigest, resolvedDigest, type ImageState } from "../findings/imageState.ts";
import { shownOrNull, shownText } from "../shownText.ts";
import { clusterCell } from "./clusterWords.ts";
import { failureWords } from "./hints.ts";

/** What a reader should do about an image, the urgent ones first. */
export const imageGroups = [
  "failed",
  "moved",
  "skipped",
  "unpinned",
  "never-resolved",
  "ko",
  "pinned",
  "template",
] as const;

export type ImageGroup = (typeof imageGroups)[number];

/** An image without its place, as it may be shown. */
export interface ImageRow {
  readonly image: string;
  readonly kind: string | null;
  readonly name: string | null;
  readonly namespace: string | null;
  readonly container: string | null;
  readonly outcome: ImageState["outcome"]["kind"];
  readonly group: ImageGroup;
  readonly digest: string | null;
  readonly runs: string | null;
  readonly problem: string | null;
  /** What the cluster runs; null where it was not asked about this image. */
  readonly cluster: string | null;
  /** Why it stands in its group, in a few words where the group does not say it. */
  readonly reason: string | null;
}

export function imageRow(state: ImageState): ImageRow {
  const { use, outcome, pin, tag, runs } = state;
  const failure = [pin, tag].map((answer) => answer?.resolution);
  const failed = failure.find((resolution) => resolution?.status === "failed");
  const { kind, name, namespace } = use.resource;
  return {
    image: shownText(use.reference.text),
    kind: shownOrNull(kind),
    name: shownOrNull(name),
    namespace: shownOrNull(namespace),
    container: shownOrNull(use.container),
    outcome: outcome.kind,
    group: groupOf(state),
    digest: use.reference.kind === "digest" ? use.reference.digest : (resolvedDigest(tag) ?? null),
    runs: runs ?? null,
    problem: shownOrNull(
      problemOf(outcome) ?? (failed?.status === "failed" ? failed.error.message : null),
    ),
    cluster: shownOrNull(clusterCell(state)),
    reason: reasonOf(state) ?? null,
  };
}

function reasonOf({ drift, fate, outcome, pin, tag, use }: ImageState): string | undefined {
  if (use.owner !== undefined) return ownerName(use.owner);
  if (fate?.kind === "replaced") return l10n.t("replaced by kustomize");
  if (outcome.kind === "reject") return l10n.t("rejected by Knative");
  if (outcome.kind === "doomed") {
    return outcome.reason.kind === "ko" ? undefined : l10n.t("will fail");
  }
  if (drift.kind === "mismatch") return l10n.t("other tag’s digest");
  if (drift.kind === "single-platform") return drift.platform;
  const failed = [pin, tag].find((answer) => answer?.resolution.status === "failed");
  return failed?.resolution.status === "failed"
    ? failureWords(failed.resolution.error.kind)
    : undefined;
}

function ownerName({ tool }: ImageOwner): string {
  switch (tool) {
    case "func":
      return l10n.t("built by func");
    case "argocd-image-updater":
      return l10n.t("updated by Argo CD");
    case "flux":
      return l10n.t("updated by Flux");
    case "setter":
      return l10n.t("updated by a setter");
  }
}

/** Why an image is refused or will fail, by its text alone. */
function problemOf(outcome: ImageState["outcome"]): string | undefined {
  if (outcome.kind === "reject") return rejectMessage(outcome.reason);
  return outcome.kind === "doomed" ? doomedMessage(outcome.reason) : undefined;
}

function groupOf(state: ImageState): ImageGroup {
  const { outcome, drift, use, pin, tag } = state;
  switch (outcome.kind) {
    case "template":
      return "template";
    case "reject":
      return "failed";
    case "doomed":
      // A Go import path becomes an image when ko builds it: nothing is wrong with it.
      return outcome.reason.kind === "ko" ? "ko" : "failed";
    case "skip":
      return "skipped";
    case "keep":
      if (isMissing(pin)) return "failed";
      return newDigest(drift) === undefined ? "pinned" : "moved";
    case "unresolved-kind":
      if (use.reference.kind === "digest") return "pinned";
      return isMissing(tag) ? "failed" : "never-resolved";
    case "resolve":
    case "status-only":
      return isMissing(tag) ? "failed" : "unpinned";
  }
}

/** The registry says something about the image; that it cannot be reached says nothing. */
function isMissing(answer: ImageState["tag"]): boolean {
  const resolution = answer?.resolution;
  if (resolution?.status !== "failed") return false;
  switch (resolution.error.kind) {
    case "tag-not-found":
    case "digest-not-found":
    case "access-denied":
    case "certificate-untrusted":
    case "no-digest-header":
    case "invalid-response":
      return true;
    case "registry-unreachable":
    case "rate-limited":
    case "blocked":
      return false;
  }
}
