// Findings about one image use that need no registry.

import * as l10n from "@vscode/l10n";
import { notAString } from "../document/kustomize/kustomization.ts";
import type { Change } from "../edits/change.ts";
import { setReference } from "../edits/imageEdits.ts";
import { accidentalDockerHub, type AccidentalDockerHub } from "../knative/accidentalDockerHub.ts";
import { meantImages } from "../knative/meantImage.ts";
import type { Finding, Fix } from "./finding.ts";
import { useFinding, type FindingContext } from "./findingContext.ts";
import { isUnsure, type ImageState } from "./imageState.ts";
import { doomedMessage, meantReference, rejectMessage } from "./refusalWords.ts";
import { loopbackFindings } from "./loopbackFindings.ts";
import { missedSkipFindings, skippedFindings } from "./skipFindings.ts";

/** All findings of a use that follow from its text and the workspace. */
export function imageFindings(state: ImageState, context: FindingContext): Finding[] {
  const { outcome, use } = state;
  // What func builds and writes itself is not the user's mistake.
  if (use.owner?.tool === "func") return [];
  switch (outcome.kind) {
    case "template":
      return [];
    case "reject":
      return useFinding("invalid-reference", state, context, {
        message: rejectMessage(outcome.reason),
        fixes: rejectFixes(state),
      });
    case "doomed":
      return doomedFindings(state, context);
    default:
      // What Knative does matters only where it sees the image.
      return isUnsure(state) && !context.settings.kubernetesWorkloads
        ? []
        : outcomeFindings(state, context);
  }
}

/** The findings of an image that Knative accepts. */
function outcomeFindings(state: ImageState, context: FindingContext): Finding[] {
  switch (state.outcome.kind) {
    case "skip":
      return [...skippedFindings(state, context), ...unpinned(state, context)];
    case "status-only":
      return [
        ...notSkippedFindings(state, context),
        ...dockerHubFindings(state, context),
        ...useFinding("init-container-by-tag", state, context, {
          message: l10n.t("Init containers run by tag: pin this image to fix what runs."),
        }),
        ...unpinned(state, context),
      ];
    case "resolve":
      return [
        ...notSkippedFindings(state, context),
        ...dockerHubFindings(state, context),
        ...unpinned(state, context),
      ];
    case "unresolved-kind":
      return unresolvedFindings(state, context);
    case "keep":
    case "template":
    case "reject":
    case "doomed":
      return [];
  }
}

/** A registry that was meant to be skipped, or has to be: one finding, since it is one fact. */
function notSkippedFindings(state: ImageState, context: FindingContext): Finding[] {
  const missed = missedSkipFindings(state, context);
  return missed.length > 0 ? missed : loopbackFindings(state, context);
}

function rejectFixes(state: ImageState): Fix[] {
  const { reference } = state.use;
  if (reference.kind !== "invalid") return [];
  const quoting = quotingChanges(state.use);
  if (quoting.length > 0) {
    const values = quoting.map(({ text }) => text.slice(1, -1)).join(", ");
    return [{ title: l10n.t("Put {0} in quotes", values), changes: quoting, isPreferred: true }];
  }
  return bestFirst(meantImages(reference.text).flatMap((meant) => replaceFixes(state, meant)));
}

/** The changes that put quotes around numbers and booleans that stand where a text belongs. */
function quotingChanges({ reference, parts }: ImageState["use"]): Change[] {
  if (reference.kind !== "invalid" || reference.problem !== notAString) return [];
  return parts.flatMap(({ scalar, kind, at }): Change[] => {
    const { style, span, text, isString } = scalar;
    const isPlain = style === "plain" && span.end - span.start === text.length;
    if (!isPlain || at === undefined || kind === "name" || (isString && !/^[\w.+-]+$/.test(text)))
      return [];
    // What the anchor or an alias means elsewhere becomes a text there, too, as it has to.
    return [{ ...span, text: `"${text}"` }];
  });
}

function bestFirst(fixes: readonly Fix[]): Fix[] {
  return fixes.map((fix, index) => ({ ...fix, isPreferred: index === 0 }));
}

function unpinned(state: ImageState, context: FindingContext): Finding[] {
  return useFinding("unpinned-tag", state, context, {
    message: l10n.t("This image has a tag but no digest: the tag can move."),
  });
}

function unresolvedFindings(state: ImageState, context: FindingContext): Finding[] {
  if (state.use.reference.kind !== "tag") return [];
  return useFinding("unresolved-image", state, context, {
    message: l10n.t("Knative does not resolve this tag."),
  });
}

function doomedFindings(state: ImageState, context: FindingContext): Finding[] {
  if (state.outcome.kind !== "doomed") return [];
  const { reason } = state.outcome;
  const meant = meantReference(reason);
  const accident =
    reason.kind === "localhost-is-docker-hub" ? accidentOf(state, context) : undefined;
  const meantFixes = meant === undefined ? [] : replaceFixes(state, meant);
  return useFinding("doomed-reference", state, context, {
    message: doomedMessage(reason),
    // What dooms a reference stands in its name, whose field it may be.
    at: 0,
    fixes: accident === undefined ? meantFixes : accidentFixes(state, accident),
    ...(reason.kind === "ko" ? { severity: "information" } : {}),
  });
}

/** Replaces the field that is wrong; none where that is not one field alone. */
function replaceFixes({ use }: ImageState, meant: string): Fix[] {
  // Without the document's text an escaped scalar is written again as a whole.
  const change = setReference({ image: use, text: "" }, meant);
  if (change === undefined) return [];
  const { changes, written } = change;
  return [{ title: l10n.t("Change to {0}", written), changes, isPreferred: true }];
}

function dockerHubFindings(state: ImageState, context: FindingContext): Finding[] {
  const { reference } = state.use;
  const accident = accidentOf(state, context);
  if (accident === undefined || reference.kind !== "tag") return [];
  return useFinding("accidental-docker-hub", state, context, {
    message: accidentMessage(accident, reference.repository),
    at: 0,
    fixes: accidentFixes(state, accident),
  });
}

function accidentOf(
  { use: { reference } }: ImageState,
  { facts }: FindingContext,
): AccidentalDockerHub | undefined {
  return reference.kind === "tag" ? accidentalDockerHub(reference, facts.registries) : undefined;
}

function accidentFixes(state: ImageState, accident: AccidentalDockerHub): Fix[] {
  const { text } = state.use.reference;
  const path = text.slice(text.indexOf("/"));
  return bestFirst(
    meantRegistries(accident).flatMap((registry) => replaceFixes(state, registry + path)),
  );
}

function accidentMessage(accident: AccidentalDockerHub, repository: string): string {
  switch (accident.kind) {
    case "localhost":
      return l10n.t("“localhost” is read as a Docker Hub account ({0}): add a port.", repository);
    case "bare-host":
      return l10n.t(
        "“{0}” is read as a Docker Hub account ({1}): add a port or domain.",
        accident.host,
        repository,
      );
    case "no-repository":
      return l10n.t(
        "Add a repository to “{0}”: it is read as {1} on Docker Hub.",
        accident.registry,
        repository,
      );
  }
}

function meantRegistries(accident: AccidentalDockerHub): readonly string[] {
  return accident.kind === "no-repository" ? [] : accident.registries;
}
