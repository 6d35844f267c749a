// What every verb is given: the call, the settings, and the ways out.

import type { Settings } from "../settings.ts";
import type { CommandCall, OutputFormat } from "./arguments.ts";
import type { CommandEnvironment, CommandIo } from "./commandEnvironment.ts";
import type { InputProblem } from "./inputFiles.ts";
import type { Manifests } from "./manifests.ts";
import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { passedOverWords } from "./textParts.ts";

export interface CommandContext {
  readonly call: CommandCall;
  readonly settings: Settings;
  readonly io: CommandIo;
  readonly environment: CommandEnvironment;
  readonly format: OutputFormat;
  /** For standard output. */
  readonly paint: Paint;
  /** Whether no registry may be asked. */
  readonly offline: boolean;
}

/** Tells the user of something beside the result: one line on standard error. */
export function warn({ io }: Pick<CommandContext, "io">, message: string): void {
  io.stderr.write(`knative-digest: ${printable(message)}\n`);
}

/** Tells of what could not be read: errors one by one, the rest as a count. */
export function warnOfUnread(
  context: Pick<CommandContext, "io">,
  { problems, passedOver }: Pick<Manifests, "problems" | "passedOver">,
): void {
  warnOf(context, problems);
  if (passedOver.length > 0) warn(context, passedOverWords(passedOver));
}

/** Tells of what could not be read or written. */
export function warnOf(
  context: Pick<CommandContext, "io">,
  problems: readonly InputProblem[],
): void {
  for (const { name, line, message } of problems) {
    warn(context, `${name}${line === undefined ? "" : `:${line}`}: ${message}`);
  }
}
