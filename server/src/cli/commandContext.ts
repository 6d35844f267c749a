// What every verb is given: the call, the settings, and the ways out.

import * as l10n from "@vscode/l10n";
import type { Exclusions } from "../node/files/findFiles.ts";
import type { Settings } from "../settings.ts";
import { shownText } from "../shownText.ts";
import type { CommandCall, OutputFormat } from "./input/arguments.ts";
import type { CommandEnvironment } from "./commandEnvironment.ts";
import {
  fileProblemMessage,
  type InputProblem,
  type UnreadFile,
  type UnreadKind,
} from "./input/inputFiles.ts";
import type { Paint } from "./output/paint.ts";
import type { SafeIo } from "./output/safeOutput.ts";
import { unreadSummary } from "./output/textParts.ts";

export interface CommandContext {
  readonly call: CommandCall;
  readonly settings: Settings;
  /** The files that are not read. */
  readonly exclude: readonly Exclusions[];
  readonly io: SafeIo;
  readonly environment: CommandEnvironment;
  readonly format: OutputFormat;
  /** For standard output. */
  readonly paint: Paint;
  /** Whether no registry may be contacted. */
  readonly offline: boolean;
}

/** Prints a warning: one line on standard error. */
export function warn({ io }: Pick<CommandContext, "io">, message: string): void {
  io.stderr.write(`knative-digest: ${shownText(message)}\n`);
}

/** Reports unread files that do not matter: their count in one line, or each by name with `--verbose`. */
export function tellUnread(context: CommandContext, unread: readonly UnreadFile[]): void {
  if (context.call.options.verbose === true) {
    for (const { name, kind } of unread) warn(context, `${name}: ${unreadReason(kind)}`);
    return;
  }
  const summary = unreadSummary(unread);
  if (summary !== undefined) warn(context, summary);
}

function unreadReason(kind: UnreadKind): string {
  switch (kind) {
    case "template":
      return l10n.t("Template, not read.");
    case "invalid":
      return l10n.t("Invalid YAML without Knative resources, not read.");
    case "binary":
      return fileProblemMessage("binary");
    case "encoding":
      return fileProblemMessage("not-utf-8");
    case "special":
      return fileProblemMessage("not-a-file");
    case "broken-link":
      return fileProblemMessage("too-many-links");
    case "too-large":
      return fileProblemMessage("too-large");
    case "excluded":
      return l10n.t("Excluded, not read.");
  }
}

/** Reports what could not be read. */
export function warnOf(
  context: Pick<CommandContext, "io">,
  problems: readonly InputProblem[],
): void {
  for (const { name, line, message } of problems) {
    warn(context, `${name}${line === undefined ? "" : `:${line}`}: ${message}`);
  }
}
