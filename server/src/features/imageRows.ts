// The images of a workspace as rows of a table: for the tree and for the inventory.

import { doomedMessage, rejectMessage } from "../findings/refusalWords.ts";
import { newDigest, resolvedDigest, type ImageState } from "../findings/imageState.ts";
import { shownOrNull, shownText } from "../shownText.ts";

/** What a reader should do about an image, the urgent ones first. */
export const imageGroups = [
  "failed",
  "moved",
  "skipped",
  "unpinned",
  "never-resolved",
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
  };
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
    case "doomed":
      return "failed";
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
