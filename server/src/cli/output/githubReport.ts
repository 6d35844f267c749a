// Findings as annotations of GitHub Actions.

import type { Severity } from "../../settings.ts";
import { escaped, shownText } from "../../shownText.ts";
import type { InputProblem } from "../input/inputFiles.ts";
import type { Report } from "./report.ts";
import { summary } from "./textReport.ts";

/** Hints are for editors: they would bury the rest. */
const commands: Readonly<Record<Severity, "error" | "warning" | "notice" | undefined>> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: undefined,
};

/**
 * One workflow command a finding, then a line for the log (GitHub's "Workflow commands").
 * @param fileOf makes a printed path one that GitHub knows
 */
export function renderGithub(
  report: Report,
  problems: readonly InputProblem[],
  fileOf: (shown: string) => string,
): { readonly commands: string; readonly rest: string } {
  const unread = problems.map(({ name, line, message }) =>
    annotation("error", { file: fileOf(name), line, title: "knative-digest" }, message),
  );
  const found = report.findings.flatMap((finding) => {
    const { code, severity, message, file, line, column, endLine, endColumn } = finding;
    const command = commands[severity];
    if (command === undefined) return [];
    const place = { file: fileOf(file), line, col: column, endLine, endColumn };
    return [annotation(command, { ...place, title: code }, message)];
  });
  const annotations = [...unread, ...found].map((line) => `${line}\n`).join("");
  return { commands: annotations, rest: `${summary(report)}\n` };
}

function annotation(
  command: string,
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string {
  const given = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  return `::${command} ${given.join(",")}::${escapeText(shownText(message))}`;
}

/** As actions/toolkit escapes: else a message could hold a command of its own. The log shows what is left. */
function escapeText(text: string): string {
  return escaped(text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"));
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
