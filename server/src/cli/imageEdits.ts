// What the pin family does to each image of the manifests: which changes, or why none.

import * as l10n from "@vscode/l10n";
import type { ImageUse } from "../document/analysis.ts";
import type { FileChange } from "../edits/change.ts";
import type { Clock } from "../environment.ts";
import { codeOf } from "../findings/resolutionFindings.ts";
import { severityOf } from "../findings/findingCodes.ts";
import type { ImageState, Known } from "../findings/imageState.ts";
import { pinnedFile, unpinnedFile, updatedFile } from "../findings/placedEdits.ts";
import { placedStatesOf, type PlacedState } from "../findings/reading.ts";
import { formatDuration } from "../knative/goDuration.ts";
import { registryClass } from "../knative/registryClass.ts";
import type { Failed, ManifestKey } from "../resolver/resolution.ts";
import type { Settings } from "../settings.ts";
import type { CommandOptions } from "./arguments.ts";
import { isUnasked } from "./asking.ts";
import { cleanVerdict, type Verdict } from "./exitCode.ts";
import { isBroken, type ManifestReading } from "./manifests.ts";
import { isAtLeast } from "./severities.ts";

export type EditVerb = "pin" | "update" | "unpin";

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
  /** Left as it is, for a reason that a person wants to know. */
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
  readonly settings: Settings;
  readonly options: CommandOptions;
  readonly known: Known;
  readonly clock: Clock;
}

/** The images of a file that the verb is about. Broken documents are left alone. */
export function editedImages(
  { manifest, reading }: ManifestReading,
  verb: EditVerb,
): PlacedState[] {
  return reading.parts
    .filter((part) => !isBroken(manifest.analysis, part))
    .flatMap((part) => placedStatesOf(reading, part))
    .filter(({ state }) => isMeant(state, verb));
}

function isMeant(state: ImageState, verb: EditVerb): boolean {
  const { reference } = state.use;
  if (verb !== "pin") return reference.kind === "digest";
  return reference.kind === "tag" && (state.tag !== undefined || isSideLoaded(reference));
}

/** Whether the nodes have the image already, so that there is no registry to ask. */
function isSideLoaded({ registry }: { readonly registry: string }): boolean {
  return registryClass(registry) === "side-loaded";
}

/** What to ask before the image can be changed; undefined for those that are left alone. */
export function questionOf({ state, isIgnored }: PlacedState): ManifestKey | undefined {
  return isIgnored ? undefined : state.tag?.key;
}

/** Decides about one image from what is known. */
export function editImage(placed: PlacedState, context: EditContext): ImageEdit {
  if (placed.isIgnored) {
    return left("ignored", l10n.t("A comment says to leave it as it is."));
  }
  return context.verb === "unpin" ? unpinned(placed) : moved(placed, context);
}

function left(code: string, message: string, verdict: Partial<Verdict> = {}): ImageEdit {
  return { kind: "left", code, message, verdict: { ...cleanVerdict, ...verdict } };
}

function unpinned(placed: PlacedState): ImageEdit {
  const changes = unpinnedFile(placed);
  if (changes === undefined) {
    return left("no-tag", l10n.t("Without its digest nothing would say which version is meant."));
  }
  return { kind: "changed", changes, digest: undefined, notes: [] };
}

/** Pins a tag, or moves a pin to what its tag points at. */
function moved(placed: PlacedState, context: EditContext): ImageEdit {
  const { tag, use } = placed.state;
  const { reference } = use;
  if (tag === undefined && reference.kind === "tag") {
    return left(
      "not-asked",
      l10n.t(
        "There is no registry to ask: images of {0} are loaded onto the nodes.",
        reference.registry,
      ),
    );
  }
  if (tag === undefined) {
    return left("no-tag", l10n.t("This pin remembers no tag that it could follow."));
  }
  const { resolution } = tag;
  if (resolution.status === "pending" || resolution.status === "not-asked") {
    return left("not-asked", l10n.t("No registry was asked."), { unasked: true });
  }
  // Knative cannot see the digest of a registry whose HEAD lacks it: a pin is the way round that.
  const digest = resolution.status === "resolved" ? resolution.digest : resolution.error.digest;
  if (digest === undefined) {
    return resolution.status === "failed" ? failed(resolution, context) : { kind: "fine" };
  }
  if (reference.kind === "digest" && reference.digest === digest) return { kind: "fine" };
  const age = judgeAge(tag.key, digest, context);
  if (age.kind === "too-young") return left("too-young", age.message);
  const changes =
    reference.kind === "tag"
      ? pinnedFile(placed, digest, context.settings.pin.style)
      : updatedFile(placed, digest);
  if (changes === undefined) return { kind: "fine" };
  return { kind: "changed", changes, digest, notes: [...age.notes, ...revisionNotes(use)] };
}

function failed({ error }: Failed, { settings, options }: EditContext): ImageEdit {
  const code = codeOf(error.kind);
  const severity = code === undefined ? "error" : severityOf(code, settings);
  return left(code ?? error.kind, error.message, {
    found: severity !== "off" && isAtLeast(severity, options.failOn),
    unasked: isUnasked(error.kind),
  });
}

/** Knative accepts a changed template only under another name. */
function revisionNotes({ revisionName }: ImageUse): string[] {
  if (revisionName === undefined) return [];
  return [
    l10n.t(
      "Knative refuses the change unless the revision gets another name than {0}, too.",
      revisionName.text,
    ),
  ];
}

type AgeAnswer =
  | { readonly kind: "too-young"; readonly message: string }
  | { readonly kind: "fine"; readonly notes: readonly string[] };

/** Before docker's first release: build tools write such dates so that builds can be repeated. */
const firstImages = "2013-03-01";

const dayMs = 86_400_000;

/** `--min-age`: whether the image behind the digest is old enough, where that is known. */
function judgeAge(key: ManifestKey, digest: string, context: EditContext): AgeAnswer {
  const { minAge } = context.options;
  if (minAge === undefined) return { kind: "fine", notes: [] };
  const details = context.known.details(key);
  const created = details?.digest === digest ? (details.created ?? "") : "";
  const age = context.clock.now() - Date.parse(created);
  // A date to come is none either, but clocks may differ.
  if (!(created > firstImages) || Number.isNaN(age) || age < -dayMs) {
    return { kind: "fine", notes: [l10n.t("Its age is not known, so --min-age says nothing.")] };
  }
  if (age >= minAge) return { kind: "fine", notes: [] };
  const wanted = formatDuration(BigInt(Math.trunc(minAge)) * 1_000_000n);
  return {
    kind: "too-young",
    message: l10n.t("It was made at {0}, less than {1} ago.", created, wanted),
  };
}
