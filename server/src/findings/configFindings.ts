// Findings about a `config-deployment` and about a KnativeServing: Knative's rules, laid over the text.

import { withoutEnd, withoutStart } from "../image/trim.ts";
import * as l10n from "@vscode/l10n";
import { fileOffset } from "../document/span.ts";
import type { ConfigSource } from "../document/analysis.ts";
import { plainYaml } from "../document/yaml/yamlValue.ts";
import type { Change } from "../edits/change.ts";
import { configChanges } from "../edits/configEdits.ts";
import type { ConfigFix, ConfigProblem } from "../knative/config/configProblem.ts";
import { findConfigKey } from "../knative/config/configKeys.ts";
import { configProblemWords } from "../knative/config/configProblemWords.ts";
import { validateConfig } from "../knative/config/validateConfig.ts";
import { configSettings } from "../workspace/configSettings.ts";
import { configPlaceSpan } from "../workspace/intentions.ts";
import { isRead, namespaceInstead } from "../workspace/knativeNamespaces.ts";
import type { LocatedConfig, WorkspaceFacts } from "../workspace/workspaceFacts.ts";
import type { Finding, Fix } from "./finding.ts";
import { severityOf } from "./findingCodes.ts";
import type { FindingContext } from "./findingContext.ts";

/** @param text the YAML document that the configuration stands in. */
export function configFindings(
  config: ConfigSource,
  text: string,
  context: FindingContext,
): Finding[] {
  const misplaced = misplacedFindings(config, context);
  if (misplaced !== undefined) return misplaced;
  const problems = validateConfig(configSettings(config), {
    origin: config.origin,
    partial: !config.isComplete || isPatch(config, context),
    checksum: config.checksum?.text,
    version: config.release ?? context.settings.knativeVersion,
    seenRegistries: context.facts.registries,
    parseYaml: plainYaml,
  });
  const located: LocatedConfig = {
    uri: "",
    text,
    documentStart: fileOffset(0),
    documentText: text,
    config,
  };
  return problems.flatMap((problem) => {
    const severity = severityOf(problem.kind, context.settings);
    if (severity === "off") return [];
    const finding: Finding = {
      code: problem.kind,
      severity,
      message: configProblemWords(problem),
      span: configPlaceSpan(located, problem.place),
      related: [],
      fixes: configFixes(located, problem),
    };
    return [finding];
  });
}

/** The finding for a configuration that Knative never reads; undefined if it reads this one. */
function misplacedFindings(config: ConfigSource, context: FindingContext): Finding[] | undefined {
  const instead = namespaceInstead(config, context.facts);
  if (instead === undefined && config.misplaced === undefined) return undefined;
  const code = "misplaced-config";
  const severity = severityOf(code, context.settings);
  if (severity === "off") return [];
  const common = { code, severity, related: [] } as const;
  if (instead !== undefined) {
    const fix = namespaceFix(config, context.facts);
    const message = l10n.t(
      "Knative reads config-deployment only in its own namespace ({0}): this one has no effect.",
      instead,
    );
    const span = config.namespace?.content ?? config.namespace?.span ?? config.heading;
    return [{ ...common, message, span, fixes: fix === undefined ? [] : [fix] }];
  }
  return config.entries.map(({ key }) => ({
    ...common,
    message: misplacedWords(config, key.text),
    span: key.content ?? key.span,
    fixes: [],
  }));
}

function misplacedWords({ misplaced }: ConfigSource, key: string): string {
  switch (misplaced) {
    case "registry-override":
      return l10n.t(
        "Set spec.config.deployment.queue-sidecar-image: this override changes only the cached image, not the sidecar that runs.",
      );
    case "other-level":
      return l10n.t("Move {0} to spec.config.deployment: it has no effect here.", key);
    case "overruled-level":
      return l10n.t(
        "Move {0} to spec.config.config-deployment: next to it this has no effect.",
        key,
      );
    case "other-config-map":
    case undefined:
      return l10n.t("Move {0} to the ConfigMap config-deployment: it has no effect here.", key);
  }
}

/** The fix that moves a ConfigMap into Knative's namespace; undefined if that is not what is wrong. */
export function namespaceFix(config: ConfigSource, facts: WorkspaceFacts): Fix | undefined {
  const instead = namespaceInstead(config, facts);
  const written = config.namespace;
  if (instead === undefined || written === undefined) return undefined;
  const title = l10n.t("Change namespace “{0}” to “{1}”", written.text, instead);
  const changes =
    written.content === undefined
      ? [{ ...written.span, text: JSON.stringify(instead) }]
      : [{ ...written.content, text: instead }];
  return { title, changes, isPreferred: true };
}

/**
 * Whether only a part of the ConfigMap is written here: the workspace holds the whole one elsewhere, or a kustomization
 * lays this file over one that it takes from anywhere.
 */
function isPatch(config: ConfigSource, { facts }: FindingContext): boolean {
  const uri = facts.configs.find((located) => located.config === config)?.uri;
  if (uri !== undefined && facts.patchFiles.includes(uri)) return true;
  return facts.configs.some(
    (other) =>
      other.config !== config &&
      other.config.origin === "config-map" &&
      isRead(other.config, facts) &&
      other.config.entries.some(({ key }) => findConfigKey(key.text)?.type === "image"),
  );
}

/** The fixes of a problem, counted from the YAML document; the best one first. */
export function configFixes(located: LocatedConfig, problem: ConfigProblem): Fix[] {
  const { config, documentText } = located;
  return problem.fixes.flatMap((fix, index) => {
    const changes = configChanges({ config, text: documentText }, fix);
    if (changes === undefined) return [];
    return [{ title: fixTitle(fix, config), changes, isPreferred: index === 0 }];
  });
}

/** What a fix will change, in words. */
function fixTitle(fix: ConfigFix, config: ConfigSource): string {
  switch (fix.kind) {
    case "rename-key":
      return l10n.t("Rename “{0}” to “{1}”", fix.key, fix.to);
    case "remove-key":
      return l10n.t("Remove “{0}”", fix.key);
    case "add-key":
      return l10n.t("Move {0} out of _example", fix.key);
    case "change-value":
      return changeTitle(fix.change, valueOf(config, fix.key));
    case "join-items":
      return l10n.t("Change the list to “{0}”", fix.value);
    case "quote-value":
      return l10n.t("Put {0} in quotes", valueOf(config, fix.key));
    case "set-checksum":
      return l10n.t("Set example-checksum to {0}", fix.checksum);
  }
}

function valueOf({ entries }: ConfigSource, key: string): string {
  return entries.find((entry) => entry.key.text === key)?.value?.text ?? "";
}

/** What stands between the entries of a list. */
const separators = ", \t\r\n";

function changeTitle({ start, end, text }: Change, value: string): string {
  const before = withoutEnd(withoutStart(value.slice(start, end), separators), separators);
  if (text === "") {
    return before === "" ? l10n.t("Remove the empty entry") : l10n.t("Remove “{0}”", before);
  }
  return before === ""
    ? l10n.t("Add {0}", text.replace(/^,/, ""))
    : l10n.t("Change “{0}” to “{1}”", before, text);
}
