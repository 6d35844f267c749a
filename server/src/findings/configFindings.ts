// Findings about a `config-deployment` and about a KnativeServing: Knative's rules, laid over the text.

import * as l10n from "@vscode/l10n";
import { fileOffset } from "../document/span.ts";
import type { ConfigSource } from "../document/analysis.ts";
import { plainYaml } from "../document/yamlValue.ts";
import { configChanges } from "../edits/configEdits.ts";
import type { ConfigFix, ConfigProblem } from "../knative/configProblem.ts";
import { findConfigKey } from "../knative/configKeys.ts";
import { configProblemWords } from "../knative/configProblemWords.ts";
import { judgeConfig } from "../knative/judgeConfig.ts";
import { configSettings } from "../workspace/configSettings.ts";
import { configPlaceSpan } from "../workspace/intentions.ts";
import type { LocatedConfig } from "../workspace/workspaceFacts.ts";
import type { Finding, Fix } from "./finding.ts";
import { severityOf } from "./findingCodes.ts";
import type { FindingContext } from "./findingContext.ts";

/** @param text the YAML document that the configuration stands in. */
export function configFindings(
  config: ConfigSource,
  text: string,
  context: FindingContext,
): Finding[] {
  const problems = judgeConfig(configSettings(config), {
    origin: config.origin,
    partial: isPatch(config, context),
    checksum: config.checksum?.text,
    version: context.settings.knativeVersion,
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
      other.config.entries.some(({ key }) => findConfigKey(key.text)?.type === "image"),
  );
}

/** The fixes of a problem, counted from the YAML document; the best one first. */
export function configFixes(located: LocatedConfig, problem: ConfigProblem): Fix[] {
  const { config, documentText } = located;
  return problem.fixes.flatMap((fix, index) => {
    const changes = configChanges({ config, text: documentText }, fix);
    if (changes === undefined) return [];
    return [{ title: fixTitle(fix), changes, isPreferred: index === 0 }];
  });
}

/** What a fix will write, in words. */
function fixTitle(fix: ConfigFix): string {
  switch (fix.kind) {
    case "rename-key":
      return l10n.t("Rename the key to {0}", fix.to);
    case "remove-key":
      return l10n.t("Remove the key {0}", fix.key);
    case "add-key":
      return l10n.t("Set {0} to “{1}” outside the example", fix.key, fix.value);
    case "change-value":
      if (fix.change.text === "") return l10n.t("Remove the entry");
      return fix.change.start === fix.change.end
        ? l10n.t("Add {0}", fix.change.text.replace(/^,/, ""))
        : l10n.t("Change it to “{0}”", fix.change.text);
    case "join-items":
      return l10n.t("Change it to “{0}”", fix.value);
    case "quote-value":
      return l10n.t("Put the value in quotes");
    case "set-checksum":
      return l10n.t("Write the checksum {0}", fix.checksum);
  }
}
