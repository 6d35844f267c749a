// The manifests with everything that a cluster and the registries say of them.

import { tagsOfMovedPins, isUnsure, questionsOf, type ImageState } from "../findings/imageState.ts";
import { askAll, nothingKnown, withRegistries } from "./asking.ts";
import { askCluster, type ClusterRun } from "./clusterRun.ts";
import type { CommandContext } from "./commandContext.ts";
import { readReadings, type ManifestReading, type Manifests } from "./input/manifests.ts";

/** Asks both as far as they may be asked; rejects only when the user interrupts. */
export async function readOnline(
  manifests: Manifests,
  context: CommandContext,
): Promise<{ readonly readings: readonly ManifestReading[]; readonly cluster: ClusterRun }> {
  const { settings, offline } = context;
  const unread = readReadings(manifests, settings, nothingKnown);
  const cluster = await askCluster(context, unread);
  const { known } = cluster;
  const before =
    known === undefined
      ? unread
      : readReadings(manifests, settings, { ...nothingKnown, cluster: known });
  const questions = questionsOf(
    before.flatMap(statesOf).filter((state) => !isUnsure(state) || settings.kubernetesWorkloads),
  );
  if (offline || questions.length === 0) return { readings: before, cluster };
  return withRegistries(context, async (answers) => {
    const learned = { ...(await askAll(questions, answers, context)), cluster: known };
    const readings = readReadings(manifests, settings, learned);
    const moved = tagsOfMovedPins(readings.flatMap(statesOf));
    if (moved.length === 0) return { readings, cluster };
    await learned.learnDetails(moved);
    return { readings: readReadings(manifests, settings, learned), cluster };
  });
}

function statesOf({ reading }: ManifestReading): readonly ImageState[] {
  return reading.parts.flatMap((part) => part.states);
}
