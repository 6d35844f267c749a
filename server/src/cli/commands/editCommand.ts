// `knative-digest pin`, `update` and `unpin`: changes of files, written or shown.

import { append } from "../../base/append.ts";
import * as l10n from "@vscode/l10n";
import { applyChanges, type FileChange } from "../../edits/change.ts";
import type { EditVerb } from "../../findings/pinDecision.ts";
import type { Known } from "../../findings/imageState.ts";
import { askAll, nothingKnown, withRegistries } from "../asking.ts";
import { askCluster, type ClusterRun } from "../clusterRun.ts";
import { tellUnread, warn, warnOf, type CommandContext } from "../commandContext.ts";
import { editReport, type EditRow } from "../output/editReport.ts";
import { cleanVerdict, type Verdict } from "../output/exitCode.ts";
import { editedImages, editImage, questionOf } from "./imageEdits.ts";
import { commonFolder, shownPath, standardInput, type InputProblem } from "../input/inputFiles.ts";
import {
  readManifests,
  readReadings,
  type Manifest,
  type ManifestReading,
} from "../input/manifests.ts";
import { isWithin } from "../../node/files/insideFolder.ts";
import type { WriteAnswer } from "../../node/files/writeFileAtomically.ts";
import { createPlaces } from "../output/places.ts";
import { startProgress } from "../output/progress.ts";
import { nothingFound } from "../output/textParts.ts";
import { UsageError } from "../input/usageError.ts";

/** Makes the command of one verb. */
export function editCommand(verb: EditVerb): (context: CommandContext) => Promise<Verdict> {
  return (context) => edit(verb, context);
}

async function edit(verb: EditVerb, context: CommandContext): Promise<Verdict> {
  const { call, settings, io, format } = context;
  const { diff = false } = call.options;
  const isStream = call.operands.includes(standardInput);
  if (isStream && !diff && format === "json") {
    throw new UsageError(
      l10n.t("--output json cannot be used here: standard output is the changed text."),
    );
  }
  const manifests = await readManifests(call.operands, settings, context);
  warnOf(context, manifests.problems);
  tellUnread(context, manifests.unread);
  const readings = readReadings(manifests, settings, nothingKnown);
  const cluster = await askCluster(context, readings);
  const known = verb === "unpin" ? nothingKnown : await learn(readings, verb, { context, cluster });
  const edits = readReadings(manifests, settings, known).map((reading) =>
    editFile(reading, { verb, context, known }),
  );
  const problems = await write(edits, context);
  warnOf(context, problems);
  const failed = new Set(problems.map(({ name }) => name));
  const rows = edits.flatMap((one) =>
    failed.has(one.manifest.name) ? one.rows.filter(({ left }) => left !== null) : one.rows,
  );
  const hasImages = readings.some(({ reading }) =>
    reading.parts.some(({ states }) => states.length),
  );
  const report =
    hasImages || format === "json"
      ? editReport({ verb, rows, complete: problems.length === 0 }, context)
      : nothingFound(manifests, call.operands);
  // What is written to standard output is the text or the patch alone.
  (diff || isStream ? io.stderr : io.stdout).write(report);
  const verdicts = edits.map((one) => one.verdict);
  return {
    failed: manifests.problems.length + problems.length > 0,
    found: verdicts.some(({ found }) => found),
    unasked: cluster.unasked || verdicts.some(({ unasked }) => unasked),
  };
}

/** What the edits are decided from: what runs in the cluster, or what registries say. */
async function learn(
  readings: readonly ManifestReading[],
  verb: EditVerb,
  { context, cluster }: { readonly context: CommandContext; readonly cluster: ClusterRun },
): Promise<Known> {
  return cluster.known === undefined
    ? ask(readings, verb, context)
    : { ...nothingKnown, cluster: cluster.known };
}

/** Looks up what the edits need to know. */
async function ask(
  readings: readonly ManifestReading[],
  verb: EditVerb,
  context: CommandContext,
): Promise<Known> {
  const { settings } = context;
  const keys = readings.flatMap((reading) =>
    editedImages(reading).flatMap(
      (image) => questionOf(image, { verb, settings, named: reading.manifest.named }) ?? [],
    ),
  );
  if (context.offline || keys.length === 0) return nothingKnown;
  return withRegistries(context, async (answers) => {
    const learned = await askAll(keys, answers, context);
    if (context.call.options.minAge !== undefined) {
      const resolved = keys.filter((key) => learned.resolutions(key).status === "resolved");
      await learned.learnDetails(resolved);
    }
    return learned;
  });
}

interface FileEdit {
  readonly manifest: Manifest;
  readonly changes: readonly FileChange[];
  readonly after: string;
  readonly rows: readonly EditRow[];
  readonly verdict: Verdict;
}

function editFile(
  reading: ManifestReading,
  {
    verb,
    context,
    known,
  }: { readonly verb: EditVerb; readonly context: CommandContext; readonly known: Known },
): FileEdit {
  const { manifest } = reading;
  const { settings, call, environment } = context;
  const { text } = reading.reading;
  const places = createPlaces(text);
  const changes: FileChange[] = [];
  const rows: EditRow[] = [];
  let verdict = cleanVerdict;
  const editing = {
    verb,
    named: manifest.named,
    settings,
    options: call.options,
    known,
    clock: environment.clock,
  };
  for (const placed of editedImages(reading)) {
    const edit = editImage(placed, editing);
    if (edit.kind === "fine") continue;
    const { state, place } = placed;
    const { reference } = state.use;
    const before = reference.kind === "digest" ? reference.digest : null;
    const common = {
      file: manifest.name,
      ...places.at(place.start),
      image: reference.text,
    };
    if (edit.kind === "changed") {
      append(changes, edit.changes);
      const { digest = null, notes } = edit;
      rows.push({ ...common, digest: before, updated_digest: digest, notes, left: null });
      continue;
    }
    const { code, message } = edit;
    const left = { code, message };
    rows.push({ ...common, digest: before, updated_digest: before, notes: [], left });
    verdict = {
      failed: verdict.failed || edit.verdict.failed,
      found: verdict.found || edit.verdict.found,
      unasked: verdict.unasked || edit.verdict.unasked,
    };
  }
  return { manifest, changes, after: applyChanges(text, changes), rows, verdict };
}

/** Writes or shows all files; one that fails is left as it was, and the others are not held up by it. */
async function write(
  edits: readonly FileEdit[],
  context: CommandContext,
): Promise<readonly InputProblem[]> {
  const { io, environment, call } = context;
  const problems: InputProblem[] = [];
  const changed = edits.filter(({ manifest, after }) => after !== manifest.analysis.text);
  if (call.options.diff === true) {
    if (changed.length === 0) return [];
    const { renderPatch } = await import("../output/patch.ts");
    const paths = changed.flatMap(({ manifest }) => manifest.path ?? []);
    const folder = commonFolder(paths, environment.folder);
    const patches = changed.map(({ manifest: { path, name, analysis }, changes }) => {
      const shown = path === undefined ? name : shownPath(path, folder, true);
      return renderPatch(shown, analysis.text, changes);
    });
    io.stdout.writeExact(patches.join(""));
    if (folder !== environment.folder) {
      warn(
        context,
        l10n.t("Apply this patch in {0}: its paths are relative to that folder.", folder),
      );
    }
    return [];
  }
  // Standard input comes out again whether it changed or not.
  for (const { manifest, after } of edits)
    if (manifest.path === undefined) io.stdout.writeExact(after);
  const files = changed.filter(({ manifest }) => manifest.path !== undefined);
  const keepsAttributes = await environment.files.haveAttributes(
    files.flatMap(({ manifest }) => manifest.path ?? []),
  );
  const progress = startProgress(io.stderr, l10n.t("Writing files"), files.length);
  try {
    for (const { manifest, after } of files) {
      environment.signal.throwIfAborted();
      const { name, path = "", analysis } = manifest;
      const answer = await environment.files.replace(path, analysis.text, after, keepsAttributes);
      if (answer === "written-apart") {
        warn(context, l10n.t("{0}: hard links to this file still have the old text.", name));
      } else if (answer !== "written") {
        problems.push({ name, message: writeProblem(answer) });
      }
      if (answer.startsWith("written")) await tellOfLink(path, name, context);
      progress.step();
    }
  } finally {
    progress.end();
  }
  return problems;
}

/** Reports a link out of the folder: the user may not expect that its target is changed. */
async function tellOfLink(path: string, name: string, context: CommandContext): Promise<void> {
  const { files, folder } = context.environment;
  if (!isWithin(folder, path)) return;
  const [real, root] = await Promise.all([files.realPath(path), files.realPath(folder)]);
  if (isWithin(root, real)) return;
  warn(
    context,
    l10n.t("{0}: this symbolic link leads out of the folder; {1} was changed.", name, real),
  );
}

function writeProblem(answer: Exclude<WriteAnswer, "written" | "written-apart">): string {
  switch (answer) {
    case "changed-meanwhile":
      return l10n.t("Not written: the file was changed in the meantime.");
    case "denied":
      return l10n.t("Not written: permission denied.");
    case "full":
      return l10n.t("Not written: no space left.");
    case "attributes-lost":
      return l10n.t("Not written: its access control list or extended attributes would be lost.");
    case "failed":
      return l10n.t("Not written.");
  }
}
