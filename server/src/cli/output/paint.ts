// Colours, on a terminal whose user wants them.

import pico from "picocolors";
import type { Severity } from "../../settings.ts";
import type { CommandOptions } from "../input/arguments.ts";
import type { CommandEnvironment, Output } from "../commandEnvironment.ts";

type Style = "bold" | "dim" | "red" | "yellow" | "green" | "blue";

/** Puts a style on a text, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

/** `--no-color` and NO_COLOR (no-color.org) win over FORCE_COLOR, which wins over what the output is. */
export function createPaint(
  output: Output,
  options: Pick<CommandOptions, "color">,
  variables: CommandEnvironment["variables"],
): { readonly paint: Paint; readonly isOn: boolean } {
  const plain = options.color === false || (variables["NO_COLOR"] ?? "") !== "";
  const forced = !["", "0", "false"].includes(variables["FORCE_COLOR"] ?? "");
  const isCapable = output.isTerminal && variables["TERM"] !== "dumb";
  const isOn = !plain && (forced || isCapable);
  const colours = pico.createColors(isOn);
  return { paint: (style, text) => colours[style](text), isOn };
}

export const severityStyles: Readonly<Record<Severity, Style>> = {
  error: "red",
  warning: "yellow",
  information: "blue",
  hint: "dim",
};
