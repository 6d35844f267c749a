// All output goes through here: made safe for terminals and pipeline logs, also if an attacker wrote the text.

import * as l10n from "@vscode/l10n";
import type { CommandEnvironment, CommandIo, Output } from "../commandEnvironment.ts";
import { escapedCharacter } from "../../shownText.ts";
import { UsageError } from "../input/usageError.ts";

export interface SafeOutput {
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /**
   * Writes lines for people or programs. Control and format characters become escapes, and no line is a command of the
   * pipeline that reads the log.
   */
  write(text: string): void;
  /** Writes over the last line, on a terminal; an empty text takes it away. */
  showStatus(text: string): void;
  /**
   * Writes a text that must come out as it is: a patch, a changed manifest.
   * @throws {UsageError} where the log is read for commands and the text holds one
   */
  writeExact(text: string): void;
  /** Writes commands for the pipeline itself, made of escaped parts. */
  writeCommands(text: string): void;
}

/** The standard streams, with safe ways out. */
export interface SafeIo {
  readonly stdin: CommandIo["stdin"];
  readonly stdout: SafeOutput;
  readonly stderr: SafeOutput;
}

/** The sequences of our own colours: bold, dim, red, green, yellow, blue, and their ends. */
const ownColours = ["1", "2", "22", "31", "32", "33", "34", "39"];

/**
 * @param keepsColours whether our own colours may pass
 * @param variables used to detect the pipeline in which this runs
 */
export function safeOutput(
  output: Output,
  {
    keepsColours,
    variables,
  }: { readonly keepsColours: boolean } & Pick<CommandEnvironment, "variables">,
): SafeOutput {
  const write = (text: string): void => {
    output.write(safeText(text, keepsColours));
  };
  return {
    isTerminal: output.isTerminal,
    write,
    showStatus(text) {
      if (output.isTerminal) output.write(`\r\u001b[K${safeText(text, false)}`);
    },
    writeExact(text) {
      if (output.isTerminal) {
        write(text);
        return;
      }
      if (readsCommands(variables) && output.isFile !== true && inertLines(text) !== text) {
        throw new UsageError(
          l10n.t(
            "Not printed: this pipeline would run a command that is part of the text. Fix: redirect standard output to a file.",
          ),
        );
      }
      output.write(text);
    },
    writeCommands: (text) => output.write(text),
  };
}

const escape = "\u001b";
/** A colour, or a character that moves the cursor, ends a line, turns the direction of writing or is not seen. */
const unsafe = new RegExp(
  `${escape}\\[(\\d{1,2})m|[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]`,
  "gu",
);

/** Whether what is printed is read for commands: by GitHub Actions, Azure Pipelines or TeamCity. */
function readsCommands(variables: CommandEnvironment["variables"]): boolean {
  return ["GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"].some(
    (name) => (variables[name] ?? "") !== "",
  );
}

function safeText(text: string, keepsColours: boolean): string {
  const escaped = text.replace(unsafe, (found, colour: string | undefined) => {
    if (found === "\n") return found;
    if (colour === undefined) return escapedCharacter(found);
    const isOwn = keepsColours && ownColours.includes(colour);
    return isOwn ? found : `${escapedCharacter(escape)}${found.slice(1)}`;
  });
  return inertLines(escaped);
}

/**
 * The text without commands: `::name::` at the beginning of a line, as GitHub Actions reads it; `##[`, `##vso[` and
 * `##teamcity[` anywhere. The section marks of GitLab need control characters.
 */
function inertLines(text: string): string {
  return text
    .replace(commandStart, (_, before: string) => `${before}${escapedCharacter(":")}`)
    .replace(commandMark, escapedCharacter("#"));
}

/** Colours may stand before a command: what shows the log may take them away first. */
const commandStart = new RegExp(`^((?:[^\\S\\n]|${escape}\\[\\d{1,2}m)*):(?=:)`, "gmu");
const commandMark = /#(?=#(?:vso|teamcity)?\[)/giu;
