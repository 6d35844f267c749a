// Pieces of the output that people read.

import * as l10n from "@vscode/l10n";
import type { Manifests, PassedOver } from "./manifests.ts";
import { printable } from "./printable.ts";

/** Rows by their file, in order. */
export function grouped<Row extends { readonly file: string }>(
  rows: readonly Row[],
): readonly (readonly [string, readonly Row[]])[] {
  const files = new Map<string, Row[]>();
  for (const row of rows) {
    const known = files.get(row.file);
    if (known === undefined) files.set(row.file, [row]);
    else known.push(row);
  }
  return [...files];
}

/** The length of the longest text. */
export function widest<Row>(rows: readonly Row[], text: (row: Row) => string): number {
  // Not by the arguments of one call, of which there may be too many.
  return rows.reduce((width, row) => Math.max(width, text(row).length), 0);
}

/** Cells in columns, two blanks before each line and between the columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => widest(rows, (row) => row[column] ?? ""));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  return lines.map((line) => `  ${line.join("  ").trimEnd()}`).join("\n");
}

type Noun = "image" | "file" | "error" | "warning" | "information" | "hint";

/** `1 image`, `2 images`. */
export function plural(count: number, noun: Noun): string {
  switch (noun) {
    case "image":
      return count === 1 ? l10n.t("1 image") : l10n.t("{0} images", count);
    case "file":
      return count === 1 ? l10n.t("1 file") : l10n.t("{0} files", count);
    case "error":
      return count === 1 ? l10n.t("1 error") : l10n.t("{0} errors", count);
    case "warning":
      return count === 1 ? l10n.t("1 warning") : l10n.t("{0} warnings", count);
    case "information":
      return count === 1 ? l10n.t("1 note") : l10n.t("{0} notes", count);
    case "hint":
      return count === 1 ? l10n.t("1 hint") : l10n.t("{0} hints", count);
  }
}

/** Why there is nothing to tell, as a line; empty where the problems that have been told are why. */
export function nothingFound(
  { lookedAt, problems }: Pick<Manifests, "lookedAt" | "problems">,
  operands: readonly string[],
): string {
  const where =
    operands.length === 0 ? l10n.t("the current folder") : operands.map(printable).join(" ");
  if (lookedAt > 0) {
    const files = plural(lookedAt, "file");
    return `${l10n.t("No image that Knative runs is named in {0} ({1} looked at).", where, files)}\n`;
  }
  return problems.length > 0 ? "" : `${l10n.t("There are no YAML files in {0}.", where)}\n`;
}

/** `3 templates and 1 binary file were not read.` */
export function passedOverWords(passedOver: readonly PassedOver[]): string {
  const counts = new Map<PassedOver["kind"], number>();
  for (const { kind } of passedOver) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const parts = [...counts].map(([kind, count]) => passedOverCount(kind, count));
  const last = parts.pop() ?? "";
  const list = parts.length === 0 ? last : l10n.t("{0} and {1}", parts.join(", "), last);
  return passedOver.length === 1
    ? l10n.t("{0} was not read.", list)
    : l10n.t("{0} were not read.", list);
}

function passedOverCount(kind: PassedOver["kind"], count: number): string {
  const one = count === 1;
  switch (kind) {
    case "template":
      return one ? l10n.t("1 template") : l10n.t("{0} templates", count);
    case "broken":
      return one
        ? l10n.t("1 document that is not valid YAML")
        : l10n.t("{0} documents that are not valid YAML", count);
    case "binary":
      return one ? l10n.t("1 binary file") : l10n.t("{0} binary files", count);
    case "not-utf-8":
      return one
        ? l10n.t("1 file that is not UTF-8")
        : l10n.t("{0} files that are not UTF-8", count);
    case "too-large":
      return one ? l10n.t("1 file above 20 MB") : l10n.t("{0} files above 20 MB", count);
    case "not-a-file":
      return one ? l10n.t("1 special file") : l10n.t("{0} special files", count);
  }
}
