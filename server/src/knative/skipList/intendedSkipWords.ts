// Messages: why a registry is not skipped although that was intended.

import * as l10n from "@vscode/l10n";
import type { IntendedSkip } from "./intendedSkips.ts";
import { skipListKey } from "./skipList.ts";

/**
 * One sentence about an image whose registry was meant to be skipped.
 * @param registry of the image, as Knative spells it.
 */
export function missedSkipWords(
  registry: string,
  { reason, written, place }: IntendedSkip,
): string {
  const key = place.at === "map" ? skipListKey : place.key;
  switch (reason) {
    case "unknown-key":
      return l10n.t(
        "Not skipped: {0} is listed under “{1}”, but Knative reads {2}.",
        registry,
        key,
        skipListKey,
      );
    case "in-example":
      return l10n.t(
        "Not skipped: {0} is listed in “_example”, which Knative never reads.",
        registry,
      );
    case "overruled":
      return l10n.t(
        "Not skipped: {0} is listed under “{1}”, but {2} takes precedence.",
        registry,
        key,
        skipListKey,
      );
    case "misplaced":
      return l10n.t("Not skipped: {0} is listed where Knative never reads it.", registry);
    case "never-matches":
      return l10n.t("Not skipped: entry “{0}” does not match {1}.", written, registry);
  }
}
