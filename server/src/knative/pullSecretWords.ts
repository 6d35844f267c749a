// What is wrong with a key of a pull secret, in words.

import * as l10n from "@vscode/l10n";
import { authenticationFailure } from "./conditions.ts";
import type { PullKeyMistake, PullSecretProblem } from "./pullSecretProblems.ts";

type Words = (key: string, works: string) => string;

const words: Readonly<Record<PullKeyMistake, Words>> = {
  "docker-hub": (key, works) =>
    l10n.t("Key “{0}” is not used for digest resolution; use {1}.", key, works),
  "version-path": (key, works) =>
    l10n.t("Key “{0}” is never used: add the final slash ({1}).", key, works),
  "question-mark": (key, works) =>
    l10n.t("Key “{0}” is never used: “?” ends the host; use {1}.", key, works),
  "bare-host": (key) =>
    l10n.t("Key “{0}” is never used: a registry’s name has a dot or a port.", key),
  "image-path": (key) =>
    l10n.t("Key “{0}” is never used: write a registry and a path, without tag or digest.", key),
  scheme: (key) =>
    l10n.t("Key “{0}” is never used: only https:// and http:// are allowed in front.", key),
  empty: () => l10n.t("This key is never used: it names no registry."),
  pattern: (key) => l10n.t("Key “{0}” is never used: its set of characters is not closed.", key),
  port: (key, works) =>
    l10n.t(
      "Key “{0}” is used by no image in the workspace: they need {1}, and the port must match.",
      key,
      works,
    ),
  case: (key, works) =>
    l10n.t("Key “{0}” is used by no image: they need {1}, and the case must match.", key, works),
  "no-auths": () =>
    l10n.t('No registry in this secret: .dockerconfigjson must hold {"auths": {…}}.'),
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
