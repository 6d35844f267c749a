// The images of a call: as arguments, or one a line on standard input.

import * as l10n from "@vscode/l10n";
import type { CommandEnvironment, CommandIo } from "../commandEnvironment.ts";
import { fileProblemMessage, standardInput } from "./inputFiles.ts";
import { UsageError } from "./usageError.ts";

/** Images that standard input may name: each is kept with its answer, about a kilobyte. */
const maxImages = 1_000_000;

/**
 * The images in their order; `-` stands for the lines of standard input, where a line that begins with `"` is a
 * JSON string, for images that hold line breaks or nothing at all.
 * @throws {UsageError} for a line that starts with `"` but is not a JSON string, and for too many lines
 */
export async function readImageOperands(
  operands: readonly string[],
  {
    io,
    environment,
  }: { readonly io: Pick<CommandIo, "stdin">; readonly environment: CommandEnvironment },
): Promise<readonly string[]> {
  const lists: (readonly string[])[] = [];
  for (const operand of operands) {
    lists.push(operand === standardInput ? await readLines(io, environment.signal) : [operand]);
  }
  return lists.flat();
}

async function readLines(
  io: Pick<CommandIo, "stdin">,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const read = await io.stdin(signal);
  if (read.kind === "problem") {
    throw new UsageError(`${standardInput}: ${fileProblemMessage(read.problem)}`);
  }
  const lines = read.text.replace(/^\uFEFF/, "").split(/\r?\n/, maxImages + 2);
  if (lines.at(-1) === "") lines.pop();
  if (lines.length > maxImages) {
    throw new UsageError(
      l10n.t("Standard input holds more than {0} images. Fix: split it.", maxImages),
    );
  }
  return lines.map((line, index) => (line.startsWith('"') ? parseString(line, index + 1) : line));
}

function parseString(line: string, number: number): string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "string") return value;
  } catch {
    // Reported below.
  }
  throw new UsageError(
    l10n.t("Line {0} of standard input starts with a quote but is not a JSON string.", number),
  );
}
