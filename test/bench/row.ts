// A line of the benchmark's table: what was done, how long we and the other took, and what is promised.

/** Something measured. */
export interface Row {
  readonly work: string;
  readonly ours: Measure;
  /** What ours is compared with, measured in the same run, and its name. */
  readonly beside?: Measure & { readonly name: string };
  /** What is promised: in words, and whether it is kept. */
  readonly promise?: { readonly words: string; readonly isKept: boolean };
}

/** A number with its unit. */
export interface Measure {
  readonly value: number;
  readonly unit: "ms" | "MB" | "KB" | "requests";
}

/** The middle one; of an even number, the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The table, ready to print. */
export function renderTable(rows: readonly Row[]): string {
  const head = ["work", "ours", "compared with", "ours is", "promised", ""];
  const cells = rows.map(({ work, ours, beside, promise }) => [
    work,
    renderMeasure(ours),
    beside === undefined ? "" : `${renderMeasure(beside)} (${beside.name})`,
    beside === undefined ? "" : comparison(ours.value, beside.value),
    promise?.words ?? "",
    promise === undefined ? "" : promise.isKept ? "kept" : "BROKEN",
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width));
  return [head, rule, ...cells].map(line).join("\n");
}

/** How much ours is of the other, in the words for the direction that it has. */
function comparison(ours: number, other: number): string {
  return ours < other
    ? `${(other / ours).toFixed(1)} × less`
    : `${(ours / other).toFixed(1)} × as much`;
}

function renderMeasure({ value, unit }: Measure): string {
  const digits = value < 10 && unit === "ms" ? 2 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}
