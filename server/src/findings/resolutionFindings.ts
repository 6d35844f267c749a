// Findings about what registries answered. Network trouble is never an error of the document.

import * as l10n from "@vscode/l10n";
import { shortDigest } from "../image/digest.ts";
import type { FailureKind, ResolutionError } from "../resolver/resolution.ts";
import type { Finding } from "./finding.ts";
import type { FindingCode } from "./findingCodes.ts";
import { useFinding, type FindingContext } from "./findingContext.ts";
import { isUnsure, type Answer, type ImageState } from "./imageState.ts";

/** All findings of a use that follow from its registry's answers. */
export function resolutionFindings(state: ImageState, context: FindingContext): Finding[] {
  // A registry's answer says nothing of an image that Knative may never see.
  if (isUnsure(state) && !context.settings.kubernetesWorkloads) return [];
  if (state.use.reference.kind === "digest") return pinFindings(state, context);
  const error = failure(state.tag);
  if (error === undefined) return controllerFindings(state, context);
  const code = codeOf(error.kind);
  if (code === undefined) return [];
  // Only Serving's containers hold up a revision; for others a missing tag is still one that cannot be pulled.
  return useFinding(code, state, context, { message: error.message });
}

function pinFindings(state: ImageState, context: FindingContext): Finding[] {
  const error = failure(state.pin);
  if (error?.kind === "digest-not-found") {
    return useFinding("digest-not-found", state, context, { message: error.message });
  }
  const { drift, tag } = state;
  switch (drift.kind) {
    case "moved":
      return useFinding("tag-moved", state, context, {
        message: l10n.t(
          "Tag {0} points to {1} now; Knative runs the digest written here.",
          tag?.key.reference ?? "",
          shortDigest(drift.digest, 12),
        ),
      });
    case "mismatch":
      return useFinding("tag-digest-mismatch", state, context, {
        message: l10n.t(
          "Tag and digest disagree: Knative runs the digest, which belongs to {0}.",
          drift.was,
        ),
      });
    case "single-platform":
      return useFinding("single-platform-digest", state, context, {
        message: l10n.t(
          "Pinned to {0} only: nodes of the other platforms of tag {1} cannot run it.",
          drift.platform,
          tag?.key.reference ?? "",
        ),
      });
    case "none":
    case "current":
      return [];
  }
}

/** Only where Knative contacts the registry at all. */
function controllerFindings(state: ImageState, context: FindingContext): Finding[] {
  const { outcome, tag } = state;
  const isAsked = outcome.kind === "resolve" || outcome.kind === "status-only";
  const problem = tag?.resolution.status === "resolved" ? tag.resolution.controller : undefined;
  if (problem === undefined || !isAsked) return [];
  return useFinding("controller-cannot-resolve", state, context, { message: problem.message });
}

function failure(answer: Answer | undefined): ResolutionError | undefined {
  return answer?.resolution.status === "failed" ? answer.resolution.error : undefined;
}

/** The diagnostic of a failure; undefined for those that say nothing about the image. */
export function codeOf(kind: FailureKind): FindingCode | undefined {
  switch (kind) {
    case "tag-not-found":
    case "digest-not-found":
    case "access-denied":
    case "certificate-untrusted":
    case "registry-unreachable":
    case "rate-limited":
    case "no-digest-header":
      return kind;
    case "invalid-response":
    case "blocked":
      return "registry-unreachable";
  }
}
