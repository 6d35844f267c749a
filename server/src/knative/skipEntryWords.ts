// What is wrong with an entry of the skip list, in words.

import * as l10n from "@vscode/l10n";
import type { SkipEntryProblem } from "./skipEntry.ts";

/**
 * One sentence that says why no image, or none of the workspace's, matches the entry.
 * @param registry the entry without the white space around it.
 */
export function skipEntryWords(registry: string, { mistake, meant }: SkipEntryProblem): string {
  const instead = meant ?? "";
  switch (mistake) {
    case "empty":
      return l10n.t("There is no registry between these commas.");
    case "separator":
      return l10n.t("Knative reads this as one registry: only commas separate entries.");
    case "quoted":
      return l10n.t("Knative takes quotes, brackets and bullets for part of the registry’s name.");
    case "url":
      return l10n.t("No image matches the URL “{0}”: an entry is host[:port].", registry);
    case "path":
      return l10n.t(
        "No image matches “{0}”: an entry names a registry (host[:port]), not a repository.",
        registry,
      );
    case "docker-io":
      return l10n.t("No image matches “{0}”: Knative calls Docker Hub {1}.", registry, instead);
    case "docker-hub-host":
      return l10n.t(
        "“{0}” matches only images written with that host: Knative calls Docker Hub {1}.",
        registry,
        instead,
      );
    case "wildcard":
      return l10n.t(
        "No image matches “{0}”: Knative compares letter for letter and knows no wildcards.",
        registry,
      );
    case "localhost":
      return l10n.t(
        "No image matches “localhost”: without a port Knative reads localhost/… as Docker Hub.",
      );
    case "bare-name":
      return l10n.t(
        "No image matches “{0}”: a name without a dot or a port is no registry for Knative, so {0}/… is on Docker Hub.",
        registry,
      );
    case "malformed":
      return l10n.t("No image matches “{0}”: it is not a host[:port].", registry);
    case "port":
      return l10n.t(
        "No image in the workspace matches “{0}”: the port counts, and the images name {1}.",
        registry,
        instead,
      );
    case "case":
      return l10n.t(
        "No image in the workspace matches “{0}”: the case counts, and the images name {1}.",
        registry,
        instead,
      );
  }
}
