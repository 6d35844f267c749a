// What is wrong with a key of a pull secret, in words.

import * as l10n from "@vscode/l10n";
import { authenticationFailure } from "../conditions.ts";
import type { PullKeyMistake, PullSecretProblem } from "./pullSecretProblems.ts";

type Words = (key: string, works: string) => string;

const words: Readonly<Record<PullKeyMistake, Words>> = {
  "docker-hub": (key, works) =>
    l10n.t("Key “{0}” is not used for digest resolution; use {1}.", key, works),
  "version-path": (key, works) =>
    l10n.t("Key “{0}” is never used: add the final slash ({1}).", key, works),
  "question-mark": (key, works) =>
    l10n.t("Key “{0}” is never used: “?” ends the host; use {1}.", key, works),
  "bare-host": (key) => l10n.t("Key “{0}” is never used: a registry needs a dot or a port.", key),
  "image-path": (key) =>
    l10n.t("Key “{0}” is never used: write only a registry and a path, no tag or digest.", key),
  scheme: (key) =>
    l10n.t("Key “{0}” is never used: only https:// and http:// are allowed in front.", key),
  empty: () => l10n.t("This key is never used: it does not name a registry."),
  pattern: (key) => l10n.t("Key “{0}” is never used: a “]” is missing.", key),
  port: (key, works) =>
    l10n.t(
      "Key “{0}” matches no image in the workspace: they need {1}, and the port must match.",
      key,
      works,
    ),
  case: (key, works) =>
    l10n.t("Key “{0}” matches no image: they need {1}, and the case must match.", key, works),
  "no-auths": () =>
    l10n.t('No registry in this secret: .dockerconfigjson must contain {"auths": {…}}.'),
  "no-credential": (key) =>
    l10n.t("Entry “{0}” has no password and no token: Knative runs no credential helpers.", key),
};

/** One sentence that says what is wrong; never a credential. Knative's own words in it are not translated. */
export function pullSecretWords(problem: PullSecretProblem): string {
  if (problem.kind === "pull-secret-never-matches") {
    return words[problem.mistake](problem.key, problem.works ?? "");
  }
  return l10n.t(
    "Invalid pull secret: all images using it fail ({0}).",
    authenticationFailure(problem.message),
  );
}
