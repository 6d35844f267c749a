// Findings about what a cluster runs, against what the files say.

import * as l10n from "@vscode/l10n";
import type { ConfigEntry, ConfigSource } from "../document/analysis.ts";
import { shortDigest } from "../image/digest.ts";
import { isPlaceholder } from "../image/placeholder.ts";
import { parseDuration } from "../knative/go/goDuration.ts";
import { skipListOf, legacySkipListKey, skipListKey } from "../knative/skipList/skipList.ts";
import { isRead } from "../workspace/knativeNamespaces.ts";
import { compareWithCluster, type Comparison } from "./clusterComparison.ts";
import type { Finding } from "./finding.ts";
import { severityOf } from "./findingCodes.ts";
import { useFinding, type FindingContext } from "./findingContext.ts";
import type { ImageState } from "./imageState.ts";

/** What is said of an image that the cluster knows, too. */
export function clusterFindings(state: ImageState, context: FindingContext): Finding[] {
  const { cluster, use } = state;
  if (cluster?.kind !== "present") return [];
  const { problem, created } = cluster;
  // A file that says another image by now is not what failed.
  if (problem !== undefined && (created?.image ?? cluster.template) === use.reference.text) {
    const { revision, reason, message } = problem;
    return useFinding("revision-failed", state, context, {
      message:
        message === ""
          ? l10n.t("Revision {0} is not ready in the cluster: {1}.", revision, reason)
          : l10n.t("Revision {0} is not ready in the cluster: {1}: {2}", revision, reason, message),
    });
  }
  const comparison = compareWithCluster(state);
  const message = comparison && differenceWords(comparison, state);
  return message === undefined ? [] : useFinding("cluster-differs", state, context, { message });
}

function differenceWords(comparison: Comparison, { tag }: ImageState): string | undefined {
  const name = tag?.key.reference ?? "";
  switch (comparison.kind) {
    case "tag-moved-since":
      return comparison.isWhole
        ? l10n.t(
            "The cluster runs {0}, and tag {1} has moved to {2} since: applying this file changes nothing.",
            short(comparison.runs),
            name,
            short(comparison.tag),
          )
        : l10n.t(
            "The cluster runs {0}, and tag {1} has moved to {2} since: applying this file changes nothing unless something else in the template changed.",
            short(comparison.runs),
            name,
            short(comparison.tag),
          );
    case "left-behind":
      return l10n.t(
        "The cluster runs {0}, which tag {1} no longer names.",
        short(comparison.runs),
        name,
      );
    case "rolls-out": {
      const { runs, to } = comparison;
      if (runs === undefined || to === undefined) return undefined;
      return l10n.t(
        "The cluster runs {0}: applying this file rolls out {1}.",
        short(runs),
        short(to),
      );
    }
    case "not-ready": {
      const { runs, revision } = comparison;
      if (runs === undefined) return undefined;
      return l10n.t(
        "The cluster runs {0}: this file’s Revision {1} is not ready.",
        short(runs),
        revision,
      );
    }
    case "absent":
    case "unknown":
    case "agrees":
    case "same-digest":
      return undefined;
  }
}

function short(digest: string): string {
  return shortDigest(digest, 12);
}

/** What the cluster's own configuration says otherwise than one of the workspace. */
export function clusterConfigFindings(config: ConfigSource, context: FindingContext): Finding[] {
  const cluster = context.known?.cluster?.config;
  const severity = severityOf("cluster-config-differs", context.settings);
  if (cluster === undefined || severity === "off" || !isRead(config, context.facts)) return [];
  return config.entries.flatMap((entry) => {
    const theirs = differingValue(entry, config, cluster.settings);
    if (theirs === undefined) return [];
    const { key, value } = entry;
    return [
      {
        ...{ code: "cluster-config-differs" as const, severity, related: [], fixes: [] },
        message: l10n.t("The cluster has another value for {0}: {1}", key.text, theirs),
        span: value?.content ?? value?.span ?? entry.place,
      },
    ];
  });
}

/** What Knative takes where the key is missing (pkg/deployment/config.go `defaultConfig`). */
const defaultTimeout = "10s";
const timeoutKeys = ["digest-resolution-timeout", "digestResolutionTimeout"] as const;

/** The cluster's value, if it means something else; undefined where an entry does not decide, or is the same. */
function differingValue(
  { key, value }: ConfigEntry,
  { entries }: ConfigSource,
  cluster: ReadonlyMap<string, string>,
): string | undefined {
  if (value === undefined || isPlaceholder(value.text)) return undefined;
  const has = (name: string): boolean => entries.some((entry) => entry.key.text === name);
  if (key.text === skipListKey || (key.text === legacySkipListKey && !has(skipListKey))) {
    const theirs = skipListOf(cluster).registries;
    const ours = skipListOf(new Map([[key.text, value.text]])).registries;
    return isSameSet(ours, theirs) ? undefined : [...theirs].sort().join(",") || '""';
  }
  const [newKey, oldKey] = timeoutKeys;
  if (key.text === newKey || (key.text === oldKey && !has(newKey))) {
    const theirs = cluster.get(newKey) ?? cluster.get(oldKey) ?? defaultTimeout;
    return isSameDuration(value.text, theirs) ? undefined : theirs;
  }
  return undefined;
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [one, other] = [a, b].map((set) => [...set].filter((entry) => entry !== "").sort());
  return one?.join() === other?.join();
}

function isSameDuration(a: string, b: string): boolean {
  const [one, other] = [parseDuration(a), parseDuration(b)];
  // A value that is not a duration has its own finding.
  if (one.kind === "error" || other.kind === "error") return true;
  return one.nanoseconds === other.nanoseconds;
}
