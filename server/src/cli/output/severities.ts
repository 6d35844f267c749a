// Severities in their order.

import type { Severity } from "../../settings.ts";
import type { CommandOptions } from "../input/arguments.ts";

const ascending: readonly Severity[] = ["hint", "information", "warning", "error"];

/** Whether a finding of this severity makes the run fail. */
export function isAsSevereAs(severity: Severity, threshold: CommandOptions["failOn"]): boolean {
  if (threshold === "never") return false;
  return ascending.indexOf(severity) >= ascending.indexOf(threshold ?? "warning");
}
