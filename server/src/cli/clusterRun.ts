// Asks the cluster for everything that a run compares, each namespace once.

import * as l10n from "@vscode/l10n";
import { askConfig, askNamespace, type NamespaceAnswer } from "../cluster/askCluster.ts";
import { clusterFailureWords, type ClusterFailure } from "../cluster/clusterFailure.ts";
import { clusterTarget } from "../cluster/clusterImage.ts";
import { clusterKnown, type ClusterKnown } from "../cluster/clusterKnown.ts";
import { warn, type CommandContext } from "./commandContext.ts";
import type { ManifestReading } from "./input/manifests.ts";
import { UsageError } from "./input/usageError.ts";

export interface ClusterRun {
  /** Undefined where the user did not ask for the cluster. */
  readonly known: ClusterKnown | undefined;
  /** Whether the cluster gave no answer where one was needed. */
  readonly unasked: boolean;
}

/** No cluster was to be asked. */
export const noCluster: ClusterRun = { known: undefined, unasked: false };

/**
 * Contacts the cluster if the user said so, and prints to standard error why there is no answer, each reason once.
 * @throws {UsageError} for a context where no cluster is contacted
 */
export async function askCluster(
  context: CommandContext,
  readings: readonly ManifestReading[],
): Promise<ClusterRun> {
  const { options } = context.call;
  if (options.cluster !== true && options.fromCluster !== true) {
    if (options.context === undefined) return noCluster;
    throw new UsageError(l10n.t("--context requires --cluster or --from-cluster."));
  }
  const { runKubectl: run, signal, clock } = context.environment;
  const name = options.context ?? context.settings.cluster.context;
  // The reports say nothing of it, so no Secret is read.
  const asking = { run, context: name, signal, clock, wantsPullSecrets: false };
  const targets = readings.flatMap(({ reading }) =>
    reading.parts.flatMap(({ states }) => states.flatMap(({ use }) => clusterTarget(use) ?? [])),
  );
  const namespaces = [...new Set(targets.map(({ namespace }) => namespace))].sort();
  const [config, ...answers] = await Promise.all([
    askConfig(asking),
    ...namespaces.map((namespace) =>
      askNamespace(
        namespace,
        targets.filter((target) => target.namespace === namespace),
        asking,
      ),
    ),
  ]);
  signal.throwIfAborted();
  const byNamespace = new Map(namespaces.map((each, index) => [each, answers[index]]));
  const failures = failuresOf([config, ...answers]);
  for (const words of new Set(failures.map(clusterFailureWords))) warn(context, words);
  const isConfigAloneDenied =
    config.kind === "failed" &&
    config.failure === "no-permission" &&
    answers.some(({ kind }) => kind === "facts");
  return {
    known: clusterKnown(name, config.kind === "config" ? config : undefined, (each) =>
      byNamespace.get(each),
    ),
    // Many may read their own namespace and not Knative's.
    unasked: failures.length > (isConfigAloneDenied ? 1 : 0),
  };
}

function failuresOf(
  answers: readonly (NamespaceAnswer | Awaited<ReturnType<typeof askConfig>>)[],
): readonly ClusterFailure[] {
  return answers.filter((answer): answer is ClusterFailure => answer.kind === "failed");
}
