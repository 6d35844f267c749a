// What a writer of images can do: there is one for each style in which an image is written.

import type { PinStyle } from "../settings.ts";
import type { Change } from "./change.ts";
import type { EditedImage } from "./partEdits.ts";

/** Each returns the changes of the YAML document; undefined where the text's form leaves no safe way. */
export interface ImageWriter {
  /** Writes a digest to an image that has a tag, and none yet. */
  pin(edited: EditedImage, digest: string, style: PinStyle): readonly Change[] | undefined;
  /** Takes the digest out, and leaves the tag that the image remembers: it has one. */
  unpin(edited: EditedImage): readonly Change[] | undefined;
  /** Writes tag and digest in another style; undefined where they are in that style already. */
  restyle(edited: EditedImage, style: PinStyle): readonly Change[] | undefined;
}
