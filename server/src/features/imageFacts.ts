// What the hover on an image is drawn from.

import type { Finding } from "../findings/finding.ts";
import type { FindingCode } from "../findings/findingCodes.ts";
import type { ImageState } from "../findings/imageState.ts";
import type { ManifestDetails } from "../resolver/resolution.ts";
import type { TemplateImage } from "../workspace/chartImages.ts";
import type { Piece } from "./markdown.ts";

export interface HoverFacts {
  readonly state: ImageState;
  /** Platforms and dates, where they were read. */
  readonly details: ManifestDetails | undefined;
  /** When the image was built, in milliseconds since 1970; undefined if that is not known or not meant. */
  readonly created: number | undefined;
  /** The tag that was most likely meant by one that is not there, where the repository's tags are known. */
  readonly nearestTag?: string | undefined;
  /** Tags that are known to point at a digest which is written without one. */
  readonly tagsOfDigest?: readonly string[];
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  /** The Knative release whose rules apply. */
  readonly knativeVersion: string;
  /** The findings that the editor shows in the same popup: their message is not repeated. */
  readonly said: readonly Pick<Finding, "code" | "message">[];
  /** What becomes of it, if it is an image of a chart's template. */
  readonly template?: TemplateImage | undefined;
  /** Links for editors that follow commands; empty for others. */
  readonly links: readonly Piece[];
}

/** Whether the popup shows a finding of this code already. */
export function isSaid(
  { said }: Pick<HoverFacts, "said">,
  ...codes: readonly FindingCode[]
): boolean {
  return said.some((finding) => codes.includes(finding.code));
}
