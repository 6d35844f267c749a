// What the kustomizations of a workspace make of an image.

import type { AppliedAs, ImageUse } from "../../document/analysis.ts";
import type { ImageRole } from "../../knative/outcome.ts";

/** What becomes of an image because of kustomizations. */
export type KustomizeFate =
  /** Every kustomization that includes it puts another image in its place. */
  | { readonly kind: "replaced"; readonly by: readonly Replacement[] }
  /** A missing image that another layer brings. */
  | { readonly kind: "brought" }
  /** An entry of `images:`, or a JSON patch: what its image ends in. */
  | { readonly kind: "reaches"; readonly reach: Reach; readonly as?: AppliedAs }
  /** Some kustomization includes it, and its image stays in one at least. */
  | { readonly kind: "included"; readonly as: AppliedAs };

/** The image that is put in place of another, and where it is written. */
export interface Replacement {
  readonly image: string;
  /** The file's URI, or its path on the command line. */
  readonly uri: string;
  /** Counted from 1. */
  readonly line: number;
}

export type Reach =
  /**
   * A resource of the Knative family.
   * @property role what the image is there
   * @property image what comes out; undefined if it is not the same for all that is reached
   */
  | { readonly kind: "knative"; readonly role: ImageRole; readonly image?: string | undefined }
  | { readonly kind: "workloads" }
  /** Everything is known that is included, and the image is not in it. */
  | { readonly kind: "nothing" }
  /** Something is included that cannot be seen: remote, missing, templated, generated. */
  | { readonly kind: "unknown" };

/** Tells the images of one file apart, wherever they move in it. */
export function fateKey({ resource, path }: Pick<ImageUse, "resource" | "path">): string {
  const { kind, namespace, name } = resource;
  return JSON.stringify([kind, namespace, name, path]);
}

/** The fates of a file's images by their key; images without one are what they are. */
export type FileFates = ReadonlyMap<string, KustomizeFate>;

/** What all kustomizations of a workspace make of its images, by file. */
export type WorkspaceFates = ReadonlyMap<string, FileFates>;

export const noFates: WorkspaceFates = new Map<string, FileFates>([]);

/** What an image that may end anywhere counts as if no kustomization that is known has it. */
export const unknownReach: KustomizeFate = { kind: "reaches", reach: { kind: "unknown" } };
