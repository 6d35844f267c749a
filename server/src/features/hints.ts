// Inlay hints: the short digest behind a tag, and a mark for what is skipped, moved or failed.

import * as l10n from "@vscode/l10n";
import { resolvedDigest, type ImageState } from "../findings/imageState.ts";
import type { PlacedState } from "../findings/reading.ts";
import type { FileOffset } from "../document/span.ts";
import { shortDigest } from "../image/digest.ts";
import type { FailureKind } from "../resolver/resolution.ts";

/** A hint as a value: the server gives it its place and its edit. */
export interface Hint {
  readonly label: string;
  /** Behind the reference, inside its quotes. */
  readonly at: FileOffset;
  /** Whether it says something about the reference rather than continue it: then a gap stands before it. */
  readonly isApart: boolean;
}

/** Symbols shown before the words or the digest of a state. */
const marks = { skipped: "⊘", moved: "↻", failed: "✗", unknown: "○", floating: "≈" } as const;
/** A mark takes two characters of a digest's room. */
const markRoom = 2;
const shortest = 4;

/**
 * The hint of a use; undefined where there is nothing to show. At the default length a label has at
 * most 21 characters, since VS Code cuts all hints of a line together at 43.
 * @param digestLength how many hexadecimal digits to show.
 */
export function imageHint({ state, span }: PlacedState, digestLength: number): Hint | undefined {
  const label = hintLabel(state, digestLength);
  if (label === undefined) return undefined;
  return { label, at: span.end, isApart: !label.startsWith("@") };
}

function hintLabel(state: ImageState, length: number): string | undefined {
  const { use, drift, tag, pin, outcome } = state;
  const marked = (mark: string, digest: string): string =>
    `${mark} @${shortDigest(digest, Math.max(shortest, length - markRoom))}`;
  if (use.reference.kind === "digest") {
    // A pin whose registry does not answer is as good as before; one that is gone is not.
    if (isGone(pin)) return failedLabel(pin);
    if (drift.kind === "moved") return marked(marks.moved, drift.digest);
    if (drift.kind === "mismatch") return `${marks.failed} ${l10n.t("other tag’s digest")}`;
    if (drift.kind === "single-platform") return `${marks.failed} ${l10n.t("one platform")}`;
    return undefined;
  }
  const digest = resolvedDigest(tag);
  if (outcome.kind === "skip") {
    return digest === undefined
      ? `${marks.skipped} ${l10n.t("skipped")}`
      : marked(marks.skipped, digest);
  }
  // What the registry says now comes before what it said once.
  const failed = failedLabel(tag);
  if (failed !== undefined && digest !== undefined && isPassing(tag)) {
    return marked(marks.unknown, digest);
  }
  if (failed !== undefined || digest === undefined) return failed;
  // Knative does not run this digest: it is what the tag means now.
  const isFloating = outcome.kind === "unresolved-kind" || outcome.kind === "status-only";
  return isFloating ? marked(marks.floating, digest) : `@${shortDigest(digest, length)}`;
}

function isGone(answer: ImageState["pin"]): boolean {
  const resolution = answer?.resolution;
  return resolution?.status === "failed" && resolution.error.kind === "digest-not-found";
}

/** The registry did not answer, which says nothing of the image. */
function isPassing(answer: ImageState["tag"]): boolean {
  const resolution = answer?.resolution;
  if (resolution?.status !== "failed") return false;
  return (
    resolution.error.kind === "registry-unreachable" || resolution.error.kind === "rate-limited"
  );
}

function failedLabel(answer: ImageState["tag"]): string | undefined {
  if (answer?.resolution.status !== "failed") return undefined;
  const { kind } = answer.resolution.error;
  // A registry that gave no answer says nothing of the image.
  const isUnknown = isPassing(answer) || kind === "blocked";
  return `${isUnknown ? marks.unknown : marks.failed} ${failureWords(kind)}`;
}

/** What a lookup that failed means, in the few words that a hint and a tree have room for. */
export function failureWords(kind: FailureKind): string {
  switch (kind) {
    case "tag-not-found":
      return l10n.t("tag not found");
    case "digest-not-found":
      return l10n.t("digest not found");
    case "access-denied":
      return l10n.t("no access");
    case "certificate-untrusted":
      return l10n.t("untrusted CA");
    case "registry-unreachable":
      return l10n.t("unreachable");
    case "rate-limited":
      return l10n.t("rate-limited");
    case "no-digest-header":
      return l10n.t("no digest header");
    case "invalid-response":
      return l10n.t("not a registry");
    case "blocked":
      return l10n.t("not contacted");
  }
}
