// Words for images that Knative refuses or that are certain to fail.

import * as l10n from "@vscode/l10n";
import type { DoomedReason } from "../knative/doomedReason.ts";
import type { RejectReason } from "../knative/outcome.ts";

/** One sentence: why the webhook refuses the manifest, with the reason that Knative does not show. */
export function rejectMessage(reason: RejectReason): string {
  switch (reason.kind) {
    case "missing":
      return l10n.t("Knative refuses a container without an image: missing field(s).");
    case "unparseable":
      return l10n.t("Knative refuses this image: {0}.", reason.problem);
  }
}

/** One sentence: why an image that Knative accepts cannot run. */
export function doomedMessage(reason: DoomedReason): string {
  switch (reason.kind) {
    case "ko":
      return l10n.t(
        "This is a Go import path: run “ko resolve” or “ko apply”, since Knative itself would look for a registry named “ko”.",
      );
    case "url-scheme":
      return l10n.t(
        "Knative reads “{0}:” as the registry’s name and will not find it: write the image without “{0}://”.",
        reason.scheme,
      );
    case "localhost-is-docker-hub":
      return l10n.t(
        "Knative looks for this image on Docker Hub, in the account “localhost”: a registry on this machine needs its port (localhost:5000/…).",
      );
    case "docker-hub-website":
      return l10n.t(
        "“{0}” serves no registry, and Knative rewrites only “docker.io” to Docker Hub: write {1}.",
        reason.registry,
        reason.meant,
      );
    case "slashes":
      return l10n.t("Knative accepts the extra slash, and no node can pull the image.");
    case "registry-form":
      return l10n.t(
        "Knative accepts the registry “{0}”, and no node can pull from it: it is not host[:port].",
        reason.registry,
      );
    case "repository-form":
      return l10n.t(
        "Knative accepts the path “{0}”, and no node can pull the image: a part of a path is lower-case letters and digits, joined by “.”, “_”, “__” or “-”.",
        reason.component,
      );
    case "tag-form":
      return l10n.t(
        "Knative accepts the tag “{0}”, and no node can pull it: a tag begins with a letter, a digit or “_”.",
        reason.tag,
      );
  }
}

/** The reference that was meant instead of a doomed one; undefined if nobody can tell. */
export function meantReference(reason: DoomedReason): string | undefined {
  return "meant" in reason ? reason.meant : undefined;
}
