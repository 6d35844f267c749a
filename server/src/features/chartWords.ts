// The link between the values of a chart and the templates that make an image of them, for the hover.

import * as l10n from "@vscode/l10n";
import type { HoverFacts } from "./imageFacts.ts";
import { code, link, paragraph, text, type Block, type Piece } from "./markdown.ts";
import { placeName } from "./skipPlace.ts";

/** Places that are named at most. */
const maxPlaces = 5;

/** Where templates use the values under the mouse; or what values make of the template under the mouse. */
export function chartBlocks({ state, template }: HoverFacts): Block[] {
  const { madeBy = [] } = state.use;
  if (madeBy.length > 0) {
    const links = madeBy.slice(0, maxPlaces).flatMap(({ uri, line }, index): Piece[] => {
      const place = placeName(uri, line);
      return [...(index === 0 ? [] : [text(", ")]), link(place.name, place.href)];
    });
    return [paragraph(text(`${l10n.t("Used by the template")} `), ...links)];
  }
  if (template === undefined) return [];
  if (!template.isRead) {
    return [
      paragraph(text(l10n.t("The result of this template is unknown without running Helm."))),
    ];
  }
  if (template.images.length === 0) {
    return [paragraph(text(l10n.t("No values file of this chart sets this image.")))];
  }
  return [
    paragraph(text(l10n.t("With the chart’s values:"))),
    ...template.images.slice(0, maxPlaces).map(({ image, uri, line }) => {
      const place = placeName(uri, line);
      return paragraph(code(image), text(" ("), link(place.name, place.href), text(")"));
    }),
  ];
}
