// Findings about one image use that need no registry.

import * as l10n from "@vscode/l10n";
import { setReference } from "../edits/imageEdits.ts";
import { accidentalDockerHub, type AccidentalDockerHub } from "../knative/accidentalDockerHub.ts";
import type { Finding, Fix } from "./finding.ts";
import { useFinding, type FindingContext } from "./findingContext.ts";
import type { ImageState } from "./imageState.ts";
import { doomedMessage, meantReference, rejectMessage } from "./refusalWords.ts";
import { missedSkipFindings, skippedFindings } from "./skipFindings.ts";

/** Everything worth saying about a use that its text and the workspace alone tell. */
export function imageFindings(state: ImageState, context: FindingContext): Finding[] {
  const { outcome } = state;
  switch (outcome.kind) {
    case "template":
      return [];
    case "reject":
      return useFinding("invalid-reference", state, context, {
        message: rejectMessage(outcome.reason),
      });
    case "doomed":
      return doomedFindings(state, context);
    case "skip":
      return [...skippedFindings(state, context), ...unpinned(state, context)];
    case "status-only":
      return [
        ...missedSkipFindings(state, context),
        ...dockerHubFindings(state, context),
        ...useFinding("init-container-by-tag", state, context, {
          message: l10n.t(
            "Knative resolves an init container’s tag into the status and runs it by its tag all the same: only a digest written here fixes what runs.",
          ),
        }),
        ...unpinned(state, context),
      ];
    case "resolve":
      return [
        ...missedSkipFindings(state, context),
        ...dockerHubFindings(state, context),
        ...unpinned(state, context),
      ];
    case "unresolved-kind":
      return unresolvedFindings(state, context);
    case "keep":
      return [];
  }
}

function unpinned(state: ImageState, context: FindingContext): Finding[] {
  return useFinding("unpinned-tag", state, context, {
    message: l10n.t("This image is named by a tag alone: the tag can move."),
  });
}

function unresolvedFindings(state: ImageState, context: FindingContext): Finding[] {
  if (state.use.reference.kind !== "tag") return [];
  return useFinding("unresolved-image", state, context, {
    message: l10n.t("Knative never resolves this image’s tag: it runs what the tag means then."),
  });
}

function doomedFindings(state: ImageState, context: FindingContext): Finding[] {
  if (state.outcome.kind !== "doomed") return [];
  const { reason } = state.outcome;
  const meant = meantReference(reason);
  return [
    ...useFinding("doomed-reference", state, context, {
      message: doomedMessage(reason),
      // What dooms a reference stands in its name, whose field it may be.
      at: 0,
      fixes: meant === undefined ? [] : replaceFixes(state, meant),
      ...(reason.kind === "ko" ? { severity: "information" } : {}),
    }),
    ...(reason.kind === "localhost-is-docker-hub" ? dockerHubFindings(state, context) : []),
  ];
}

/** Replaces the field that is wrong; none where that is not one field alone. */
function replaceFixes({ use }: ImageState, meant: string): Fix[] {
  // Without the document's text an escaped scalar is written again as a whole.
  const change = setReference({ image: use, text: "" }, meant);
  if (change === undefined) return [];
  const { changes, written } = change;
  return [{ title: l10n.t("Write {0}", written), changes, isPreferred: true }];
}

function dockerHubFindings(state: ImageState, context: FindingContext): Finding[] {
  const { reference } = state.use;
  if (reference.kind !== "tag") return [];
  const accident = accidentalDockerHub(reference, context.facts.registries);
  if (accident === undefined) return [];
  return useFinding("accidental-docker-hub", state, context, {
    message: accidentMessage(accident, reference.repository),
    at: 0,
    fixes: meantRegistries(accident)
      .flatMap((registry) =>
        replaceFixes(state, registry + reference.text.slice(reference.text.indexOf("/"))),
      )
      .map((fix, index) => ({ ...fix, isPreferred: index === 0 })),
  });
}

function accidentMessage(accident: AccidentalDockerHub, repository: string): string {
  switch (accident.kind) {
    case "localhost":
      return l10n.t(
        "Without a port “localhost” is no registry for Knative: this is {0} on Docker Hub.",
        repository,
      );
    case "bare-host":
      return l10n.t(
        "Without a dot or a port “{0}” is no registry for Knative: this is {1} on Docker Hub.",
        accident.host,
        repository,
      );
    case "no-repository":
      return l10n.t(
        "“{0}” looks like a registry without a repository: Knative reads it as {1} on Docker Hub.",
        accident.registry,
        repository,
      );
  }
}

function meantRegistries(accident: AccidentalDockerHub): readonly string[] {
  return accident.kind === "no-repository" ? [] : accident.registries;
}
