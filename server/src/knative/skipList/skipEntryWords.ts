// What is wrong with an entry of the skip list, in words.

import * as l10n from "@vscode/l10n";
import type { SkipEntryMistake, SkipEntryProblem } from "./skipEntry.ts";

type Words = (registry: string, meant: string) => string;

const words: Readonly<Record<SkipEntryMistake, Words>> = {
  empty: () => l10n.t("Empty entry between two commas."),
  separator: () => l10n.t("Knative reads this as one registry: separate entries with commas."),
  quoted: () =>
    l10n.t("Remove quotes, brackets and bullets: Knative reads them as part of the name."),
  url: (registry) =>
    l10n.t("“{0}” matches no image: write host[:port] without a URL scheme.", registry),
  path: (registry) =>
    l10n.t("“{0}” matches no image: write the registry (host[:port]) without a path.", registry),
  "docker-io": (registry, meant) =>
    l10n.t("“{0}” matches no image: Docker Hub is {1} here.", registry, meant),
  "docker-hub-host": (registry, meant) =>
    l10n.t(
      "“{0}” matches only images written with that host: Docker Hub is {1} here.",
      registry,
      meant,
    ),
  wildcard: (registry) => l10n.t("“{0}” matches no image: wildcards are not supported.", registry),
  localhost: () =>
    l10n.t("“localhost” matches no image: without a port, localhost/… is read as Docker Hub."),
  "bare-name": (registry) =>
    l10n.t(
      "“{0}” matches no image: without a dot or a port, {0}/… is read as Docker Hub.",
      registry,
    ),
  malformed: (registry) => l10n.t("“{0}” matches no image: it is not host[:port].", registry),
  port: (registry, meant) =>
    l10n.t(
      "“{0}” matches no image in the workspace: they use {1}, and the port must match.",
      registry,
      meant,
    ),
  case: (registry, meant) =>
    l10n.t(
      "“{0}” matches no image in the workspace: they use {1}, and the case must match.",
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
