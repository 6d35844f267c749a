// The values that flow through the kustomizations: resources, and the images in them with all that wrote them.

import type { ImageUse, ResourceId } from "../../document/analysis.ts";
import type { ImageRole } from "../../knative/outcome.ts";
import type { FileOffset } from "../../document/span.ts";

/** An image as it is written somewhere: one of a file's uses, or an entry that names no version. */
export interface Writer {
  readonly uri: string;
  /** The key of its fate; undefined for an entry that is not an image use. */
  readonly key: string | undefined;
  readonly start: FileOffset;
  readonly text: string;
}

/** What wrote an image, the last one first. */
export interface WriterChain {
  readonly writer: Writer;
  /** The image as it was written there, put together. */
  readonly image: string;
  readonly before: WriterChain | undefined;
}

/** The image of one container that flows through the kustomizations. */
export interface LayeredImage {
  readonly resource: ResourceId;
  readonly isWorkload: boolean;
  readonly role: ImageRole;
  /** `spec.template.spec.containers[0].image` */
  readonly path: string;
  readonly container: string | null;
  /** What it is now, and what wrote it; empty for a container without an image. */
  readonly image: string;
  readonly chain: WriterChain;
}

/** A resource that flows through the kustomizations. */
export interface LayeredResource {
  readonly id: ResourceId;
  readonly isWorkload: boolean;
  /** The names that prefixes and suffixes made of its own: a selector may mean any of them. */
  readonly madeNames: readonly string[];
  /** The namespace that a kustomization put it into; undefined if none did. */
  readonly madeNamespace?: string;
}

/** What a kustomization, or a part of one, makes. */
export interface Layer {
  readonly resources: readonly LayeredResource[];
  readonly images: readonly LayeredImage[];
  /** Whether something is included that cannot be seen. */
  readonly hasUnseen: boolean;
}

export const unseenLayer: Layer = { resources: [], images: [], hasUnseen: true };

/** The list that a container stands in, as a path; undefined for images that stand elsewhere. */
export function containerList(path: string): string | undefined {
  return /^(.*\.(?:c|initC)ontainers|(?:c|initC)ontainers)\[\d+\]\.image$/.exec(path)?.[1];
}

/** The path of an image that a JSON patch points at; undefined if it adds a container at the end. */
export function pathOfPointer(pointer: string): string | undefined {
  if (pointer.includes("/-")) return undefined;
  return pointer
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, "[$1]")
    .replaceAll("/", ".")
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
}

/** The part of a use's path that counts in its resource: that of an inline patch begins with the patch's own place. */
export function ownPath({ path }: Pick<ImageUse, "path">): string {
  return path.slice(path.lastIndexOf(" ") + 1);
}
