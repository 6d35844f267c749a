// Mistakes in a `config-deployment`, in words.

import * as l10n from "@vscode/l10n";
import type { ConfigProblem } from "./configProblem.ts";
import { defaultSkippedRegistries } from "./skipList.ts";
import { skipEntryWords } from "./skipEntryWords.ts";

type UnknownKeyProblem = Extract<ConfigProblem, { kind: "unknown-config-key" }>;
type LegacyKeyProblem = Extract<ConfigProblem, { kind: "legacy-config-key" }>;
type ChecksumProblem = Extract<ConfigProblem, { kind: "example-checksum" }>;

/** One sentence that says what is wrong. Knative's own words in it are not translated. */
export function configProblemWords(problem: ConfigProblem): string {
  switch (problem.kind) {
    case "unknown-config-key":
      return unknownKeyWords(problem);
    case "legacy-config-key":
      return legacyKeyWords(problem);
    case "config-in-example":
      return l10n.t(
        "Knative never reads “_example”: {0} has no effect here, it belongs directly below “data”.",
        problem.key,
      );
    case "example-checksum":
      return checksumWords(problem);
    case "invalid-config-value":
      return l10n.t("Knative refuses this value: {0}.", problem.message);
    case "skip-entry-never-matches":
      return skipEntryWords(problem.registry, problem.problem);
    case "skip-list-drops-defaults":
      return l10n.t(
        "Setting this key replaces Knative’s default ({0}) instead of adding to it: {1} will be resolved.",
        defaultSkippedRegistries.join(", "),
        problem.dropped.join(", "),
      );
    case "skip-list-public-registry":
      return l10n.t(
        "{0} is a public registry: without resolving, a tag can mean another image on each node and nothing records which.",
        problem.registry,
      );
    case "config-loses-sidecar-image":
      return l10n.t(
        "Knative refuses a config-deployment without queue-sidecar-image, and applying this one takes it away: use kubectl patch, or set the key, too.",
      );
  }
}

function unknownKeyWords({ key, cause, meant, release }: UnknownKeyProblem): string {
  switch (cause) {
    case "never-read":
      return meant === undefined
        ? l10n.t("Knative never reads the key “{0}”, and does not say so.", key)
        : l10n.t(
            "Knative never reads the key “{0}”, and does not say so: it reads {1}.",
            key,
            meant,
          );
    case "too-new":
      return l10n.t("Knative reads the key “{0}” only since {1}.", key, release ?? "");
    case "removed":
      return l10n.t("Knative no longer reads the key “{0}”, since {1}.", key, release ?? "");
  }
}

function legacyKeyWords({ key, replacement, overruled }: LegacyKeyProblem): string {
  return overruled
    ? l10n.t("“{0}” has no effect beside {1}, which overrules it.", key, replacement)
    : l10n.t("“{0}” is the old spelling of {1}.", key, replacement);
}

function checksumWords({ computed, shipped }: ChecksumProblem): string {
  return shipped
    ? l10n.t(
        "The webhook refuses this ConfigMap: “_example” is as Knative ships it, and its checksum is {0}.",
        computed,
      )
    : l10n.t(
        "The webhook refuses this ConfigMap: “_example” was edited, which is probably not what you want, and its checksum is {0} now.",
        computed,
      );
}
