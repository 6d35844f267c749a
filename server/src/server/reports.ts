// What the server tells about the workspace as a whole: its images, and the skip list that applies.

import * as l10n from "@vscode/l10n";
import type { Position } from "vscode-languageserver";
import type { Resolution } from "../resolver/resolution.ts";
import type { ImageState } from "../findings/imageState.ts";
import { placedStates } from "../findings/reading.ts";
import { candidates } from "../workspace/effectiveSkipList.ts";
import { originWords } from "../findings/skipWords.ts";
import type { Session } from "./session.ts";
import { targetFiles } from "./targets.ts";
import { TextDocument } from "vscode-languageserver-textdocument";

/** One image of the workspace, for the tree and the inventory. */
export interface ImageReport {
  readonly uri: string;
  readonly position: Position;
  readonly image: string;
  readonly kind: string | null;
  readonly name: string | null;
  readonly container: string | null;
  readonly outcome: ImageState["outcome"]["kind"];
  readonly group: ImageGroup;
  readonly digest: string | null;
  readonly runs: string | null;
  readonly problem: string | null;
}

export type ImageGroup = "failed" | "skipped" | "moved" | "unpinned" | "pinned" | "template";

export function imagesReport(session: Session): ImageReport[] {
  return targetFiles(session, {}).flatMap(({ document, reading }) =>
    placedStates(reading).map(({ state, start }): ImageReport => {
      const { use, outcome } = state;
      const resolution = (state.pin ?? state.tag)?.resolution;
      return {
        uri: document.uri,
        position: document.positionAt(use.place.start + start),
        image: use.reference.text,
        kind: use.resource.kind,
        name: use.resource.name,
        container: use.container,
        outcome: outcome.kind,
        group: groupOf(state, resolution),
        digest: resolution?.status === "resolved" ? resolution.digest : null,
        runs: state.runs ?? null,
        problem: resolution?.status === "failed" ? resolution.error.message : null,
      };
    }),
  );
}

function groupOf(state: ImageState, resolution: Resolution | undefined): ImageGroup {
  const { outcome, drift, use } = state;
  if (outcome.kind === "template") return "template";
  if (outcome.kind === "reject" || outcome.kind === "doomed") return "failed";
  if (outcome.kind === "skip") return "skipped";
  if (resolution?.status === "failed") return "failed";
  if (drift.kind === "moved" || drift.kind === "single-platform") return "moved";
  return use.reference.kind === "digest" ? "pinned" : "unpinned";
}

/** The skip list for a manifest, and why it is that one. */
export interface SkipListReport {
  readonly registries: readonly string[];
  readonly origin: string;
  /** Paragraphs of plain text. */
  readonly explanation: readonly string[];
  readonly location: { readonly uri: string; readonly position: Position } | null;
}

export function skipListReport(session: Session, uri: string): SkipListReport {
  const list = session.store.skipList(uri);
  const others = candidates(uri, session.index.facts()).filter(
    (candidate) => candidate.list.location.uri !== list.location?.uri,
  );
  const { location } = list;
  return {
    registries: [...list.registries].sort(),
    origin: list.origin,
    explanation: [
      l10n.t("This list comes from {0}.", originWords(list)),
      ...others.map((candidate) =>
        l10n.t(
          "Farther away and not used here: {0} ({1}).",
          candidate.list.location.uri,
          [...candidate.list.registries].join(", "),
        ),
      ),
    ],
    location:
      location === undefined
        ? null
        : {
            uri: location.uri,
            position: TextDocument.create(location.uri, "yaml", 0, location.text).positionAt(
              location.value.start,
            ),
          },
  };
}
