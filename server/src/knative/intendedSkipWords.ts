// Why a registry is not skipped although somebody meant it to be, in words.

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
        "Knative will resolve this tag although {0} is listed: it never reads the key “{1}”, only {2}.",
        registry,
        key,
        skipListKey,
      );
    case "in-example":
      return l10n.t(
        "Knative will resolve this tag although {0} is listed: it never reads “_example”.",
        registry,
      );
    case "overruled":
      return l10n.t(
        "Knative will resolve this tag although {0} is listed: {2} overrules “{1}”.",
        registry,
        key,
        skipListKey,
      );
    case "never-matches":
      return l10n.t(
        "Knative will resolve this tag: the entry “{0}” does not match {1}.",
        written,
        registry,
      );
  }
}
