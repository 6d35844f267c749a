// Findings about one image use that need no registry.

import * as l10n from "@vscode/l10n";
import { replaceReference } from "../edits/replaceReference.ts";
import { accidentalDockerHub, type AccidentalDockerHub } from "../knative/accidentalDockerHub.ts";
import type { Settings, Severity } from "../settings.ts";
import type { SkipList } from "../workspace/effectiveSkipList.ts";
import type { WorkspaceFacts } from "../workspace/workspaceFacts.ts";
import type { Finding, Fix, RelatedPlace } from "./finding.ts";
import { severityOf, type FindingCode } from "./findingCodes.ts";
import type { ImageState } from "./imageState.ts";
import { doomedMessage, meantReference, rejectMessage } from "./refusalWords.ts";
import { skippedMessage } from "./skipWords.ts";

/** What findings depend on beside the document itself. */
export interface FindingContext {
  readonly settings: Settings;
  readonly facts: WorkspaceFacts;
}

interface Draft {
  readonly message: string;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
  /** The severity where the setting says nothing, if it is not the code's own. */
  readonly severity?: Severity;
}

/** A finding about a use; none if its code is switched off. */
export function useFinding(
  code: FindingCode,
  state: ImageState,
  context: FindingContext,
  draft: Draft,
): Finding[] {
  const severity = severityOf(code, context.settings, draft.severity);
  if (severity === "off") return [];
  return [
    {
      code,
      severity,
      message: draft.message,
      span: usePlace(state),
      related: draft.related ?? [],
      fixes: draft.fixes ?? [],
    },
  ];
}

/** The reference without its quotes where that is one stretch of text. */
function usePlace({ use }: ImageState): Finding["span"] {
  const { scalar, place } = use;
  const isAlias = place.start !== scalar.span.start;
  return isAlias ? place : (scalar.content ?? scalar.span);
}

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
        ...dockerHubFindings(state, context),
        ...useFinding("init-container-by-tag", state, context, {
          message: l10n.t(
            "Knative resolves an init container’s tag into the status and runs it by its tag all the same: only a digest written here fixes what runs.",
          ),
        }),
        ...unpinned(state, context),
      ];
    case "resolve":
      return [...dockerHubFindings(state, context), ...unpinned(state, context)];
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
      fixes: meant === undefined ? [] : [replaceFix(state, meant)],
      ...(reason.kind === "ko" ? { severity: "information" } : {}),
    }),
    ...(reason.kind === "localhost-is-docker-hub" ? dockerHubFindings(state, context) : []),
  ];
}

function replaceFix(state: ImageState, meant: string): Fix {
  return {
    title: l10n.t("Write {0}", meant),
    changes: replaceReference(state.use, meant),
    isPreferred: true,
  };
}

function skippedFindings(state: ImageState, context: FindingContext): Finding[] {
  const { outcome, skipList, use } = state;
  if (outcome.kind !== "skip" || use.reference.kind !== "tag") return [];
  const { reference } = use;
  const alwaysPulled = reference.tag === "latest";
  return [
    ...useFinding("registry-skipped", state, context, {
      message: skippedMessage(outcome.entry, skipList),
      related: skipEntryPlace(outcome.entry, skipList),
    }),
    ...(alwaysPulled
      ? useFinding("side-loaded-latest", state, context, {
          message: l10n.t(
            "An unresolved image tagged “latest” is always pulled, so one that is only loaded onto the nodes fails with ErrImagePull: give it another tag or imagePullPolicy: IfNotPresent.",
          ),
        })
      : []),
  ];
}

/** The entry's place in the workspace, if the list stands in a file. */
function skipEntryPlace(registry: string, { location }: SkipList): RelatedPlace[] {
  if (location === undefined) return [];
  return [
    {
      uri: location.uri,
      text: location.text,
      span: location.entries.get(registry) ?? location.value,
      message: l10n.t("{0} is skipped here.", registry),
    },
  ];
}

function dockerHubFindings(state: ImageState, context: FindingContext): Finding[] {
  const { reference } = state.use;
  if (reference.kind !== "tag") return [];
  const accident = accidentalDockerHub(reference, context.facts.registries);
  if (accident === undefined) return [];
  return useFinding("accidental-docker-hub", state, context, {
    message: accidentMessage(accident, reference.repository),
    fixes: meantRegistries(accident).map((registry) =>
      replaceFix(state, registry + reference.text.slice(reference.text.indexOf("/"))),
    ),
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
