// What the pin family does to each image of the manifests: which changes, or why none.

import * as l10n from "@vscode/l10n";
import type { ImageUse } from "../../document/analysis.ts";
import type { FileChange } from "../../edits/change.ts";
import type { Clock } from "../../environment.ts";
import type { ClusterObstacle } from "../../findings/clusterComparison.ts";
import { codeOf } from "../../findings/resolutionFindings.ts";
import { severityOf } from "../../findings/findingCodes.ts";
import { buildTime } from "../../findings/buildTime.ts";
import type { Known } from "../../findings/imageState.ts";
import { ownerWords } from "../../findings/ownerWords.ts";
import {
  decidePin,
  pinQuestion,
  type EditVerb,
  type Obstacle,
  type PinPolicy,
} from "../../findings/pinDecision.ts";
import { pinnedFile, unpinnedFile, updatedFile } from "../../findings/placedEdits.ts";
import { placedStatesOf, type PlacedState } from "../../findings/reading.ts";
import { formatDuration } from "../../knative/go/goDuration.ts";
import type { Failed, ManifestKey } from "../../resolver/resolution.ts";
import type { Settings } from "../../settings.ts";
import type { CommandOptions } from "../input/arguments.ts";
import { isUnasked } from "../asking.ts";
import { cleanVerdict, type Verdict } from "../output/exitCode.ts";
import { isBroken, type ManifestReading } from "../input/manifests.ts";
import { isAsSevereAs } from "../output/severities.ts";

/** What becomes of an image. */
export type ImageEdit =
  | {
      readonly kind: "changed";
      readonly changes: readonly FileChange[];
      /** The digest that is written; undefined where one is taken out. */
      readonly digest: string | undefined;
      /** What a person should know of it, in sentences. */
      readonly notes: readonly string[];
    }
  /** Not changed, for a reason that is reported. */
  | {
      readonly kind: "left";
      /** A diagnostic's code, or why nothing was to be done. */
      readonly code: string;
      readonly message: string;
      readonly verdict: Verdict;
    }
  /** Nothing to do. */
  | { readonly kind: "fine" };

export interface EditContext {
  readonly verb: EditVerb;
  /** Whether the user named the file. */
  readonly named: boolean;
  readonly settings: Settings;
  readonly options: CommandOptions;
  readonly known: Known;
  readonly clock: Clock;
}

/** A script takes no old answer for a new one. @param named whether the user named the image's file */
function commandPolicy(
  named: boolean,
  { kubernetesWorkloads }: Settings,
  fromCluster = false,
): PinPolicy {
  return {
    takesLastKnown: false,
    heedsComments: true,
    takesUnsure: named || kubernetesWorkloads,
    fromCluster,
  };
}

/** The images of a file that may be edited: broken documents are left alone. */
export function editedImages({ manifest, reading }: ManifestReading): PlacedState[] {
  return reading.parts
    .filter((part) => !isBroken(manifest.analysis, part))
    .flatMap((part) => placedStatesOf(reading, part));
}

/** The lookup needed before the image can be changed; undefined if there is none. */
export function questionOf(
  placed: PlacedState,
  { verb, named, settings }: Pick<EditContext, "verb" | "named" | "settings">,
): ManifestKey | undefined {
  return pinQuestion(placed, verb, commandPolicy(named, settings));
}

/** Decides about one image from what is known. */
export function editImage(placed: PlacedState, context: EditContext): ImageEdit {
  const { named, settings, options, verb } = context;
  const decision = decidePin(placed, verb, commandPolicy(named, settings, options.fromCluster));
  switch (decision.kind) {
    case "nothing":
      return { kind: "fine" };
    case "ask":
      return notAsked();
    case "impossible":
      return obstacle(decision.why, context);
    case "clear": {
      const changes = unpinnedFile(placed);
      return changes === undefined
        ? left("no-tag", noTagWords(), {})
        : { kind: "changed", changes, digest: undefined, notes: [] };
    }
    case "write":
      return written(placed, decision.digest, context);
  }
}

function left(code: string, message: string, verdict: Partial<Verdict> = {}): ImageEdit {
  return { kind: "left", code, message, verdict: { ...cleanVerdict, ...verdict } };
}

function notAsked(): ImageEdit {
  return left("not-asked", l10n.t("Not looked up."), { unasked: true });
}

function unsureWords(): string {
  return l10n.t(
    "Not edited, because it is unknown which resources this entry changes: to edit it, pass its file or --kubernetes-workloads.",
  );
}

function noTagWords(): string {
  return l10n.t("No tag is known for this digest.");
}

function obstacle(why: Obstacle, context: EditContext): ImageEdit {
  switch (why.kind) {
    case "owned":
      return left("managed", ownerWords(why.owner));
    case "unsure":
      return left("reaches-unknown", unsureWords());
    case "ignored":
      return left("ignored", l10n.t("Ignored by a comment."));
    case "side-loaded":
      return left(
        "not-asked",
        l10n.t(
          "No registry to contact: images under {0} are loaded directly onto nodes.",
          why.registry,
        ),
      );
    case "no-tag":
      return left("no-tag", noTagWords());
    case "not-asked":
      return notAsked();
    case "cluster":
      return clusterObstacle(why.why);
    case "failed":
      return failed(why.failed, context);
  }
}

function clusterObstacle(why: ClusterObstacle): ImageEdit {
  switch (why.kind) {
    case "not-asked":
      return left("not-asked", l10n.t("This image was not looked up in the cluster."));
    case "absent":
      return left("not-in-cluster", l10n.t("The cluster does not have this container."));
    case "no-digest":
      return left("no-digest", l10n.t("The cluster does not say which digest runs."));
    case "other-image":
      return left("other-image", l10n.t("The cluster runs another image here: {0}", why.image));
  }
}

/** Writes a digest, if the image behind it is old enough. */
function written(placed: PlacedState, digest: string, context: EditContext): ImageEdit {
  const { tag, use } = placed.state;
  const age = tag === undefined ? noAge : checkAge(tag.key, digest, context);
  if (age.kind === "too-young") return left("too-young", age.message);
  const changes =
    use.reference.kind === "tag"
      ? pinnedFile(placed, digest, context.settings.pin.style)
      : updatedFile(placed, digest);
  if (changes === undefined) return { kind: "fine" };
  return {
    kind: "changed",
    changes,
    digest,
    notes: [...age.notes, ...revisionNotes(use), ...renameNotes(use)],
  };
}

function failed({ error }: Failed, { settings, options }: EditContext): ImageEdit {
  const code = codeOf(error.kind);
  const severity = code === undefined ? "error" : severityOf(code, settings);
  return left(code ?? error.kind, error.message, {
    found: severity !== "off" && isAsSevereAs(severity, options.failOn),
    unasked: isUnasked(error.kind),
  });
}

/** Knative accepts a changed template only under another name. */
function revisionNotes({ revisionName }: ImageUse): string[] {
  if (revisionName === undefined) return [];
  return [
    l10n.t(
      "Rename the revision {0} too: Knative rejects a change under the same name.",
      revisionName.text,
    ),
  ];
}

/** An entry of a kustomization that changed the name alone left the version to the manifest. */
function renameNotes({ keepsVersion }: ImageUse): string[] {
  return keepsVersion === true
    ? [l10n.t("This entry sets the version from now on: the tag in the manifest no longer counts.")]
    : [];
}

type AgeAnswer =
  | { readonly kind: "too-young"; readonly message: string }
  | { readonly kind: "fine"; readonly notes: readonly string[] };

const noAge: AgeAnswer = { kind: "fine", notes: [] };

/** `--min-age`: whether the image behind the digest is old enough, where that is known. */
function checkAge(key: ManifestKey, digest: string, context: EditContext): AgeAnswer {
  const { minAge } = context.options;
  if (minAge === undefined) return noAge;
  const details = context.known.details(key);
  const created = details?.digest === digest ? (details.created ?? "") : "";
  const now = context.clock.now();
  const built = buildTime(created, now);
  if (built === undefined) {
    return {
      kind: "fine",
      notes: [l10n.t("Age unknown, so --min-age was not applied.")],
    };
  }
  if (now - built >= minAge) return noAge;
  const wanted = formatDuration(BigInt(Math.trunc(minAge)) * 1_000_000n);
  return {
    kind: "too-young",
    message: l10n.t("Built at {0}, less than {1} ago (--min-age).", created, wanted),
  };
}
