// The images of a workspace as a document for an audit: a Markdown table, or comma-separated values.

import * as l10n from "@vscode/l10n";
import type { ImageGroup, ImageRow } from "./imageRows.ts";

export interface InventoryRow extends ImageRow {
  /** Relative to the workspace, as people read it. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

interface Column {
  readonly title: string;
  readonly value: (row: InventoryRow) => string;
}

function columns(): readonly Column[] {
  return [
    { title: l10n.t("Image"), value: ({ image }) => image },
    { title: l10n.t("State"), value: ({ group }) => groupWords(group) },
    { title: l10n.t("Digest"), value: ({ digest }) => digest ?? "" },
    { title: l10n.t("Runs"), value: ({ runs }) => runs ?? "" },
    { title: l10n.t("Kind"), value: ({ kind }) => kind ?? "" },
    { title: l10n.t("Name"), value: ({ name }) => name ?? "" },
    { title: l10n.t("Namespace"), value: ({ namespace }) => namespace ?? "" },
    { title: l10n.t("Container"), value: ({ container }) => container ?? "" },
    { title: l10n.t("Cluster"), value: ({ cluster }) => cluster ?? "" },
    { title: l10n.t("File"), value: ({ file }) => file },
    { title: l10n.t("Line"), value: ({ line }) => String(line) },
    { title: l10n.t("Problem"), value: ({ problem }) => problem ?? "" },
  ];
}

/** A group's name, as a heading over its images. */
export function groupWords(group: ImageGroup): string {
  switch (group) {
    case "failed":
      return l10n.t("Will fail");
    case "moved":
      return l10n.t("Tag moved");
    case "skipped":
      return l10n.t("Skipped by Knative");
    case "unpinned":
      return l10n.t("Not pinned");
    case "never-resolved":
      return l10n.t("Never resolved by Knative");
    case "ko":
      return l10n.t("Built by ko");
    case "pinned":
      return l10n.t("Pinned");
    case "template":
      return l10n.t("Templated value");
  }
}

/** A Markdown table. */
export function inventoryMarkdown(rows: readonly InventoryRow[]): string {
  const all = columns();
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(all.map(({ title }) => title)),
    line(all.map(() => "---")),
    ...rows.map((row) => line(all.map(({ value }) => markdownCell(value(row))))),
    "",
  ].join("\n");
}

/** Text of files and registries: nothing in it may end the cell, or be a link or a picture. */
function markdownCell(value: string): string {
  const inside = value.replace(/\s+/g, " ").trim();
  if (inside === "") return "";
  // A table's cells are split before code spans are read, so the bar is escaped there, too.
  const runs = inside.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const pad = inside.startsWith("`") || inside.endsWith("`") ? " " : "";
  return `${fence}${pad}${inside.replaceAll("|", "\\|")}${pad}${fence}`;
}

/** Comma-separated values (RFC 4180), safe to open in a spreadsheet. */
export function inventoryCsv(rows: readonly InventoryRow[]): string {
  const all = columns();
  const lines = [
    all.map(({ title }) => csvCell(title)),
    ...rows.map((row) => all.map(({ value }) => csvCell(value(row)))),
  ];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

/**
 * Always quoted. What a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection);
 * white space before the sign does not help there.
 */
function csvCell(value: string): string {
  const isFormula = /^[\s]*[=+\-@]/.test(value) || /^[\t\r\n]/.test(value);
  return `"${isFormula ? "'" : ""}${value.replaceAll('"', '""')}"`;
}
