// What kustomizations make of an image, for the hover.

import * as l10n from "@vscode/l10n";
import type { ImageState } from "../findings/imageState.ts";
import { isUnsure } from "../findings/imageState.ts";
import { code, link, paragraph, text, type Block } from "./markdown.ts";
import { placeName } from "./skipPlace.ts";

/** What replaces the image, with links; or that it is unknown what an entry changes. */
export function kustomizeBlocks(state: ImageState): Block[] {
  const { fate } = state;
  if (isUnsure(state)) {
    const words = l10n.t(
      "It is unknown which resources this entry changes: they are remote, missing or generated.",
    );
    return [paragraph(text(words))];
  }
  if (fate?.kind !== "replaced") return [];
  return [
    paragraph(text(l10n.t("kustomize replaces this image:"))),
    ...fate.by.map(({ image, uri, line }) => {
      const place = placeName(uri, line);
      return paragraph(code(image), text(" ("), link(place.name, place.href), text(")"));
    }),
  ];
}
