// Colours, where somebody looks and wants them.

import { styleText } from "node:util";
import type { Severity } from "../settings.ts";
import type { CommandOptions } from "./arguments.ts";
import type { CommandEnvironment, Output } from "./commandEnvironment.ts";

type Style = Parameters<typeof styleText>[0];

/** Puts a style on a text, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

/** `--no-color` and NO_COLOR (no-color.org) win over FORCE_COLOR, which wins over what the output is. */
export function createPaint(
  output: Output,
  options: Pick<CommandOptions, "color">,
  variables: CommandEnvironment["variables"],
): Paint {
  const plain = options.color === false || (variables["NO_COLOR"] ?? "") !== "";
  const forced = !["", "0", "false"].includes(variables["FORCE_COLOR"] ?? "");
  const isCapable = output.isTerminal && variables["TERM"] !== "dumb";
  return !plain && (forced || isCapable) ? styleText : (_, text) => text;
}

export const severityStyles: Readonly<Record<Severity, Style>> = {
  error: "red",
  warning: "yellow",
  information: "blue",
  hint: "dim",
};
