// The family of pin, update and unpin as actions, drawn from what is known.

import * as l10n from "@vscode/l10n";
import type { FileChange } from "../edits/change.ts";
import { rememberedTag } from "../document/writtenImage.ts";
import type { FindingCode } from "../findings/findingCodes.ts";
import { resolvedDigest } from "../findings/imageState.ts";
import { decidePin, type PinPolicy } from "../findings/pinDecision.ts";
import {
  fixedByPin,
  pinnedFile,
  renamedFile,
  restyledFile,
  unpinnedFile,
  updatedFile,
  fixedByUpdate,
} from "../findings/placedEdits.ts";
import { placedStates, type FileReading, type PlacedState } from "../findings/reading.ts";
import { shortDigest } from "../image/digest.ts";
import type { ManifestKey } from "../resolver/resolution.ts";
import type { PinStyle } from "../settings.ts";
import { shownText } from "../shownText.ts";

export type PinVerb =
  | "pin"
  | "pin-and-rename"
  | "pin-to-cluster"
  | "pin-to-cluster-and-rename"
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
  /** Changes of the file; undefined if a lookup is needed first. */
  readonly changes: readonly FileChange[] | undefined;
  /** The lookup needed before the changes are known. */
  readonly ask: readonly ManifestKey[];
  /** The diagnostics that it fixes. */
  readonly fixes: readonly FindingCode[];
  readonly isPreferred: boolean;
  /** How many images it changes. */
  readonly count?: number;
}

/** One image under the cursor: it is meant, and its title says which digest would be written. */
export const editorPolicy: PinPolicy = {
  takesLastKnown: true,
  heedsComments: false,
  takesUnsure: true,
};
/** Many images at once: those stay that a comment says to leave. */
const manyPolicy: PinPolicy = { ...editorPolicy, heedsComments: true };

/** Digits of a digest in titles. */
const titleLength = 12;

/** The actions for one use, the most likely one first. */
export function pinActions(placed: PlacedState, style: PinStyle): PinAction[] {
  const { reference } = placed.state.use;
  const toCluster = clusterActions(placed, style);
  if (reference.kind === "digest") {
    return [
      ...updateActions(placed),
      ...toCluster,
      ...unpinActions(placed),
      ...restyleActions(placed),
    ];
  }
  return [...tagActions(placed, style, toCluster.length > 0), ...toCluster];
}

/** @param isOneOfTwo whether the cluster runs something else, so that the title says which of the two it is */
function tagActions(placed: PlacedState, style: PinStyle, isOneOfTwo: boolean): PinAction[] {
  const plan = pinPlan(placed, style, editorPolicy);
  if (plan === undefined) return [];
  const { digest, changes, ask } = plan;
  const to = digest === undefined ? l10n.t("its digest") : shortDigest(digest, titleLength);
  return withRename(placed, {
    verb: "pin",
    title: isOneOfTwo
      ? l10n.t("Pin to what the tag points at: {0}", to)
      : l10n.t("Pin the image to {0}", to),
    renamedTitle: l10n.t("Pin the image to {0} and rename the revision", to),
    changes,
    ask,
    fixes: fixedByPin,
  });
}

/** Pins to the digest that the cluster runs for this very image, if that is another one than the file or its tag says. */
function clusterActions(placed: PlacedState, style: PinStyle): PinAction[] {
  const { use, tag } = placed.state;
  const verb = use.reference.kind === "tag" ? "pin" : "update";
  const decision = decidePin(placed, verb, { ...editorPolicy, fromCluster: true });
  if (decision.kind !== "write" || decision.digest === resolvedDigest(tag)) return [];
  const { digest } = decision;
  const to = shortDigest(digest, titleLength);
  const actions = withRename(placed, {
    verb: "pin-to-cluster",
    title: l10n.t("Pin to what runs in the cluster: {0}", to),
    renamedTitle: l10n.t("Pin to what runs in the cluster: {0}, and rename the revision", to),
    changes: verb === "pin" ? pinnedFile(placed, digest, style) : updatedFile(placed, digest),
    ask: [],
    fixes: [...fixedByPin, ...fixedByUpdate, "cluster-differs"],
  });
  return actions.map((action) => ({ ...action, isPreferred: false }));
}

interface PinPlan {
  readonly digest: string | undefined;
  readonly changes: readonly FileChange[] | undefined;
  readonly ask: readonly ManifestKey[];
}

/** How a tag can be pinned, or the lookup needed for it; undefined if it cannot be pinned. */
function pinPlan(placed: PlacedState, style: PinStyle, policy: PinPolicy): PinPlan | undefined {
  const decision = decidePin(placed, "pin", policy);
  if (decision.kind === "ask") {
    return { digest: undefined, changes: undefined, ask: [decision.key] };
  }
  if (decision.kind !== "write") return undefined;
  const { digest } = decision;
  const changes = pinnedFile(placed, digest, style);
  return changes === undefined ? undefined : { digest, changes, ask: [] };
}

/** The changes that pin every tag of the file whose digest is known, without asking anything. */
export function pinFileAction(reading: FileReading, style: PinStyle): PinAction | undefined {
  const plans = placedStates(reading).flatMap((placed) => pinPlan(placed, style, manyPolicy) ?? []);
  if (plans.length === 0) return undefined;
  return {
    verb: "pin-file",
    title: l10n.t("Pin every image in this file ({0})", plans.length),
    changes: plans.flatMap(({ changes }) => changes ?? []),
    ask: plans.flatMap(({ ask }) => ask),
    fixes: fixedByPin,
    isPreferred: false,
    count: plans.length,
  };
}

function updateActions(placed: PlacedState): PinAction[] {
  const { drift, tag } = placed.state;
  const decision = decidePin(placed, "update", editorPolicy);
  if (decision.kind !== "write") return [];
  const { digest } = decision;
  const to = shortDigest(digest, titleLength);
  if (drift.kind === "mismatch") {
    const name = shownText(tag?.key.reference ?? "");
    return withRename(placed, {
      verb: "update",
      title: l10n.t("Update the digest to {0}’s", name),
      renamedTitle: l10n.t("Update the digest to {0}’s and rename the revision", name),
      changes: updatedFile(placed, digest),
      ask: [],
      fixes: fixedByUpdate,
    });
  }
  const moved = drift.kind !== "single-platform";
  return withRename(placed, {
    verb: "update",
    title: moved ? l10n.t("Update the pin to {0}", to) : l10n.t("Pin all platforms: {0}", to),
    renamedTitle: moved
      ? l10n.t("Update the pin to {0} and rename the revision", to)
      : l10n.t("Pin all platforms: {0}, and rename the revision", to),
    changes: updatedFile(placed, digest),
    ask: [],
    fixes: fixedByUpdate,
  });
}

interface Renamable extends Omit<PinAction, "isPreferred"> {
  readonly verb: "pin" | "pin-to-cluster" | "update" | "unpin";
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
  const tag = rememberedTag(placed.state.use);
  if (tag === undefined || decidePin(placed, "unpin", editorPolicy).kind !== "clear") return [];
  const changes = unpinnedFile(placed);
  if (changes === undefined) return [];
  return withRename(placed, {
    verb: "unpin",
    title: l10n.t("Unpin (keep tag {0})", shownText(tag)),
    renamedTitle: l10n.t("Unpin (keep tag {0}) and rename the revision", shownText(tag)),
    changes,
    ask: [],
    fixes: [],
  });
}

const styles: readonly PinStyle[] = ["tag-and-digest", "digest-and-comment", "digest"];

function restyleActions(placed: PlacedState): PinAction[] {
  if (placed.state.use.owner !== undefined) return [];
  return styles.flatMap((style): PinAction[] => {
    const changes = restyledFile(placed, style);
    if (changes === undefined || changes.length === 0) return [];
    const title = styleTitle(style);
    return [{ verb: "restyle", title, changes, ask: [], fixes: [], isPreferred: false }];
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
