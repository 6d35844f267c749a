// Pieces of the output that people read.

import * as l10n from "@vscode/l10n";
import { shownText } from "../../shownText.ts";
import type { UnreadFile, UnreadKind } from "../input/inputFiles.ts";
import type { Manifests } from "../input/manifests.ts";

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
      return count === 1
        ? l10n.t("1 information finding")
        : l10n.t("{0} information findings", count);
    case "hint":
      return count === 1 ? l10n.t("1 hint") : l10n.t("{0} hints", count);
  }
}

/** What was not read and does not count, in one sentence; undefined if there is nothing to say. */
export function unreadSummary(unread: readonly UnreadFile[]): string | undefined {
  if (unread.length === 0) return undefined;
  const kinds = [...new Set(unread.map(({ kind }) => kind))];
  const counts = kinds.map((kind) =>
    unreadCount(unread.filter((one) => one.kind === kind).length, kind),
  );
  const last = counts.pop() ?? "";
  const all = counts.length === 0 ? last : l10n.t("{0} and {1}", counts.join(", "), last);
  return unread.length === 1
    ? l10n.t("{0} was not read; --verbose names it.", all)
    : l10n.t("{0} were not read; --verbose names them.", all);
}

function unreadCount(count: number, kind: UnreadKind): string {
  const isOne = count === 1;
  switch (kind) {
    case "template":
      return isOne ? l10n.t("1 template") : l10n.t("{0} templates", count);
    case "invalid":
      return isOne
        ? l10n.t("1 invalid YAML document")
        : l10n.t("{0} invalid YAML documents", count);
    case "binary":
      return isOne ? l10n.t("1 binary file") : l10n.t("{0} binary files", count);
    case "encoding":
      return isOne
        ? l10n.t("1 file that is not UTF-8")
        : l10n.t("{0} files that are not UTF-8", count);
    case "special":
      return isOne ? l10n.t("1 special file") : l10n.t("{0} special files", count);
    case "broken-link":
      return isOne ? l10n.t("1 broken link") : l10n.t("{0} broken links", count);
    case "too-large":
      return isOne
        ? l10n.t("1 file larger than 20 MB")
        : l10n.t("{0} files larger than 20 MB", count);
    case "excluded":
      return isOne ? l10n.t("1 excluded file") : l10n.t("{0} excluded files", count);
  }
}

/** Why there is nothing to report, as a line; empty if problems reported before are the reason. */
export function nothingFound(
  { lookedAt, problems, unread }: Pick<Manifests, "lookedAt" | "problems" | "unread">,
  operands: readonly string[],
): string {
  const isHere = operands.every((operand) => operand === ".");
  const where = isHere ? l10n.t("the current folder") : operands.map(shownText).join(" ");
  if (lookedAt > 0) {
    const files = plural(lookedAt, "file");
    return `${l10n.t("No Knative images found in {0} ({1} read).", where, files)}\n`;
  }
  return problems.length + unread.length > 0
    ? ""
    : `${l10n.t("No YAML files found in {0}.", where)}\n`;
}
