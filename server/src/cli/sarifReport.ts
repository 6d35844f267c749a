// Findings as SARIF 2.1.0, which code scanning takes.

import path from "node:path";
import type { Location, Log, Notification, ReportingDescriptor, Result } from "sarif";
import {
  defaultSeverity,
  documentationUrl,
  findingCodes,
  type FindingCode,
} from "../findings/findingCodes.ts";
import { findingSummaries } from "../findings/findingSummaries.ts";
import type { RelatedPlace } from "../findings/finding.ts";
import type { Severity } from "../settings.ts";
import type { InputProblem } from "./inputFiles.ts";
import { createPlaces, type PlaceRange } from "./places.ts";
import { shownUri, type PlacedFinding } from "./report.ts";

const levels: Readonly<Record<Severity | "off", "error" | "warning" | "note" | "none">> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
  off: "none",
};

/** The whole log, with all rules, found or not. */
export function renderSarif(options: {
  readonly findings: readonly PlacedFinding[];
  readonly problems: readonly InputProblem[];
  readonly version: string;
  readonly folder: string;
}): Log {
  const { findings, problems, version, folder } = options;
  const informationUri = "https://github.com/knative-digest/knative-digest";
  return {
    version: "2.1.0",
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    runs: [
      {
        tool: {
          driver: {
            name: "knative-digest",
            version,
            semanticVersion: version,
            informationUri,
            rules: findingCodes.map(rule),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: problems.length === 0,
            toolExecutionNotifications: problems.map(notification),
          },
        ],
        results: findings.map((finding) => result(finding, folder)),
      },
    ],
  };
}

function rule(code: FindingCode): ReportingDescriptor {
  const summary = findingSummaries[code];
  const url = documentationUrl(code);
  return {
    id: code,
    shortDescription: { text: summary },
    fullDescription: { text: summary },
    helpUri: url,
    help: { text: `${summary} See ${url}`, markdown: `${summary} [What to do](${url})` },
    defaultConfiguration: { level: levels[defaultSeverity(code)] },
  };
}

function result({ row, finding }: PlacedFinding, folder: string): Result {
  return {
    ruleId: row.code,
    ruleIndex: findingCodes.indexOf(row.code),
    level: levels[row.severity],
    message: { text: row.message },
    locations: [location(row.file, row)],
    relatedLocations: finding.related.map((place, id) => relatedLocation(place, id, folder)),
  };
}

function location(file: string, range: PlaceRange): Location {
  const { line, column, endLine, endColumn } = range;
  return {
    physicalLocation: {
      artifactLocation: { uri: fileUri(file) },
      region: { startLine: line, startColumn: column, endLine, endColumn },
    },
  };
}

function relatedLocation(place: RelatedPlace, id: number, folder: string): Location {
  const range = createPlaces(place.text).of(place.span);
  return { id, ...location(shownUri(place.uri, folder), range), message: { text: place.message } };
}

function notification({ name, line, message }: InputProblem): Notification {
  return {
    level: "error",
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: fileUri(name) },
          ...(line === undefined ? {} : { region: { startLine: line } }),
        },
      },
    ],
  };
}

/** A relative reference, or a file URI for what stands outside of the folder (RFC 3986). */
function fileUri(file: string): string {
  if (file === "-") return "stdin";
  const encoded = file.split("/").map(encodeURIComponent).join("/");
  return path.isAbsolute(file) ? `file://${encoded}` : encoded;
}
