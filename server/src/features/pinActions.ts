// The family of pin, update and unpin as actions, drawn from what is known.

import * as l10n from "@vscode/l10n";
import type { Change } from "../edits/change.ts";
import { rememberedTag } from "../edits/pinEdits.ts";
import type { FindingCode } from "../findings/findingCodes.ts";
import {
  canBePinned,
  pinnedAndRenamed,
  pinnedFile,
  pinMends,
  unpinnedFile,
  updatedFile,
  updateMends,
} from "../findings/placedEdits.ts";
import { placedStates, type FileReading, type PlacedState } from "../findings/reading.ts";
import { resolvedDigest } from "../findings/imageState.ts";
import { shortDigest } from "../image/digest.ts";
import type { ManifestKey } from "../resolver/resolution.ts";
import type { PinStyle } from "../settings.ts";

export type PinVerb = "pin" | "pin-and-rename" | "update" | "unpin" | "pin-file";

/** An action on images. */
export interface PinAction {
  readonly verb: PinVerb;
  readonly title: string;
  /** Changes of the file; undefined if the registry must be asked first. */
  readonly changes: readonly Change[] | undefined;
  /** What must be asked before the changes are known. */
  readonly ask: readonly ManifestKey[];
  /** The diagnostics that it mends. */
  readonly mends: readonly FindingCode[];
  readonly isPreferred: boolean;
}

/** The actions for one use, the one that most people want first. */
export function pinActions(placed: PlacedState, style: PinStyle): PinAction[] {
  const { state } = placed;
  if (state.use.reference.kind === "digest") {
    return [...updateActions(placed), ...unpinActions(placed)];
  }
  if (state.tag === undefined) return [];
  const digest = resolvedDigest(state.tag);
  if (digest === undefined) {
    if (state.tag.resolution.status === "failed") return [];
    if (!isAskable(placed)) return [];
  }
  const ask = digest === undefined ? [state.tag.key] : [];
  const to = digest === undefined ? l10n.t("its digest") : shortDigest(digest, 12);
  const renamed = state.use.revisionName?.text;
  const pin: PinAction = {
    verb: "pin",
    title: l10n.t("Pin the image to {0}", to),
    changes: digest === undefined ? undefined : pinnedFile(placed, digest, style),
    ask,
    mends: pinMends,
    isPreferred: renamed === undefined,
  };
  if (renamed === undefined) return [pin];
  return [
    {
      ...pin,
      verb: "pin-and-rename",
      title: l10n.t("Pin the image to {0} and rename the revision", to),
      changes: digest === undefined ? undefined : pinnedAndRenamed(placed, digest, style),
      isPreferred: true,
    },
    pin,
  ];
}

/** The changes that pin every tag of the file whose digest is known, without asking anything. */
export function pinFileAction(reading: FileReading, style: PinStyle): PinAction | undefined {
  const open = placedStates(reading).filter(({ state }) => canBePinned(state));
  if (open.length === 0) return undefined;
  const changes = open.flatMap((placed) => {
    const digest = resolvedDigest(placed.state.tag);
    return digest === undefined ? [] : (pinnedFile(placed, digest, style) ?? []);
  });
  const ask = open.flatMap(({ state }) =>
    resolvedDigest(state.tag) === undefined && state.tag !== undefined ? [state.tag.key] : [],
  );
  return {
    verb: "pin-file",
    title: l10n.t("Pin every image in this file ({0})", open.length),
    changes,
    ask,
    mends: pinMends,
    isPreferred: false,
  };
}

function isAskable({ state }: PlacedState): boolean {
  const resolution = state.tag?.resolution;
  if (resolution?.status === "pending") return true;
  return (
    resolution?.status === "not-asked" &&
    (resolution.reason === "on-demand" || resolution.reason === "not-yet")
  );
}

function updateActions(placed: PlacedState): PinAction[] {
  const { drift } = placed.state;
  if (drift.kind !== "moved" && drift.kind !== "single-platform") return [];
  return [
    {
      verb: "update",
      title:
        drift.kind === "moved"
          ? l10n.t("Update the pin to {0}", shortDigest(drift.digest, 12))
          : l10n.t("Pin all platforms: {0}", shortDigest(drift.digest, 12)),
      changes: updatedFile(placed, drift.digest),
      ask: [],
      mends: updateMends,
      isPreferred: true,
    },
  ];
}

function unpinActions(placed: PlacedState): PinAction[] {
  const changes = unpinnedFile(placed);
  if (changes === undefined) return [];
  const tag = rememberedTag(placed.state.use);
  const title =
    tag === undefined ? l10n.t("Unpin the image") : l10n.t("Unpin the image: back to {0}", tag);
  return [{ verb: "unpin", title, changes, ask: [], mends: [], isPreferred: false }];
}
