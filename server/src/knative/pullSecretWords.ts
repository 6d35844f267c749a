// What is wrong with a key of a pull secret, in words.

import * as l10n from "@vscode/l10n";
import { authenticationFailure } from "./conditions.ts";
import type { PullKeyMistake, PullSecretProblem } from "./pullSecretProblems.ts";

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
  "no-auths": () =>
    l10n.t('Knative finds no registry in this secret: .dockerconfigjson holds {"auths": {…}}.'),
  "no-credential": (key) =>
    l10n.t(
      "The entry “{0}” holds neither a password nor a token: Knative runs no credential helper.",
      key,
    ),
};

/** One sentence that says what is wrong; never a credential. Knative's own words in it are not translated. */
export function pullSecretWords(problem: PullSecretProblem): string {
  if (problem.kind === "pull-secret-never-matches") {
    return words[problem.mistake](problem.key, problem.works ?? "");
  }
  return l10n.t(
    "Every image of a revision with this pull secret fails, digests too: {0}.",
    authenticationFailure(problem.message),
  );
}
