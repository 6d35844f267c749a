// Requests and notifications between our client and the server that LSP does not have: types that both import.

import type { Diagnostic, Position } from "vscode-languageserver-types";
import type { ImageGroup, ImageRow } from "./features/imageRows.ts";
import type { NotAskedReason } from "./resolver/resolution.ts";

/** What a command is about; the whole workspace without a file. */
export interface CommandTarget {
  readonly uri?: string;
  /** An image in that file; all of the file without one. */
  readonly position?: Position;
}

/** What a pin command did. */
export interface EditReport {
  /** Images that were changed, or would be if the user lets them. */
  readonly changed: number;
  /** Files that hold them. */
  readonly files: number;
  /** Whether the client made the changes; false, too, if the user decided against them. */
  readonly applied: boolean;
  /** Images that were not changed, since their digest is unknown. */
  readonly failed: readonly FailedImage[];
}

/** An image without a digest: its reference, the reason where one is known, and its place. */
export interface FailedImage {
  readonly image: string;
  readonly problem: string | null;
  readonly uri: string;
  readonly position: Position;
}

/** What a check of all pins found. */
export interface CheckReport {
  readonly pins: number;
  /** Pins whose tag points elsewhere now, or that hold one platform only. */
  readonly moved: number;
  /** Pins whose digest is gone. */
  readonly gone: number;
  /** Pins whose registry gave no answer. */
  readonly unanswered: number;
}

/** Whether platforms are known now; else why not. */
export interface PlatformsReport {
  readonly problem: string | null;
}

/** Whether a tag of a bare digest is known now; else why not. */
export interface FindTagReport {
  readonly problem: string | null;
}

/** One image of the workspace, for the tree. */
export interface ImageReport extends ImageRow {
  readonly uri: string;
  readonly position: Position;
  readonly group: ImageGroup;
  /** Whether a comment says to leave it as it is. */
  readonly isIgnored: boolean;
  /** The heading that it stands under. */
  readonly groupTitle: string;
}

export type InventoryFormat = "markdown" | "csv";

/** The skip list for a manifest, and why it is that one. */
export interface SkipListReport {
  readonly registries: readonly string[];
  readonly origin: string;
  /** Paragraphs of plain text. */
  readonly explanation: readonly string[];
  readonly location: SkipListPlace | null;
  /** The registries with what they are, and where each stands. */
  readonly entries: readonly SkipListEntry[];
  /** Lists of the workspace that are not used for this manifest. */
  readonly others: readonly OtherSkipList[];
}

/** A place in a file of the workspace. */
export interface SkipListPlace {
  readonly uri: string;
  readonly position: Position;
  /** `config/config-deployment.yaml:9`, relative to the workspace. */
  readonly name: string;
}

export interface SkipListEntry {
  readonly registry: string;
  /** What kind of registry that is, in a sentence. */
  readonly meaning: string;
  readonly place: SkipListPlace | null;
}

export interface OtherSkipList {
  readonly registries: readonly string[];
  readonly place: SkipListPlace;
}

/** What is known of one image named by the caller. */
export interface ImageAnswer {
  readonly image: string;
  readonly outcome: ImageRow["outcome"];
  /** The registry that would be contacted; null if none would. */
  readonly registry: string | null;
  readonly status: "resolved" | "failed" | "not-asked";
  readonly digest: string | null;
  /** The exact reference that the pods will run. */
  readonly runs: string | null;
  /** Why there is no digest; null if there is one. */
  readonly problem: string | null;
}

/** An open document with images, for its menu and its status. */
export interface FileStatus {
  readonly uri: string;
  readonly images: number;
  /** Images that are being looked up. */
  readonly resolving: number;
  /** Findings that are warnings or errors. */
  readonly problems: number;
  /** Whether any of its images can be pinned, updated, unpinned; whether any digest is known. */
  readonly canPin: boolean;
  readonly canUpdate: boolean;
  readonly canUnpin: boolean;
  readonly hasDigest: boolean;
}

/** The diagnostics of one file that is not open, in the form of LSP. */
export interface FileProblems {
  readonly uri: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** The parameters of the notification `knativeDigest/status`. */
export interface ServerStatus {
  /** Grows with each change of what is known: views that show it read it again. */
  readonly generation: number;
  /** Whether any file of the workspace has an image. */
  readonly hasImages: boolean;
  /** The open documents with images, by URI. */
  readonly imageFiles: readonly string[];
  /** The same with what is known of each. */
  readonly files: readonly FileStatus[];
  /** Of the open documents: all images, and those being looked up. */
  readonly images: number;
  readonly resolving: number;
  /** Of the open documents: findings that are warnings or errors. */
  readonly problems: number;
  /** Registries that could not be reached, sorted. */
  readonly unreachable: readonly string[];
  /** Why images are not looked up, if any are not; null if all are. */
  readonly notAsked: NotAskedReason | null;
  /** Why the cluster gave no answer, in a sentence; null if it did or was not asked. */
  readonly cluster: string | null;
}

/** What came of a comparison with the cluster. */
export interface CompareReport {
  /** Why there is none; null if there is one. */
  readonly problem: string | null;
  /** Images of open documents that the cluster runs differently. */
  readonly differs: number;
  /** Images of open documents whose Revision is not ready. */
  readonly failed: number;
}
