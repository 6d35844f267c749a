// The first line of a hover: what Knative does with the image, in one line.

import * as l10n from "@vscode/l10n";
import { ownerWords } from "../findings/ownerWords.ts";
import { originWords } from "../findings/skipWords.ts";
import type { Failed } from "../resolver/resolution.ts";
import { isSaid, type HoverFacts } from "./imageFacts.ts";
import { resolvedDigest } from "../findings/imageState.ts";
import { code, link, paragraph, strong, text, type Block } from "./markdown.ts";
import { cloudRunVerdict } from "./platformWords.ts";
import { skipPlace } from "./skipPlace.ts";

/** The verdict. Where the editor shows the same fact above as a finding, the line says what follows from it. */
export function verdictBlock(facts: HoverFacts): Block {
  const { outcome, use } = facts.state;
  if (use.owner?.tool === "func") return line(ownerWords(use.owner));
  const elsewhere = use.platform === "cloud-run" ? cloudRunVerdict(facts.state) : undefined;
  if (elsewhere !== undefined) return line(elsewhere);
  switch (outcome.kind) {
    case "template":
      if (facts.state.fate?.kind === "replaced") {
        return line(l10n.t("Replaced by kustomize: not checked here."));
      }
      return line(l10n.t("Templated value: not checked."));
    case "reject":
      return line(l10n.t("Knative’s webhook will reject this."));
    case "doomed":
      return line(l10n.t("Knative accepts this, but it will fail."));
    case "skip":
      return skipVerdict(facts, outcome.entry);
    case "keep":
      return pinVerdict(facts);
    case "resolve":
      return tagVerdict(facts);
    case "status-only":
      return line(
        isSaid(facts, "init-container-by-tag")
          ? l10n.t("The digest goes into the Revision’s status only.")
          : l10n.t("Init containers run by tag."),
      );
    case "unresolved-kind":
      return line(
        isSaid(facts, "unresolved-image")
          ? l10n.t("The tag is used as is.")
          : l10n.t("Knative does not resolve images here; the tag is used as is."),
      );
  }
}

function line(words: string): Block {
  return paragraph(strong(words));
}

/** With the digest, where the finding above takes its room. */
function skipVerdict(facts: HoverFacts, entry: string): Block {
  const { skipList, tag } = facts.state;
  const place = skipPlace(entry, skipList);
  const where = place === undefined ? text(originWords(skipList)) : link(place.name, place.href);
  const from = [text(" ("), where, text(")")];
  if (!isSaid(facts, "registry-skipped")) {
    return paragraph(strong(l10n.t("Not resolved: {0} is on the skip list", entry)), ...from);
  }
  const used = strong(l10n.t("The tag is used as is."));
  const digest = resolvedDigest(tag);
  if (digest === undefined) return paragraph(used, ...from);
  const points = l10n.t("Tag {0} now points to", tag?.key.reference ?? "");
  return paragraph(used, ...from, text(" "), text(points), text(" "), code(digest));
}

function pinVerdict(facts: HoverFacts): Block {
  const { drift, pin, tag } = facts.state;
  if (pin?.resolution.status === "failed" && pin.resolution.error.kind === "digest-not-found") {
    return line(l10n.t("No node can pull this digest."));
  }
  const pinned = l10n.t("Pinned: Knative runs exactly this digest.");
  switch (drift.kind) {
    case "mismatch":
      if (isSaid(facts, "tag-digest-mismatch")) return line(pinned);
      return line(l10n.t("Tag and digest disagree: Knative runs the digest."));
    case "single-platform":
      return line(l10n.t("Pinned to {0} only.", drift.platform));
    case "current": {
      const name = tag?.key.reference ?? "";
      return paragraph(strong(pinned), text(" "), text(l10n.t("Up to date with tag {0}.", name)));
    }
    case "moved":
    case "none":
      return line(pinned);
  }
}

function tagVerdict(facts: HoverFacts): Block {
  const { tag } = facts.state;
  const resolution = tag?.resolution;
  switch (resolution?.status) {
    case "resolved":
      return line(l10n.t("Knative resolves this tag and runs:"));
    case "failed":
      return saysFailure(facts)
        ? paragraph(strong(failureVerdict(resolution)), text(" "), text(resolution.error.message))
        : line(isUnknown(resolution) ? l10n.t("Digest unknown.") : failureVerdict(resolution));
    case "pending":
      return line(l10n.t("Looking up the digest in {0}…", tag?.key.registry ?? ""));
    case "not-asked":
    case undefined:
      return line(l10n.t("Knative resolves this tag when it creates the Revision."));
  }
}

/** Whether the verdict's line says why the tag's lookup failed: where the editor does not show that above. */
export function saysFailure({ state, said }: HoverFacts): boolean {
  const resolution = state.tag?.resolution;
  if (resolution?.status !== "failed" || state.outcome.kind !== "resolve") return false;
  if (state.use.platform === "cloud-run" && cloudRunVerdict(state) !== undefined) return false;
  return !said.some(({ message }) => message === resolution.error.message);
}

/** Whether the lookup failed in a way that says nothing of the image. */
function isUnknown({ error }: Failed): boolean {
  return !["tag-not-found", "digest-not-found", "no-digest-header"].includes(error.kind);
}

/** Whether the verdict is so short that the links stand in its line: a finding above says the rest. */
export function isShort(facts: HoverFacts): boolean {
  if (facts.state.outcome.kind === "skip") return isSaid(facts, "registry-skipped");
  const resolution = facts.state.tag?.resolution;
  if (resolution?.status !== "failed" || facts.state.outcome.kind !== "resolve") return false;
  return isUnknown(resolution) && !saysFailure(facts);
}

/** A failed lookup promises nothing: it says what is known of the image, which is often nothing. */
function failureVerdict({ error }: Failed): string {
  switch (error.kind) {
    case "tag-not-found":
    case "digest-not-found":
    case "no-digest-header":
      return l10n.t("Knative cannot resolve this tag.");
    case "access-denied":
    case "certificate-untrusted":
    case "registry-unreachable":
    case "rate-limited":
    case "invalid-response":
    case "blocked":
      return l10n.t("Digest unknown: the lookup failed.");
  }
}
