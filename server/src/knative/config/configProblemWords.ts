// Mistakes in a `config-deployment`, in words.

import * as l10n from "@vscode/l10n";
import { findConfigKey } from "./configKeys.ts";
import type { ConfigProblem } from "./configProblem.ts";
import { skipEntryWords } from "../skipList/skipEntryWords.ts";

type Problem<Kind extends ConfigProblem["kind"]> = Extract<ConfigProblem, { kind: Kind }>;

/** One sentence that says what is wrong. Knative's own words stand at its end and are not translated. */
export function configProblemWords(problem: ConfigProblem): string {
  switch (problem.kind) {
    case "unknown-config-key":
      return unknownKeyWords(problem);
    case "legacy-config-key":
      return legacyKeyWords(problem);
    case "config-in-example":
      return l10n.t("“_example” is documentation: move {0} to “data”.", problem.key);
    case "example-checksum":
      return checksumWords(problem);
    case "invalid-config-value":
      return l10n.t("{0} (Knative: {1}).", invalidValueWords(problem), problem.message);
    case "skip-entry-never-matches":
      return skipEntryWords(problem.registry, problem.problem);
    case "skip-list-drops-defaults":
      return l10n.t(
        "This replaces the defaults, so these are no longer skipped: {0}.",
        problem.dropped.join(", "),
      );
    case "skip-list-public-registry":
      return l10n.t(
        "{0} is a public registry: if it is skipped, nodes may run different images under one tag.",
        problem.registry,
      );
    case "config-loses-sidecar-image":
      return l10n.t(
        "Add queue-sidecar-image or use kubectl patch: applying this ConfigMap would remove it, and Knative requires it.",
      );
  }
}

function unknownKeyWords({ key, cause, meant, release }: Problem<"unknown-config-key">): string {
  switch (cause) {
    case "never-read":
      return meant === undefined
        ? l10n.t("Unknown key “{0}” is silently ignored.", key)
        : l10n.t("Unknown key “{0}” is silently ignored: did you mean {1}?", key, meant);
    case "too-new":
      return l10n.t("The key “{0}” requires Knative {1} or later.", key, release ?? "");
    case "removed":
      return l10n.t("Remove the key “{0}”: Knative {1} and later ignore it.", key, release ?? "");
  }
}

function legacyKeyWords({ key, replacement, overruled }: Problem<"legacy-config-key">): string {
  return overruled
    ? l10n.t("“{0}” has no effect: {1} takes precedence.", key, replacement)
    : l10n.t("Rename “{0}” to {1}: this is the old spelling.", key, replacement);
}

function checksumWords({ computed, shipped }: Problem<"example-checksum">): string {
  return shipped
    ? l10n.t(
        "Set example-checksum to {0}: with another checksum the webhook rejects this ConfigMap.",
        computed,
      )
    : l10n.t(
        "“_example” was edited, so the webhook rejects this ConfigMap: undo the edit, or set the checksum to {0}.",
        computed,
      );
}

/** What is wrong with a value, without the full stop. */
function invalidValueWords({ key, value, is, message }: Problem<"invalid-config-value">): string {
  const known = findConfigKey(key);
  if (is === "number") return l10n.t("Must be a string: put {0} in quotes", value);
  if (is === "map") return l10n.t("Must be a string, not a map");
  if (is === "list") return l10n.t("Must be one comma-separated string, not a list");
  switch (known?.type) {
    case "duration":
      return durationWords(value, message);
    case "quantity":
      return l10n.t("Invalid quantity “{0}”, e.g. 25m or 400Mi", value);
    case "boolean":
    case "affinity":
      return l10n.t("Invalid value “{0}”: must be {1}", value, known.values.join(" / "));
    case "image":
      return l10n.t("{0} must not be empty", key);
    default:
      return l10n.t("Invalid value of {0}", key);
  }
}

function durationWords(value: string, message: string): string {
  if (message.includes("missing unit")) {
    return l10n.t("Invalid duration “{0}”: add a unit, e.g. “{0}s”", value);
  }
  if (message.includes("non-positive")) return l10n.t("Must be greater than zero: “{0}”", value);
  if (message.includes("rounded")) return l10n.t("Must be a whole number of seconds: “{0}”", value);
  return l10n.t("Invalid duration “{0}”, e.g. 10s or 2m", value);
}
