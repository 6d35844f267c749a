// `knative-digest check`: all findings, in every form of output.

import { standsAt } from "../../document/writtenImage.ts";
import { isUnasked } from "../asking.ts";
import { tellUnread, warnOf, type CommandContext } from "../commandContext.ts";
import type { Verdict } from "../output/exitCode.ts";
import { renderGithub } from "../output/githubReport.ts";
import { repositoryPath } from "../input/inputFiles.ts";
import {
  readManifests,
  skipListFor,
  type ManifestReading,
  type Manifests,
} from "../input/manifests.ts";
import { readOnline } from "../onlineReadings.ts";
import { printableJson } from "../output/printable.ts";
import { createReport, type PlacedFinding, type Report } from "../output/report.ts";
import { isAsSevereAs } from "../output/severities.ts";
import { nothingFound } from "../output/textParts.ts";
import { renderText } from "../output/textReport.ts";

export async function checkCommand(context: CommandContext): Promise<Verdict> {
  const { call, settings, environment, offline } = context;
  const manifests = await readManifests(call.operands, settings, context);
  const { readings, cluster } = await readOnline(manifests, context);
  const { folder } = environment;
  const fallback = skipListFor(`${folder}/`, manifests.facts, settings, cluster.known?.config);
  const isCompared = cluster.known !== undefined;
  const options = { folder, fallback, asked: !offline, cluster: isCompared };
  const { report, findings } = createReport(readings, options);
  await print(context, { report, findings, manifests });
  return {
    failed: manifests.problems.length > 0,
    found: report.findings.some(({ severity }) => isAsSevereAs(severity, call.options.failOn)),
    unasked: cluster.unasked || readings.some(hasUnasked),
  };
}

/** Whether a registry gave no answer about an image that nobody decided to leave alone. */
function hasUnasked({ manifest, reading }: ManifestReading): boolean {
  return reading.parts.some((part, index) => {
    const ignores = manifest.analysis.parts[index]?.document.ignores ?? [];
    return part.states.some(
      ({ use, tag, pin }) =>
        [tag, pin].some(
          (answer) =>
            answer?.resolution.status === "failed" && isUnasked(answer.resolution.error.kind),
        ) && !ignores.some(({ covers }) => standsAt(use, covers)),
    );
  });
}

interface Result {
  readonly report: Report;
  readonly findings: readonly PlacedFinding[];
  readonly manifests: Manifests;
}

async function print(context: CommandContext, result: Result): Promise<void> {
  const { io, environment, call, format } = context;
  const { report, findings, manifests } = result;
  const { problems } = manifests;
  const { folder, variables, version } = environment;
  const fileOf = (shown: string): string => repositoryPath(shown, folder, variables);
  tellUnread(context, manifests.unread);
  switch (format) {
    case "text": {
      warnOf(context, problems);
      const isEmpty = report.images.length === 0 && findings.length === 0;
      io.stdout.write(
        isEmpty ? nothingFound(manifests, call.operands) : `${renderText(result, context)}\n`,
      );
      break;
    }
    case "json":
      warnOf(context, problems);
      io.stdout.write(`${printableJson(report, 2)}\n`);
      break;
    case "github":
      printAnnotations(context, renderGithub(report, problems, fileOf));
      break;
    case "sarif": {
      warnOf(context, problems);
      const { renderSarif } = await import("../output/sarifReport.ts");
      const log = renderSarif({ findings, problems, version, folder, fileOf });
      io.stdout.write(`${printableJson(log, 2)}\n`);
      break;
    }
  }
}

function printAnnotations(
  { io }: CommandContext,
  { commands, rest }: ReturnType<typeof renderGithub>,
): void {
  io.stdout.writeCommands(commands);
  io.stdout.write(rest);
}
