// `knative-digest check`: all findings, in every form of output.

import { standsAt } from "../document/writtenImage.ts";
import { doubtfulTags, questionsOf, type ImageState } from "../findings/imageState.ts";
import { askAll, isUnasked, nothingKnown, withRegistries } from "./asking.ts";
import { tellUnread, warnOf, type CommandContext } from "./context.ts";
import type { Verdict } from "./exitCode.ts";
import { renderGithub } from "./githubReport.ts";
import { repositoryPath } from "./inputFiles.ts";
import { readManifests, readReadings, skipListFor, type ManifestReading } from "./manifests.ts";
import type { Manifests } from "./manifests.ts";
import { printableJson } from "./printable.ts";
import { createReport, type PlacedFinding, type Report } from "./report.ts";
import { isAtLeast } from "./severities.ts";
import { nothingFound } from "./textParts.ts";
import { renderText } from "./textReport.ts";

export async function checkCommand(context: CommandContext): Promise<Verdict> {
  const { call, settings, environment, offline } = context;
  const manifests = await readManifests(call.operands, settings, context);
  const readings = await readOnline(manifests, context);
  const { folder } = environment;
  const fallback = skipListFor(`${folder}/`, manifests.facts, settings);
  const { report, findings } = createReport(readings, { folder, fallback, asked: !offline });
  await print(context, { report, findings, manifests });
  return {
    failed: manifests.problems.length > 0,
    found: report.findings.some(({ severity }) => isAtLeast(severity, call.options.failOn)),
    unasked: readings.some(hasUnasked),
  };
}

/** The manifests with what their registries say; what is known offline when those may not be asked. */
async function readOnline(
  manifests: Manifests,
  context: CommandContext,
): Promise<readonly ManifestReading[]> {
  const { settings, offline } = context;
  const before = readReadings(manifests, settings, nothingKnown);
  const questions = questionsOf(before.flatMap(statesOf));
  if (offline || questions.length === 0) return before;
  return withRegistries(context, async (answers) => {
    const learned = await askAll(questions, answers, context);
    const readings = readReadings(manifests, settings, learned);
    const doubtful = doubtfulTags(readings.flatMap(statesOf));
    if (doubtful.length === 0) return readings;
    await learned.learnDetails(doubtful);
    return readReadings(manifests, settings, learned);
  });
}

function statesOf({ reading }: ManifestReading): readonly ImageState[] {
  return reading.parts.flatMap((part) => part.states);
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
      const { renderSarif } = await import("./sarifReport.ts");
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
