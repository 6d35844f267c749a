// Findings as SARIF 2.1.0, which code scanning takes.

import path from "node:path";
import type { Location, Log, Notification, Region, ReportingDescriptor, Result } from "sarif";
import {
  defaultSeverity,
  documentationUrl,
  findingCodes,
  type FindingCode,
} from "../../findings/findingCodes.ts";
import { findingSummaries } from "../../findings/findingSummaries.ts";
import type { Severity } from "../../settings.ts";
import { shownText } from "../../shownText.ts";
import type { InputProblem } from "../input/inputFiles.ts";
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
  /** Makes a printed path one from the repository's root. */
  readonly fileOf: (shown: string) => string;
}): Log {
  const { findings, problems, version } = options;
  const place = placer(options);
  const fingerprint = fingerprinter(options);
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
            toolExecutionNotifications: problems.map((problem) => notification(problem, place)),
          },
        ],
        results: findings.map((finding) => ({
          ...result(finding, options.folder, place),
          partialFingerprints: { "knativeDigest/v1": fingerprint(finding) },
        })),
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

type Placer = (file: string, region?: Region) => Location;

/** Makes locations whose names are as the options say. */
function placer({ fileOf }: { readonly fileOf: (shown: string) => string }): Placer {
  return (file, region) => ({
    physicalLocation: {
      artifactLocation: { uri: fileUri(fileOf(file)) },
      ...(region === undefined ? {} : { region }),
    },
  });
}

function result({ row, finding }: PlacedFinding, folder: string, place: Placer): Result {
  return {
    ruleId: row.code,
    ruleIndex: findingCodes.indexOf(row.code),
    level: levels[row.severity],
    message: { text: shownText(row.message) },
    locations: [place(row.file, region(row))],
    relatedLocations: finding.related.map(({ uri, text, span, message }, id) => ({
      id,
      ...place(shownUri(uri, folder), region(createPlaces(text).of(span))),
      message: { text: shownText(message) },
    })),
  };
}

/**
 * Identifies a finding across runs, wherever its lines have moved to: by its code, its file, its image, and how many
 * like it stand before it. What is not about an image goes by its message: the text there may be a secret's.
 */
function fingerprinter({
  fileOf,
}: {
  readonly fileOf: (shown: string) => string;
}): (finding: PlacedFinding) => string {
  const counts = new Map<string, number>();
  return ({ row, state }) => {
    const subject = shownText(state?.use.reference.text ?? row.message);
    const what = [row.code, fileOf(row.file), subject].join(" ");
    const count = counts.get(what) ?? 0;
    counts.set(what, count + 1);
    return `${what} ${count}`;
  };
}

function region({ line, column, endLine, endColumn }: PlaceRange): Region {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function notification({ name, line, message }: InputProblem, place: Placer): Notification {
  return {
    level: "error",
    message: { text: shownText(message) },
    locations: [place(name, line === undefined ? undefined : { startLine: line })],
  };
}

/** A relative reference, or a file URI for what stands outside of the folder (RFC 3986). */
function fileUri(file: string): string {
  if (file === "-") return "stdin";
  const encoded = file.split("/").map(encodeURIComponent).join("/");
  return path.isAbsolute(file) ? `file://${encoded}` : encoded;
}
