// Findings as a person reads them: by file and place, with what to do.

import * as l10n from "@vscode/l10n";
import type { Severity } from "../../settings.ts";
import { escaped, shownText } from "../../shownText.ts";
import { fixedByPin, fixedByUpdate } from "../../findings/placedEdits.ts";
import type { CommandContext } from "../commandContext.ts";
import { severityStyles } from "./paint.ts";
import { createPlaces } from "./places.ts";
import { shownUri, type PlacedFinding, type Report } from "./report.ts";
import { grouped, plural, widest } from "./textParts.ts";

/** All findings and a line that sums up. */
export function renderText(
  { report, findings }: { readonly report: Report; readonly findings: readonly PlacedFinding[] },
  context: CommandContext,
): string {
  const { shown, more } = context.call.options.verbose
    ? { shown: findings, more: [] }
    : withoutCrowds(findings);
  const rows = shown.map((finding) => ({ file: finding.row.file, finding }));
  const blocks = grouped(rows).map(([file, own]) => {
    const widths = columnWidths(own.map(({ finding }) => finding));
    const lines = own.flatMap(({ finding }) => findingLines(finding, widths, context));
    return `${[context.paint("bold", escaped(file)), ...lines].join("\n")}\n`;
  });
  const rest = more.length === 0 ? [] : [`${more.join("\n")}\n`];
  return [...blocks, ...rest, summary(report)].join("\n");
}

/** A message about more images than this is shown for the first of them only, and the others are counted. */
const maxRepeats = 20;
const shownRepeats = 5;

/** One entry of a skip list, or one registry that is away, can concern every image of a large repository. */
function withoutCrowds(findings: readonly PlacedFinding[]): {
  readonly shown: readonly PlacedFinding[];
  readonly more: readonly string[];
} {
  const groups = new Map<string, PlacedFinding[]>();
  for (const finding of findings) {
    const { code, message } = finding.row;
    const key = `${code} ${message}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  const crowds = [...groups.values()].filter(({ length }) => length > maxRepeats);
  const hidden = new Set(crowds.flatMap((group) => group.slice(shownRepeats)));
  const more = crowds.map((group) =>
    l10n.t(
      "{0} more {1} with the same message are not shown; --verbose shows them: {2}",
      group.length - shownRepeats,
      group[0]?.row.code ?? "",
      shownText(group[0]?.row.message ?? ""),
    ),
  );
  return { shown: findings.filter((finding) => !hidden.has(finding)), more };
}

interface Widths {
  readonly place: number;
  readonly severity: number;
  readonly code: number;
}

function columnWidths(findings: readonly PlacedFinding[]): Widths {
  return {
    place: widest(findings, ({ row }) => `${row.line}:${row.column}`),
    severity: widest(findings, ({ row }) => row.severity),
    code: widest(findings, ({ row }) => row.code),
  };
}

function findingLines(
  placed: PlacedFinding,
  widths: Widths,
  { paint, environment }: CommandContext,
): string[] {
  const { row, finding } = placed;
  const place = `${row.line}:${row.column}`.padEnd(widths.place);
  const severity = paint(severityStyles[row.severity], row.severity.padEnd(widths.severity));
  const code = paint("dim", row.code.padEnd(widths.code));
  const indent = " ".repeat(widths.place + 4);
  const related = finding.related.map(({ uri, text, span, message }) => {
    const { line, column } = createPlaces(text).at(span.start);
    return `${shownUri(uri, environment.folder)}:${line}:${column}: ${message}`;
  });
  const more = [...related, ...advice(placed)].map((text) => `${indent}${shownText(text)}`);
  return [`  ${place}  ${severity}  ${code}  ${shownText(row.message)}`, ...more];
}

/** What to do about a finding, where that is not in its message. */
function advice({ finding, row, state }: PlacedFinding): string[] {
  const command = fixedByPin.includes(row.code)
    ? "pin"
    : fixedByUpdate.includes(row.code)
      ? "update"
      : undefined;
  if (
    command !== undefined &&
    row.file !== "-" &&
    state?.tag !== undefined &&
    state.use.owner === undefined
  ) {
    return [l10n.t("Fix: knative-digest {0} {1}", command, shellWord(row.file))];
  }
  const fix = finding.fixes.find(({ isPreferred }) => isPreferred) ?? finding.fixes[0];
  return fix === undefined ? [] : [l10n.t("Fix: {0}.", fix.title)];
}

/** A path as one word of a shell's command, which no option is. */
function shellWord(file: string): string {
  const operand = file.startsWith("-") ? `./${file}` : file;
  return /^[\w./:=@%+,-]+$/.test(operand) ? operand : `'${operand.replaceAll("'", "'\\''")}'`;
}

/** `5 images in 3 files: 1 error, 2 warnings.` */
export function summary({ images, findings }: Report): string {
  const files = new Set([...images, ...findings].map(({ file }) => file)).size;
  const severities: readonly Severity[] = ["error", "warning", "information", "hint"];
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [plural(count, severity)];
  });
  const what = counts.length === 0 ? l10n.t("nothing to report") : counts.join(", ");
  return l10n.t("{0} in {1}: {2}.", plural(images.length, "image"), plural(files, "file"), what);
}
