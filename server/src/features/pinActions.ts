// The family of pin, update and unpin as actions, drawn from what is known.

import * as l10n from "@vscode/l10n";
import type { FileChange } from "../edits/change.ts";
import { rememberedTag } from "../document/writtenImage.ts";
import type { FindingCode } from "../findings/findingCodes.ts";
import { newDigest, type Answer } from "../findings/imageState.ts";
import {
  pinMends,
  pinnedFile,
  renamedFile,
  restyledFile,
  unpinnedFile,
  updatedFile,
  updateMends,
} from "../findings/placedEdits.ts";
import { placedStates, type FileReading, type PlacedState } from "../findings/reading.ts";
import { shortDigest } from "../image/digest.ts";
import type { FailureKind, ManifestKey } from "../resolver/resolution.ts";
import type { PinStyle } from "../settings.ts";

export type PinVerb =
  | "pin"
  | "pin-and-rename"
  | "update"
  | "update-and-rename"
  | "unpin"
  | "unpin-and-rename"
  | "restyle"
  | "pin-file";

/** An action on images. */
export interface PinAction {
  readonly verb: PinVerb;
  readonly title: string;
  /** Changes of the file; undefined if the registry must be asked first. */
  readonly changes: readonly FileChange[] | undefined;
  /** What must be asked before the changes are known. */
  readonly ask: readonly ManifestKey[];
  /** The diagnostics that it mends. */
  readonly mends: readonly FindingCode[];
  readonly isPreferred: boolean;
  /** How many images it changes. */
  readonly count?: number;
}

/** Digits of a digest in titles. */
const titleLength = 12;

/** The actions for one use, the one that most people want first. */
export function pinActions(placed: PlacedState, style: PinStyle): PinAction[] {
  const { reference } = placed.state.use;
  if (reference.kind === "digest") {
    return [...updateActions(placed), ...unpinActions(placed), ...restyleActions(placed)];
  }
  return tagActions(placed, style);
}

function tagActions(placed: PlacedState, style: PinStyle): PinAction[] {
  const { tag } = placed.state;
  if (tag === undefined || !canBePinned(placed)) return [];
  const known = pinDigest(tag)?.digest;
  const to = known === undefined ? l10n.t("its digest") : shortDigest(known, titleLength);
  const changes = known === undefined ? undefined : pinnedFile(placed, known, style);
  // A kustomization without a tag of its own leaves nothing to pin.
  if (known !== undefined && changes === undefined) return [];
  return withRename(placed, {
    verb: "pin",
    title: l10n.t("Pin the image to {0}", to),
    renamedTitle: l10n.t("Pin the image to {0} and rename the revision", to),
    changes,
    ask: known === undefined ? [tag.key] : [],
    mends: pinMends,
  });
}

/** The changes that pin every tag of the file whose digest is known, without asking anything. */
export function pinFileAction(reading: FileReading, style: PinStyle): PinAction | undefined {
  const open = placedStates(reading).filter((placed) => !placed.isIgnored && canBePinned(placed));
  if (open.length === 0) return undefined;
  const known = open.map((placed) => ({ placed, digest: pinDigest(placed.state.tag)?.digest }));
  return {
    verb: "pin-file",
    title: l10n.t("Pin every image in this file ({0})", open.length),
    changes: known.flatMap(({ placed, digest }) =>
      digest === undefined ? [] : (pinnedFile(placed, digest, style) ?? []),
    ),
    ask: known.flatMap(({ placed: { state }, digest }) =>
      digest === undefined && state.tag !== undefined ? [state.tag.key] : [],
    ),
    mends: pinMends,
    isPreferred: false,
    count: open.length,
  };
}

/** A digest to write, and whether it is what the registry said when it was last asked. */
export interface PinDigest {
  readonly digest: string;
  readonly isCurrent: boolean;
}

/** Failures that say nothing of the image: what was known before is as true as it was. */
const passing: readonly FailureKind[] = [
  "registry-unreachable",
  "rate-limited",
  "certificate-untrusted",
];

/**
 * The digest that a tag may be pinned to: what it points at; what a GET found where Knative's HEAD finds none; what it
 * pointed at before the registry became unreachable. Never that of a tag that is gone or that nobody may read.
 */
export function pinDigest(answer: Answer | undefined): PinDigest | undefined {
  const resolution = answer?.resolution;
  if (resolution?.status === "resolved") return { digest: resolution.digest, isCurrent: true };
  if (resolution?.status !== "failed") return undefined;
  const { error, last } = resolution;
  if (error.digest !== undefined) return { digest: error.digest, isCurrent: true };
  if (last === undefined || !passing.includes(error.kind)) return undefined;
  return { digest: last.digest, isCurrent: false };
}

/** Whether a use has a tag whose digest is known, or may be asked for. */
function canBePinned({ state }: PlacedState): boolean {
  if (state.use.reference.kind !== "tag" || state.tag === undefined) return false;
  const { resolution } = state.tag;
  if (resolution.status === "pending" || pinDigest(state.tag) !== undefined) return true;
  return (
    resolution.status === "not-asked" &&
    (resolution.reason === "on-demand" || resolution.reason === "not-yet")
  );
}

function updateActions(placed: PlacedState): PinAction[] {
  const { drift, tag } = placed.state;
  const digest = newDigest(drift);
  if (digest === undefined) return [];
  const to = shortDigest(digest, titleLength);
  if (drift.kind === "mismatch") {
    const name = tag?.key.reference ?? "";
    return withRename(placed, {
      verb: "update",
      title: l10n.t("Update the digest to {0}’s", name),
      renamedTitle: l10n.t("Update the digest to {0}’s and rename the revision", name),
      changes: updatedFile(placed, digest),
      ask: [],
      mends: updateMends,
    });
  }
  const moved = drift.kind === "moved";
  return withRename(placed, {
    verb: "update",
    title: moved ? l10n.t("Update the pin to {0}", to) : l10n.t("Pin all platforms: {0}", to),
    renamedTitle: moved
      ? l10n.t("Update the pin to {0} and rename the revision", to)
      : l10n.t("Pin all platforms: {0}, and rename the revision", to),
    changes: updatedFile(placed, digest),
    ask: [],
    mends: updateMends,
  });
}

interface Renamable extends Omit<PinAction, "isPreferred"> {
  readonly verb: "pin" | "update" | "unpin";
  readonly renamedTitle: string;
}

/** Where the template names its revision, Knative refuses the change unless the name changes, too. */
function withRename(placed: PlacedState, { renamedTitle, ...action }: Renamable): PinAction[] {
  const { verb, changes } = action;
  const rename = renamedFile(placed);
  const isPreferred = verb !== "unpin";
  if (rename === undefined) return [{ ...action, isPreferred }];
  return [
    {
      ...action,
      verb: `${verb}-and-rename`,
      title: renamedTitle,
      changes: changes === undefined ? undefined : [...changes, ...rename],
      isPreferred,
    },
    { ...action, isPreferred: false },
  ];
}

function unpinActions(placed: PlacedState): PinAction[] {
  const changes = unpinnedFile(placed);
  if (changes === undefined) return [];
  const tag = rememberedTag(placed.state.use);
  const back = tag === undefined ? l10n.t("Unpin the image") : l10n.t("Unpin (keep tag {0})", tag);
  const renamedTitle =
    tag === undefined
      ? l10n.t("Unpin the image and rename the revision")
      : l10n.t("Unpin (keep tag {0}) and rename the revision", tag);
  return withRename(placed, {
    verb: "unpin",
    title: back,
    renamedTitle,
    changes,
    ask: [],
    mends: [],
  });
}

const styles: readonly PinStyle[] = ["tag-and-digest", "digest-and-comment", "digest"];

function restyleActions(placed: PlacedState): PinAction[] {
  return styles.flatMap((style): PinAction[] => {
    const changes = restyledFile(placed, style);
    if (changes === undefined || changes.length === 0) return [];
    const title = styleTitle(style);
    return [{ verb: "restyle", title, changes, ask: [], mends: [], isPreferred: false }];
  });
}

function styleTitle(style: PinStyle): string {
  switch (style) {
    case "tag-and-digest":
      return l10n.t("Rewrite as tag@digest");
    case "digest-and-comment":
      return l10n.t("Rewrite as digest # tag");
    case "digest":
      return l10n.t("Rewrite as digest only");
  }
}
