// Words about a skipped registry: which list, where it stands, and what skipping costs.

import * as l10n from "@vscode/l10n";
import { isDevelopmentRegistry, registryClass } from "../knative/skipList/registryClass.ts";
import type { SkipList } from "../workspace/effectiveSkipList.ts";

/** Where a skip list comes from, as the end of a sentence: `Knative’s default`. */
export function originWords(list: SkipList): string {
  const words = knownOriginWords(list);
  return list.unknown === undefined
    ? words
    : l10n.t("{0}; the workspace’s own list is templated, so it is unknown", words);
}

function knownOriginWords({ origin, place }: SkipList): string {
  switch (origin) {
    case "setting":
      return place ?? l10n.t("the setting knativeDigest.skipRegistries");
    case "config-map":
      return l10n.t("the ConfigMap config-deployment in this workspace");
    case "knative-serving":
      return l10n.t("a KnativeServing resource in this workspace");
    case "cluster":
      return l10n.t("the cluster’s config-deployment");
    case "default":
      return l10n.t("Knative’s default");
  }
}

/** One sentence: the registry is skipped, by which list, and what that means. */
export function skippedMessage(registry: string, skipList: SkipList): string {
  const origin = originWords(skipList);
  return isDevelopmentRegistry(registry)
    ? l10n.t(
        "Not resolved: {0} is on the skip list ({1}), as usual in development.",
        registry,
        origin,
      )
    : l10n.t(
        "Not resolved: {0} is on the skip list ({1}), so nodes may run different images under one tag.",
        registry,
        origin,
      );
}

/**
 * What skipping costs and what to do instead, as paragraphs for the hover.
 * @param isSaid whether the finding stands above, which says what it costs.
 */
export function skippedAdvice(registry: string, isSaid: boolean): readonly string[] {
  if (registryClass(registry) === "side-loaded") {
    return [
      l10n.t("No registry to contact: images under {0} are loaded directly onto nodes.", registry),
    ];
  }
  const loses = l10n.t(
    "Risk: nodes may run different images under one tag; no digest is recorded.",
  );
  const instead = l10n.t(
    "Better: pin the image (Knative keeps its digest), or give the controller the registry’s CA and remove {0} from the list.",
    registry,
  );
  const cost = isSaid ? [] : [loses];
  return isDevelopmentRegistry(registry) ? cost : [...cost, instead];
}
