// The door of this folder: arguments become an exit code.

import * as l10n from "@vscode/l10n";
import {
  hasFormat,
  parseArguments,
  type CommandCall,
  type OutputFormat,
  type Verb,
} from "./input/arguments.ts";
import type { CommandEnvironment, CommandIo } from "./commandEnvironment.ts";
import { readSettings } from "./input/commandSettings.ts";
import { warn, type CommandContext } from "./commandContext.ts";
import { exitCode, interruptedExitCode, type Verdict } from "./output/exitCode.ts";
import type { EditVerb } from "../findings/pinDecision.ts";
import { createPaint } from "./output/paint.ts";
import { safeOutput, type SafeIo } from "./output/safeOutput.ts";
import { UsageError } from "./input/usageError.ts";

/**
 * Runs one command to its end.
 * @param args what stands behind the program's name
 * @returns the exit code (see `exitCode.ts`). Never rejects.
 */
export async function run(
  args: readonly string[],
  streams: CommandIo,
  environment: CommandEnvironment,
): Promise<number> {
  const io = safeIo(streams, environment.variables, false);
  const parsed = parseArguments(args, environment.version, {
    out: (text) => io.stdout.write(text),
    err: (text) => io.stderr.write(text),
  });
  if (parsed.kind === "answered") return 0;
  if (parsed.kind === "misused") return 2;
  try {
    const verdict = await runVerb(await contextOf(parsed.call, streams, environment));
    return environment.signal.aborted ? interruptedExitCode : exitCode(verdict);
  } catch (error) {
    if (environment.signal.aborted) {
      warn({ io }, l10n.t("Interrupted. No file was left half-written."));
      return interruptedExitCode;
    }
    // Any other exception is our bug; its message is all there is to report.
    const message =
      error instanceof UsageError ? error.message : l10n.t("Internal error: {0}", String(error));
    warn({ io }, message);
    return 2;
  }
}

/** @param colours whether standard output may have colours */
function safeIo(
  { stdin, stdout, stderr }: CommandIo,
  variables: CommandEnvironment["variables"],
  colours: boolean,
): SafeIo {
  return {
    stdin,
    stdout: safeOutput(stdout, { keepsColours: colours, variables }),
    stderr: safeOutput(stderr, { keepsColours: false, variables }),
  };
}

async function contextOf(
  call: CommandCall,
  streams: CommandIo,
  environment: CommandEnvironment,
): Promise<CommandContext> {
  const { variables } = environment;
  const { options } = call;
  const { paint, isOn } = createPaint(streams.stdout, options, variables);
  const io = safeIo(streams, variables, isOn);
  const { settings, warnings, exclude } = await readSettings(call, environment);
  for (const warning of warnings) warn({ io }, warning);
  return {
    ...{ call, settings, exclude, io, environment },
    format: formatOf(call, variables),
    paint,
    offline: options.offline === true || settings.resolve === "off",
  };
}

function formatOf(
  { verb, options }: CommandCall,
  variables: CommandEnvironment["variables"],
): OutputFormat {
  const format = options.output;
  if (format === undefined) {
    return verb === "check" && variables["GITHUB_ACTIONS"] === "true" ? "github" : "text";
  }
  if (!hasFormat(verb, format)) {
    throw new UsageError(
      l10n.t("“{0}” supports only --output text and json: {1} is for “check”.", verb, format),
    );
  }
  return format;
}

/** The verbs are loaded when they are called for: each needs other parts of the program. */
async function runVerb(context: CommandContext): Promise<Verdict> {
  const verbs: Readonly<
    Record<Verb, () => Promise<(context: CommandContext) => Promise<Verdict>>>
  > = {
    check: async () => (await import("./commands/checkCommand.ts")).checkCommand,
    pin: () => editVerb("pin"),
    update: () => editVerb("update"),
    unpin: () => editVerb("unpin"),
    list: async () => (await import("./commands/listCommand.ts")).listCommand,
    resolve: async () => (await import("./commands/resolveCommand.ts")).resolveCommand,
    explain: async () => (await import("./commands/explainCommand.ts")).explainCommand,
  };
  const verb = await verbs[context.call.verb]();
  return verb(context);
}

async function editVerb(verb: EditVerb): Promise<(context: CommandContext) => Promise<Verdict>> {
  return (await import("./commands/editCommand.ts")).editCommand(verb);
}
