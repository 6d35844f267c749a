// What the pin family did, as text and as JSON.

import * as l10n from "@vscode/l10n";
import { shortDigest } from "../../image/digest.ts";
import { escaped, shownText } from "../../shownText.ts";
import type { CommandContext } from "../commandContext.ts";
import type { EditVerb } from "../../findings/pinDecision.ts";
import { printableJson } from "./printable.ts";
import { grouped, plural, widest } from "./textParts.ts";

/** One image that was changed, or left for a reason. The names of the digests are those of digestabot. */
export interface EditRow {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** As it was written before. */
  readonly image: string;
  readonly digest: string | null;
  readonly updated_digest: string | null;
  readonly notes: readonly string[];
  /** Why it was left as it was; null if it was changed. */
  readonly left: { readonly code: string; readonly message: string } | null;
}

export interface EditResult {
  readonly verb: EditVerb;
  /** What was changed, and what was left for a reason. */
  readonly rows: readonly EditRow[];
  /** Whether all that was to be written was written. */
  readonly complete: boolean;
}

/** The report, with its final line break. */
export function editReport(result: EditResult, context: CommandContext): string {
  return context.format === "json" ? asJson(result.rows) : asText(result, context);
}

function asJson(rows: readonly EditRow[]): string {
  const updates: Omit<EditRow, "left">[] = [];
  const left = [];
  for (const { left: reason, ...update } of rows) {
    const { file, line, column, image } = update;
    if (reason === null) updates.push(update);
    else left.push({ file, line, column, image, ...reason });
  }
  return `${printableJson({ version: 1, updates, left }, 2)}\n`;
}

function asText({ verb, rows, complete }: EditResult, { paint }: CommandContext): string {
  const blocks = grouped(rows).map(([file, own]) => {
    const width = widest(own, ({ line, column }) => `${line}:${column}`);
    const concerned = countNotes(own);
    const lines = own.flatMap(({ line, column, image, notes, left, ...row }) => {
      const place = `${line}:${column}`.padEnd(width);
      const what = left === null ? paint("green", doneWord(verb)) : paint("yellow", left.code);
      const to = left === null && row.updated_digest !== null ? row.updated_digest : undefined;
      const arrow = to === undefined ? "" : ` → ${shortDigest(to, 12)}`;
      // What holds for several images is said once, with their number.
      const said =
        left === null ? notes.flatMap((note) => takeNote(note, concerned)) : [left.message];
      return [
        `  ${place}  ${what}  ${shownText(image)}${arrow}`,
        ...said.map((text) => `${" ".repeat(width + 4)}${shownText(text)}`),
      ];
    });
    return `${[paint("bold", escaped(file)), ...lines].join("\n")}\n`;
  });
  return [...blocks, `${summary(verb, rows, complete)}\n`].join("\n");
}

/** How many of the changed images each note concerns. */
function countNotes(rows: readonly EditRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { notes, left } of rows) {
    if (left !== null) continue;
    for (const note of notes) counts.set(note, (counts.get(note) ?? 0) + 1);
  }
  return counts;
}

/** A note at the first image that it concerns, and nothing at the others. */
function takeNote(note: string, concerned: Map<string, number>): string[] {
  const count = concerned.get(note);
  if (count === undefined) return [];
  concerned.delete(note);
  return [count === 1 ? note : l10n.t("{0} ({1})", note, plural(count, "image"))];
}

function doneWord(verb: EditVerb): string {
  switch (verb) {
    case "pin":
      return l10n.t("pinned");
    case "update":
      return l10n.t("updated");
    case "unpin":
      return l10n.t("unpinned");
  }
}

function summary(verb: EditVerb, rows: readonly EditRow[], complete: boolean): string {
  if (rows.length === 0 && complete) return l10n.t("Nothing to change.");
  const changed = rows.filter(({ left }) => left === null);
  const files = new Set(changed.map(({ file }) => file)).size;
  const done = l10n.t(
    "{0} {1} in {2}",
    plural(changed.length, "image"),
    doneWord(verb),
    plural(files, "file"),
  );
  const rest = rows.length - changed.length;
  return rest === 0 ? l10n.t("{0}.", done) : l10n.t("{0}, {1} left.", done, String(rest));
}
