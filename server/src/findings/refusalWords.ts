// Words for images that Knative refuses or that are certain to fail.

import * as l10n from "@vscode/l10n";
import type { DoomedReason } from "../knative/doomedReason.ts";
import type { RejectReason } from "../knative/outcome.ts";

/** One sentence: why the webhook refuses the manifest, with the reason that Knative does not show. */
export function rejectMessage(reason: RejectReason): string {
  return reason.kind === "missing"
    ? l10n.t("This container has no image.")
    : unparseableMessage(reason.text, reason.problem);
}

/** @param problem go-containerregistry's message, used where we have none. */
function unparseableMessage(text: string, problem: string): string {
  if (/\s/.test(text)) return l10n.t("An image reference must not contain blanks.");
  const [, rule, rest = ""] = /^(repository|tag) can only contain .*`: (.*)$/s.exec(problem) ?? [];
  if (rule === "repository" && /^[A-Za-z0-9_./-]+$/.test(rest)) {
    return l10n.t("Repository names must be lower case: “{0}”.", rest);
  }
  const odd = /[^A-Za-z0-9_.-]/.exec(rest)?.[0];
  if (rule === "tag" && odd !== undefined) {
    return l10n.t("Tag “{0}” contains “{1}”, which is not allowed.", rest, odd);
  }
  const hex = /@sha256:([^:@]*)$/.exec(text)?.[1];
  if (problem === "invalid checksum digest length" && hex !== undefined) {
    return l10n.t("A sha256 digest has 64 hex digits; this has {0}.", hex.length);
  }
  return l10n.t("Invalid image reference: {0}.", problem);
}

/** One sentence: why an image that Knative accepts cannot run. */
export function doomedMessage(reason: DoomedReason): string {
  switch (reason.kind) {
    case "ko":
      return l10n.t("Run “ko resolve” or “ko apply”: this is a Go import path, not an image.");
    case "url-scheme":
      return l10n.t("Remove “{0}://”: an image reference is not a URL.", reason.scheme);
    case "localhost-is-docker-hub":
      return l10n.t("Add a port to “localhost”: without one this is read as a Docker Hub account.");
    case "docker-hub-website":
      return l10n.t(
        "Change “{0}” to “docker.io”: this spelling is not a registry.",
        reason.registry,
      );
    case "slashes":
      return l10n.t("Remove the extra slash: no node can pull this image.");
    case "registry-form":
      return l10n.t(
        "Registry “{0}” is not host[:port]: no node can pull this image.",
        reason.registry,
      );
    case "repository-form":
      return l10n.t(
        "Path “{0}” is invalid, so no node can pull this image: use lower-case letters and digits with single separators.",
        reason.component,
      );
    case "tag-form":
      return l10n.t(
        "Tag “{0}” must begin with a letter, a digit or “_”: no node can pull this image.",
        reason.tag,
      );
  }
}

/** The reference that was meant instead of a doomed one; undefined if unknown. */
export function meantReference(reason: DoomedReason): string | undefined {
  return "meant" in reason ? reason.meant : undefined;
}
