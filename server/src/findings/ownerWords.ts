// Why an image is left to the tool that writes it, in words.

import * as l10n from "@vscode/l10n";
import type { ImageOwner } from "../document/analysis.ts";

/** One sentence for the reader of a hover, a list or a report. */
export function ownerWords(owner: ImageOwner): string {
  switch (owner.tool) {
    case "func":
      return l10n.t(
        "Managed by func, which builds this image and writes its name and digest here.",
      );
    case "argocd-image-updater":
      return l10n.t("Managed by Argo CD Image Updater: see the annotations of the Application.");
    case "flux":
      return l10n.t("Managed by Flux: see the marker in the comment.");
    case "setter":
      return l10n.t("Managed by a setter: see the marker in the comment.");
  }
}
