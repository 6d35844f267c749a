// What is wrong with a key of a pull secret, in words.

import * as l10n from "@vscode/l10n";
import type { PullKeyMistake } from "./pullSecretProblems.ts";

type Words = (key: string, works: string) => string;

const words: Readonly<Record<PullKeyMistake, Words>> = {
  "docker-hub": (key, works) =>
    l10n.t(
      "Knative never uses “{0}”: for images on Docker Hub only the key {1} works, although pods accept others.",
      key,
      works,
    ),
  "version-path": (key, works) =>
    l10n.t("Knative never uses “{0}”: without the final slash of {1} it is a path.", key, works),
  "question-mark": (key, works) =>
    l10n.t("Knative never uses “{0}”: a question mark ends the host; {1} works.", key, works),
  "bare-host": (key) =>
    l10n.t("Knative never uses “{0}”: no registry has a name without a dot or a port.", key),
  "image-path": (key) =>
    l10n.t(
      "Knative never uses “{0}”: a key holds a registry and a path, no tag and no digest.",
      key,
    ),
  scheme: (key) => l10n.t("Knative never uses “{0}”: only https:// and http:// are removed.", key),
  empty: () => l10n.t("Knative never uses this key: it names no registry."),
  pattern: (key) => l10n.t("Knative never uses “{0}”: the set of characters in it is broken.", key),
  port: (key, works) =>
    l10n.t(
      "No image in the workspace uses “{0}”: the port counts, and the images need {1}.",
      key,
      works,
    ),
  case: (key, works) =>
    l10n.t("No image uses “{0}”: the case counts, and images are written like {1}.", key, works),
  "no-credential": (key) =>
    l10n.t(
      "The entry “{0}” holds neither a password nor a token: Knative runs no credential helper.",
      key,
    ),
};

/**
 * One sentence that says why Knative signs nothing in with the entry.
 * @param key as it is written, a user name and a password in it left out.
 * @param works the key that works instead, where one is known.
 */
export function pullKeyWords(
  key: string,
  mistake: PullKeyMistake,
  works: string | undefined,
): string {
  return words[mistake](key, works ?? "");
}
