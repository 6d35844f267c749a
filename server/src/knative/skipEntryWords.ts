// What is wrong with an entry of the skip list, in words.

import * as l10n from "@vscode/l10n";
import type { SkipEntryMistake, SkipEntryProblem } from "./skipEntry.ts";

type Words = (registry: string, meant: string) => string;

const words: Readonly<Record<SkipEntryMistake, Words>> = {
  empty: () => l10n.t("There is no registry between these commas."),
  separator: () => l10n.t("Knative reads this as one registry: only commas separate entries."),
  quoted: () =>
    l10n.t("Knative takes quotes, brackets and bullets for part of the registry’s name."),
  url: (registry) => l10n.t("No image matches the URL “{0}”: an entry is host[:port].", registry),
  path: (registry) =>
    l10n.t(
      "No image matches “{0}”: an entry names a registry (host[:port]), not a repository.",
      registry,
    ),
  "docker-io": (registry, meant) =>
    l10n.t("No image matches “{0}”: Knative calls Docker Hub {1}.", registry, meant),
  "docker-hub-host": (registry, meant) =>
    l10n.t(
      "“{0}” matches only images written with that host: Knative calls Docker Hub {1}.",
      registry,
      meant,
    ),
  wildcard: (registry) =>
    l10n.t(
      "No image matches “{0}”: Knative compares letter for letter and knows no wildcards.",
      registry,
    ),
  localhost: () =>
    l10n.t("No image matches “localhost”: without a port Knative reads localhost/… as Docker Hub."),
  "bare-name": (registry) =>
    l10n.t(
      "No image matches “{0}”: a name without a dot or a port is no registry for Knative, so {0}/… is on Docker Hub.",
      registry,
    ),
  malformed: (registry) => l10n.t("No image matches “{0}”: it is not host[:port].", registry),
  port: (registry, meant) =>
    l10n.t(
      "No image in the workspace matches “{0}”: the port counts, and the images name {1}.",
      registry,
      meant,
    ),
  case: (registry, meant) =>
    l10n.t(
      "No image in the workspace matches “{0}”: the case counts, and the images name {1}.",
      registry,
      meant,
    ),
};

/**
 * One sentence that says why no image, or none of the workspace's, matches the entry.
 * @param registry the entry without the white space around it.
 */
export function skipEntryWords(registry: string, { mistake, meant }: SkipEntryProblem): string {
  return words[mistake](registry, meant ?? "");
}
