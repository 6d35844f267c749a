// Inlay hints: the short digest behind a tag, and a mark for what is skipped, moved or failed.

import * as l10n from "@vscode/l10n";
import type { PlacedState } from "../findings/reading.ts";
import { resolvedDigest, type ImageState } from "../findings/imageState.ts";
import { shortDigest } from "../image/digest.ts";
import type { FailureKind } from "../resolver/resolution.ts";

/** A hint as a value: the server gives it its place and its edit. */
export interface Hint {
  readonly label: string;
  /** Offset in the YAML document: behind the reference, inside its quotes. */
  readonly at: number;
}

/** Marks that stand for a state without words. */
const marks = { skipped: "⊘", moved: "↻", failed: "✗" } as const;

/**
 * The hint of a use; undefined where there is nothing to show. At the default length a label has at
 * most 21 characters, since VS Code cuts all hints of a line together at 43.
 * @param digestLength how many hexadecimal digits to show.
 */
export function imageHint({ state }: PlacedState, digestLength: number): Hint | undefined {
  const label = hintLabel(state, digestLength);
  if (label === undefined) return undefined;
  const { scalar, place } = state.use;
  const isAlias = place.start !== scalar.span.start;
  return { label, at: isAlias ? place.end : (scalar.content ?? scalar.span).end };
}

function hintLabel(state: ImageState, length: number): string | undefined {
  const { use, drift, tag, pin, outcome } = state;
  const marked = (mark: string, digest: string): string =>
    `${mark} @${shortDigest(digest, Math.max(4, length - 2))}`;
  if (use.reference.kind === "digest") {
    if (drift.kind === "moved") return marked(marks.moved, drift.digest);
    if (drift.kind === "single-platform") return `${marks.failed} ${l10n.t("one platform")}`;
    return failedLabel(pin);
  }
  const digest = resolvedDigest(tag);
  if (outcome.kind === "skip") {
    return digest === undefined
      ? `${marks.skipped} ${l10n.t("skipped")}`
      : marked(marks.skipped, digest);
  }
  if (tag?.resolution.status === "failed") {
    return digest === undefined ? failedLabel(tag) : marked(marks.failed, digest);
  }
  return digest === undefined ? undefined : `@${shortDigest(digest, length)}`;
}

function failedLabel(answer: ImageState["tag"]): string | undefined {
  if (answer?.resolution.status !== "failed") return undefined;
  const words = failureWords(answer.resolution.error.kind);
  return words === undefined ? undefined : `${marks.failed} ${words}`;
}

function failureWords(kind: FailureKind): string | undefined {
  switch (kind) {
    case "tag-not-found":
      return l10n.t("tag not found");
    case "digest-not-found":
      return l10n.t("digest is gone");
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
      return l10n.t("no registry");
    case "blocked":
      return l10n.t("not contacted");
  }
}
