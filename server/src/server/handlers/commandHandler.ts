// Executes the server's commands: the pin family over one image, a file or the workspace, and questions about it.

import * as l10n from "@vscode/l10n";
import { ErrorCodes, ResponseError } from "../lspLibrary.ts";
import { tagsOfMovedPins, newDigest, questionsOf } from "../../findings/imageState.ts";
import { clusterFailureWords } from "../../cluster/clusterFailure.ts";
import { dockerHub } from "../../image/imageReference.ts";
import { shownText } from "../../shownText.ts";
import { unlessAborted } from "../../base/budget.ts";
import type {
  CheckReport,
  CompareReport,
  CommandTarget,
  EditReport,
  FileProblems,
  ImageAnswer,
  PlatformsReport,
} from "../../protocol.ts";
import { notAskedWords } from "../../features/answerWords.ts";
import { serverCommands } from "./commandNames.ts";
import type { FindingCode } from "../../findings/findingCodes.ts";
import type { EditVerb } from "../../findings/pinDecision.ts";
import { findTag } from "./findTag.ts";
import { askForAll, editImages } from "./imageEdits.ts";
import { answerImage } from "./imageQuestion.ts";
import { withProgress, type CommandRequest, type TaskProgress } from "../progress.ts";
import { imagesReport, inventoryReport, problemsReport, skipListReport } from "./reports.ts";
import { prefetchCluster, type Session } from "../state/session.ts";
import { prepareTargets, targetedStates } from "./targets.ts";

/** The commands that read every file that they are about. */
const aboutTargets: readonly string[] = [
  ...[serverCommands.pin, serverCommands.update, serverCommands.unpin, serverCommands.check],
  ...[serverCommands.refresh, serverCommands.images, serverCommands.problems],
  serverCommands.inventory,
];

export async function onExecuteCommand(session: Session, run: CommandRequest): Promise<unknown> {
  await session.configured;
  const argument: unknown = run.params.arguments?.[0];
  const target = readTarget(argument);
  const { command } = run.params;
  await readFirst(session, command, target, run.signal);
  switch (command) {
    case serverCommands.pin:
      return edit(session, run, "pin", target);
    case serverCommands.update:
      return edit(session, run, "update", target);
    case serverCommands.unpin:
      return edit(session, run, "unpin", target);
    case serverCommands.check:
      return withProgress(session, run, {
        title: l10n.t("Checking pins"),
        work: (progress) => checkPins(session, target, progress),
      });
    case serverCommands.refresh:
      return refresh(session, target, run.signal);
    case serverCommands.clearCache:
      await session.outside.answers.clear();
      session.prefetcher.again();
      session.changed();
      return undefined;
    case serverCommands.platforms:
      return showPlatforms(session, target, run.signal);
    case serverCommands.compareCluster:
      return compareCluster(session);
    case serverCommands.findTag:
      return findTag(session, target, run.signal);
    case serverCommands.skipList:
      return skipListReport(session, target.uri ?? "");
    case serverCommands.images:
      return imagesReport(session);
    case serverCommands.problems:
      return problems(session, run, target, field(argument, "ask") === true);
    case serverCommands.inventory:
      return inventoryReport(session, field(argument, "format") === "csv" ? "csv" : "markdown");
    case serverCommands.resolveImage:
      return resolveImage(session, argument, run.signal);
    default:
      throw new ResponseError(ErrorCodes.InvalidParams, `Unknown command ${command}`);
  }
}

/** Waits until everything is read that a command needs. */
async function readFirst(
  session: Session,
  command: string,
  target: CommandTarget,
  signal: AbortSignal,
): Promise<void> {
  // Which skip list is the nearest, and what all files hold, is known once all of them were looked at.
  if (target.uri === undefined || command === serverCommands.skipList) {
    await unlessAborted(session.scanned(), signal);
  }
  if (aboutTargets.includes(command)) await prepareTargets(session, target);
}

function edit(
  session: Session,
  run: CommandRequest,
  verb: EditVerb,
  target: CommandTarget,
): Promise<EditReport> {
  const title = l10n.t("Looking up digests");
  return editImages(session, {
    verb,
    target,
    showing: (work) => withProgress(session, run, { title, work }),
  });
}

/**
 * What a command is about: no document means the whole workspace, and no position the whole document.
 * @throws {ResponseError} for a document or a position of the wrong form: it must not stand for more than was meant
 */
function readTarget(raw: unknown): CommandTarget {
  if (typeof raw !== "object" && raw !== undefined) throw wrongForm("argument");
  const [uri, position] = [field(raw, "uri") ?? undefined, field(raw, "position") ?? undefined];
  if (uri !== undefined && typeof uri !== "string") throw wrongForm("uri");
  if (position === undefined) return uri === undefined ? {} : { uri };
  const [line, character] = [field(position, "line"), field(position, "character")];
  const isPlace = typeof line === "number" && typeof character === "number";
  if (uri === undefined || !isPlace) throw wrongForm("position");
  return { uri, position: { line, character } };
}

function wrongForm(name: string): ResponseError {
  return new ResponseError(ErrorCodes.InvalidParams, `The ${name} has the wrong form`);
}

function field(raw: unknown, name: string): unknown {
  return typeof raw === "object" && raw !== null ? raw[name as keyof typeof raw] : undefined;
}

function resolveImage(
  session: Session,
  argument: unknown,
  signal: AbortSignal,
): Promise<ImageAnswer> {
  const image = field(argument, "image");
  const ask = field(argument, "ask") === true;
  return answerImage(session, typeof image === "string" ? image : "", { ask, signal });
}

async function checkPins(
  session: Session,
  target: CommandTarget,
  progress: TaskProgress,
): Promise<CheckReport> {
  await session.files.readAgain(target.uri);
  const pinned = () =>
    targetedStates(session, target)
      .map(({ state }) => state)
      .filter(({ use }) => use.reference.kind === "digest");
  await askForAll(session, questionsOf(pinned()), progress);
  // Reading an index is a pull on Docker Hub: too much for a question about all pins.
  const indexes = tagsOfMovedPins(pinned()).filter(({ registry }) => registry !== dockerHub);
  const { answers } = session.outside;
  const options = { signal: progress.signal, mayPull: true };
  await Promise.all(indexes.map((key) => answers.details(key, options)));
  const states = pinned();
  const failures = states.map(({ pin }) =>
    pin?.resolution.status === "failed" ? pin.resolution.error.kind : undefined,
  );
  return {
    pins: states.length,
    moved: states.filter(({ drift }) => newDigest(drift) !== undefined).length,
    gone: failures.filter((kind) => kind === "digest-not-found").length,
    unanswered: failures.filter((kind) => kind !== undefined && kind !== "digest-not-found").length,
  };
}

/** What is wrong in files that are not open: a person asked for all of it, so all of it is looked up first. */
async function problems(
  session: Session,
  run: CommandRequest,
  target: CommandTarget,
  ask: boolean,
): Promise<readonly FileProblems[]> {
  await session.files.readAgain(target.uri);
  if (ask) {
    const keys = questionsOf(targetedStates(session, target).map(({ state }) => state));
    const title = l10n.t("Looking up digests");
    await withProgress(session, run, {
      title,
      work: (progress) => askForAll(session, keys, progress),
    });
  }
  return problemsReport(session, target);
}

/** Looks images up again; of a single one the answer is waited for, so that it can be shown. */
async function refresh(
  session: Session,
  target: CommandTarget,
  signal: AbortSignal,
): Promise<undefined> {
  const { answers } = session.outside;
  const keys = questionsOf(targetedStates(session, target).map(({ state }) => state));
  session.cluster.refresh();
  if (target.position !== undefined) {
    const options = { signal, priority: "hover", fresh: true } as const;
    await Promise.all(keys.map((key) => answers.resolve(key, options)));
    return undefined;
  }
  answers.refresh(keys);
  session.prefetcher.again();
  session.changed();
  return undefined;
}

/** Asks the cluster about the open documents from now on, and says what came of it. */
async function compareCluster(session: Session): Promise<CompareReport> {
  const { cluster, documents, store } = session;
  if (!cluster.turnOn()) {
    const problem = l10n.t("Restricted Mode: the cluster was not contacted.");
    return { problem, differs: 0, failed: 0 };
  }
  cluster.refresh();
  prefetchCluster(session);
  await cluster.settled();
  session.changed();
  const failure = cluster.failure();
  for (const document of documents.all()) await store.prepare(document);
  const findings = documents
    .all()
    .flatMap((document) => store.reading(document)?.parts ?? [])
    .flatMap((part) => part.findings);
  const count = (code: FindingCode): number =>
    findings.filter((finding) => finding.code === code).length;
  return {
    problem: failure === undefined ? null : clusterFailureWords(failure),
    differs: count("cluster-differs"),
    failed: count("revision-failed"),
  };
}

async function showPlatforms(
  session: Session,
  target: CommandTarget,
  signal: AbortSignal,
): Promise<PlatformsReport> {
  const placed = targetedStates(session, target)[0];
  const answer = placed?.state.pin ?? placed?.state.tag;
  if (answer === undefined) return { problem: null };
  const details = await session.outside.answers.details(answer.key, { signal, mayPull: true });
  if (!("status" in details)) return { problem: null };
  const problem =
    details.status === "failed"
      ? details.error.message
      : notAskedWords(details.reason, answer.key.registry);
  return { problem: shownText(problem) };
}
