// The pin family's edits of one image use, as changes of its file.

import { spanInFile } from "../document/span.ts";
import type { FileChange } from "../edits/change.ts";
import { clearDigest, restyle, setDigest, setReference } from "../edits/imageEdits.ts";
import { renameRevision } from "../edits/renameRevision.ts";
import type { PinStyle } from "../settings.ts";
import type { FindingCode } from "./findingCodes.ts";
import type { PlacedState } from "./reading.ts";

/** Findings that a digest in the file puts an end to. */
export const fixedByPin: readonly FindingCode[] = [
  "registry-skipped",
  "skip-not-effective",
  "unpinned-tag",
  "init-container-by-tag",
  "unresolved-image",
  "side-loaded-latest",
  "no-digest-header",
];

/** Findings that another digest in a pin puts an end to. */
export const fixedByUpdate: readonly FindingCode[] = [
  "tag-moved",
  "tag-digest-mismatch",
  "single-platform-digest",
];

/** The changes of a use's file that pin it; undefined if it has no tag. */
export function pinnedFile(
  { state, start, text }: PlacedState,
  digest: string,
  style: PinStyle,
): readonly FileChange[] | undefined {
  return setDigest({ image: state.use, text }, digest, style)?.map((change) =>
    spanInFile(change, start),
  );
}

/**
 * The changes of a use's file that give its revision another name: Knative refuses a changed template that keeps it.
 * Undefined where the template names no revision, or no other name can be made.
 */
export function renamedFile({ state, start }: PlacedState): readonly FileChange[] | undefined {
  const { revisionName, resource } = state.use;
  if (revisionName === undefined) return undefined;
  return renameRevision(revisionName, resource.name)?.map((change) => spanInFile(change, start));
}

/** The changes of a use's file that put another digest into its pin. */
export function updatedFile(
  { state, start, text }: PlacedState,
  digest: string,
): readonly FileChange[] | undefined {
  return setDigest({ image: state.use, text }, digest, "tag-and-digest")?.map((change) =>
    spanInFile(change, start),
  );
}

/** The changes of a use's file that write another tag, and the tag that stands there; undefined if that is not possible. */
export function retaggedFile(
  { state, start, text }: PlacedState,
  tag: string,
): { readonly before: string; readonly changes: readonly FileChange[] } | undefined {
  const { reference } = state.use;
  if (reference.kind !== "tag" || reference.tagStart === reference.text.length) return undefined;
  const meant = `${reference.text.slice(0, reference.tagStart)}:${tag}`;
  const change = setReference({ image: state.use, text }, meant);
  if (change === undefined) return undefined;
  return { before: reference.tag, changes: change.changes.map((each) => spanInFile(each, start)) };
}

/** The changes of a use's file that take its pin out. */
export function unpinnedFile({
  state,
  start,
  text,
}: PlacedState): readonly FileChange[] | undefined {
  return clearDigest({ image: state.use, text })?.map((change) => spanInFile(change, start));
}

/** The changes of a use's file that write its pin in another style. */
export function restyledFile(
  { state, start, text }: PlacedState,
  style: PinStyle,
): readonly FileChange[] | undefined {
  const changes = restyle({ image: state.use, text }, style);
  return changes?.map((change) => spanInFile(change, start));
}
