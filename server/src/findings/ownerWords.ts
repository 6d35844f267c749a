// Why an image is left to the tool that writes it, in words.

import * as l10n from "@vscode/l10n";
import type { ImageOwner } from "../document/analysis.ts";

/** One sentence for the reader of a hover, a list or a report. */
export function ownerWords(owner: ImageOwner): string {
  switch (owner.tool) {
    case "func":
      return l10n.t("func builds this image and writes its name and digest here itself.");
    case "argocd-image-updater":
      return l10n.t(
        "Left to Argo CD Image Updater, which updates this Application: see its annotations.",
      );
    case "flux":
      return l10n.t("Left to Flux, which updates this field: see the marker in its comment.");
    case "setter":
      return l10n.t("Left to the setter that updates this field: see the marker in its comment.");
  }
}
