// The diagnostics: their stable codes, their default severities, and where each is explained.

import type { Settings, Severity } from "../settings.ts";

/** Each code's severity where the setting `diagnostics` says nothing. */
const defaultSeverities = {
  "registry-skipped": "warning",
  "skip-not-effective": "warning",
  "unpinned-tag": "off",
  "tag-not-found": "error",
  "access-denied": "warning",
  "certificate-untrusted": "warning",
  "registry-unreachable": "information",
  "loopback-registry": "warning",
  "rate-limited": "information",
  "no-digest-header": "warning",
  "controller-cannot-resolve": "warning",
  "tag-moved": "information",
  "tag-digest-mismatch": "warning",
  "digest-not-found": "error",
  "single-platform-digest": "warning",
  "invalid-reference": "error",
  "doomed-reference": "error",
  "accidental-docker-hub": "warning",
  "init-container-by-tag": "information",
  "unresolved-image": "hint",
  "side-loaded-latest": "warning",
  "unknown-config-key": "warning",
  "config-in-example": "warning",
  "example-checksum": "error",
  "invalid-config-value": "error",
  "legacy-config-key": "information",
  "skip-entry-never-matches": "warning",
  "skip-list-drops-defaults": "information",
  "skip-list-public-registry": "warning",
  "misplaced-config": "warning",
  "config-loses-sidecar-image": "warning",
  "pull-secret-never-matches": "warning",
  "pull-secret-invalid": "error",
  "cluster-differs": "information",
  "revision-failed": "error",
  "cluster-config-differs": "warning",
  "unused-ignore": "information",
} as const satisfies Record<string, Severity | "off">;

export type FindingCode = keyof typeof defaultSeverities;

export const findingCodes = Object.keys(defaultSeverities) as readonly FindingCode[];

/**
 * The severity of a finding; `off` if it is not to be shown.
 * @param milder the severity where the setting says nothing, for cases milder than the code's default.
 */
export function severityOf(
  code: FindingCode,
  settings: Settings,
  milder?: Severity,
): Severity | "off" {
  return settings.diagnostics[code] ?? milder ?? defaultSeverities[code];
}

/** The code's default, for documents and tests. */
export function defaultSeverity(code: FindingCode): Severity | "off" {
  return defaultSeverities[code];
}

/** Where the code is explained. */
export function documentationUrl(code: FindingCode): string {
  return `https://github.com/knative-digest/knative-digest/blob/main/docs/diagnostics/${code}.md#${code}`;
}
