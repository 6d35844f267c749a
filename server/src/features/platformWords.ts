// Who runs an image where that is not Knative alone, for the hover.

import * as l10n from "@vscode/l10n";
import type { ImageState } from "../findings/imageState.ts";
import type { FailureKind } from "../resolver/resolution.ts";
import { paragraph, text, type Block } from "./markdown.ts";

/** How KServe or Cloud Run comes to the image; nothing for Knative's own resources, and where nothing is claimed. */
export function platformBlocks({ use, outcome }: ImageState): Block[] {
  if (outcome.kind === "template" || outcome.kind === "unresolved-kind") return [];
  switch (use.platform) {
    case "knative":
      return [];
    case "kserve":
      return [
        paragraph(
          text(
            l10n.t(
              "KServe makes a Knative Service of this resource, so Knative handles its image.",
            ),
          ),
        ),
      ];
    case "cloud-run":
      return [
        paragraph(
          text(
            l10n.t(
              "Cloud Run resolves tags when you deploy (gcloud run services replace). It has no skip list.",
            ),
          ),
        ),
      ];
  }
}

/** What takes the place of the verdict's words on Cloud Run, where Knative has no part in it. */
export function cloudRunVerdict({ outcome, tag, drift }: ImageState): string | undefined {
  switch (outcome.kind) {
    case "reject":
      return l10n.t("Cloud Run will reject this.");
    case "doomed":
      return l10n.t("Cloud Run accepts this, but it will fail.");
    case "keep":
      return drift.kind === "none" || drift.kind === "moved" || drift.kind === "current"
        ? l10n.t("Pinned: Cloud Run runs exactly this digest.")
        : undefined;
    case "resolve":
      return tagVerdict(tag);
    case "skip":
    case "status-only":
    case "unresolved-kind":
    case "template":
      return undefined;
  }
}

function tagVerdict(tag: ImageState["tag"]): string | undefined {
  switch (tag?.resolution.status) {
    case "resolved":
      return l10n.t("Cloud Run resolves this tag when you deploy, and runs:");
    case "failed":
      return failureVerdict(tag.resolution.error.kind);
    case "pending":
      return undefined;
    case "not-asked":
    case undefined:
      return l10n.t("Cloud Run resolves this tag when you deploy.");
  }
}

/** What a registry says for certain; other failures say nothing of the image. */
function failureVerdict(kind: FailureKind): string | undefined {
  return kind === "tag-not-found" || kind === "digest-not-found"
    ? l10n.t("Cloud Run cannot resolve this tag.")
    : undefined;
}
