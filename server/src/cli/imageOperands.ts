// The images of a call: as arguments, or one a line on standard input.

import * as l10n from "@vscode/l10n";
import type { CommandIo } from "./commandEnvironment.ts";
import { standardInput } from "./inputFiles.ts";
import { UsageError } from "./usageError.ts";

/**
 * The images in their order; `-` stands for the lines of standard input, where a line that begins with `"` is a
 * JSON string, for images that hold line breaks or nothing at all.
 * @throws {UsageError} for a line that begins with `"` and is no JSON string
 */
export async function readImageOperands(
  operands: readonly string[],
  io: CommandIo,
): Promise<readonly string[]> {
  const images: string[] = [];
  for (const operand of operands) {
    if (operand === standardInput) images.push(...readLines(await io.stdin()));
    else images.push(operand);
  }
  return images;
}

function readLines(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, index) => (line.startsWith('"') ? parseString(line, index + 1) : line));
}

function parseString(line: string, number: number): string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "string") return value;
  } catch {
    // Told below.
  }
  throw new UsageError(
    l10n.t("Line {0} of standard input begins with a quote and is no JSON string.", number),
  );
}
