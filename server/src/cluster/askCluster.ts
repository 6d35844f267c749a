// Asks a cluster through kubectl: which questions, in which order, and what their answers say together.

import type { Clock, RunKubectl } from "../environment.ts";
import type { SecretKeys } from "../knative/pullSecret/pullSecret.ts";
import { readConfig, type ClusterConfig } from "./answers/config.ts";
import { readPods, type PodContainer } from "./answers/pods.ts";
import { readAccounts, readPullSecrets } from "./answers/pullSecrets.ts";
import { readResources, type ClusterResource } from "./answers/resources.ts";
import { readRevisions, type ClusterRevision } from "./answers/revisions.ts";
import { failed, failureOf, type ClusterFailure } from "./clusterFailure.ts";
import {
  accountsQuestion,
  configQuestion,
  maxNamed,
  podsQuestion,
  resourcesQuestion,
  revisionsQuestion,
  secretsQuestion,
  type QuestionPlace,
  type ServingKind,
} from "./kubectlQuestions.ts";

/** A resource of a manifest, as it is looked for in the cluster. */
export interface ClusterTarget {
  readonly kind: ServingKind;
  /** Empty where the manifest names none. */
  readonly namespace: string;
  readonly name: string;
}

/** What was found in one namespace. */
export interface NamespaceFacts {
  readonly kind: "facts";
  /** By kind and name, `Service hello`. */
  readonly resources: ReadonlyMap<string, ClusterResource>;
  /** By name. */
  readonly revisions: ReadonlyMap<string, ClusterRevision>;
  readonly pods: readonly PodContainer[];
  /** Undefined where they were not wanted. */
  readonly pullSecrets: PullSecretFacts | undefined;
  /** When it was asked, in milliseconds since 1970. */
  readonly askedAt: number;
}

export type NamespaceAnswer = NamespaceFacts | ClusterFailure;

/** The pull secrets that the controller may take. */
export interface PullSecretFacts {
  /** The secrets that each service account names, by its name; none for one that the cluster does not have. */
  readonly accounts: ReadonlyMap<string, readonly string[]>;
  /** By name; undefined for one that the cluster does not have. What was not asked for is in neither. */
  readonly secrets: ReadonlyMap<string, SecretKeys | undefined>;
  /** Why some of it is not known. */
  readonly failure: ClusterFailure | undefined;
}

/** How the cluster is asked. */
export interface Asking {
  /** Whether to ask for service accounts and pull secrets, too. */
  readonly wantsPullSecrets: boolean;
  readonly run: RunKubectl;
  /** Of the kubeconfig; empty for the current one. */
  readonly context: string;
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, "now">;
}

/** Asks for `config-deployment` and Knative's version. Never rejects. */
export async function askConfig({
  run,
  context,
  signal,
}: Asking): Promise<ClusterConfig | ClusterFailure> {
  const answer = await run(configQuestion(context), signal);
  return (
    failureOf(answer) ?? (typeof answer === "string" ? failed("failed") : readConfig(answer.stdout))
  );
}

/**
 * Asks for what some manifests of one namespace need to be compared: all Services at once, their Revisions, and the
 * pods of those that record no digest. Never rejects.
 */
export async function askNamespace(
  namespace: string,
  targets: readonly ClusterTarget[],
  asking: Asking,
): Promise<NamespaceAnswer> {
  const place = { context: asking.context, namespace };
  const kinds = (["Service", "Configuration"] as const).filter((kind) =>
    targets.some((target) => target.kind === kind),
  );
  // A Service's Configuration has its name; of a Revision alone nobody knows the Configuration.
  const names = targets.some(({ kind }) => kind === "Revision")
    ? []
    : [...new Set(targets.map(({ name }) => name))];
  const [resources, revisions] = await Promise.all([
    kinds.length === 0 ? [] : list(resourcesQuestion(kinds, place), readResources, asking),
    list(revisionsQuestion(names, place), readRevisions, asking),
  ]);
  if ("failure" in resources) return resources;
  if ("failure" in revisions) return revisions;
  const wanted = kept(resources, revisions, targets);
  const askedAt = asking.clock.now();
  const [pods, pullSecrets] = await Promise.all([
    askPods(wanted, place, asking),
    asking.wantsPullSecrets ? askPullSecrets(wanted, place, asking) : undefined,
  ]);
  return { kind: "facts", ...wanted, askedAt, pods, pullSecrets };
}

/** Of all that a namespace holds, what belongs to the manifests. */
function kept(
  resources: readonly ClusterResource[],
  revisions: readonly ClusterRevision[],
  targets: readonly ClusterTarget[],
): Pick<NamespaceFacts, "resources" | "revisions"> {
  const names = new Set(targets.map(resourceKey));
  const own = resources.filter((each) => names.has(resourceKey(each)));
  const named = new Set(
    own.flatMap(({ latestCreated, latestReady, traffic }) => [
      ...[latestCreated, latestReady].filter((name) => name !== undefined),
      ...traffic.keys(),
    ]),
  );
  const needed = revisions.filter(
    ({ name }) => named.has(name) || names.has(resourceKey({ kind: "Revision", name })),
  );
  return {
    resources: new Map(own.map((each) => [resourceKey(each), each])),
    revisions: new Map(needed.map((each) => [each.name, each])),
  };
}

/** The key of `NamespaceFacts.resources`. */
export function resourceKey({ kind, name }: Pick<ClusterTarget, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** What the pods run of the Revisions that record no digest. Who may not read pods learns nothing of them. */
async function askPods(
  { revisions }: Pick<NamespaceFacts, "revisions">,
  place: QuestionPlace,
  asking: Asking,
): Promise<readonly PodContainer[]> {
  const names = [...revisions.values()]
    .filter(
      ({ isReady, containers }) => isReady && containers.some(({ runs }) => runs === undefined),
    )
    .map(({ name }) => name);
  if (names.length === 0) return [];
  const pods = await list(podsQuestion(names, place), readPods, asking);
  return "failure" in pods ? [] : pods;
}

/** Which secrets the templates and their service accounts name, and which registries those are for. */
async function askPullSecrets(
  { resources, revisions }: Pick<NamespaceFacts, "resources" | "revisions">,
  place: QuestionPlace,
  asking: Asking,
): Promise<PullSecretFacts> {
  const templates = [...resources.values(), ...revisions.values()];
  const wanted = firstDistinct(templates.map(({ serviceAccount }) => serviceAccount));
  const none = { accounts: new Map<string, never>(), secrets: new Map<string, never>() };
  if (wanted.length === 0) return { ...none, failure: undefined };
  const answer = await list(accountsQuestion(wanted, place), readAccounts, asking);
  if ("failure" in answer) return { ...none, failure: answer };
  const accounts = new Map(wanted.map((name) => [name, answer.get(name) ?? []]));
  const names = firstDistinct([
    ...templates.flatMap(({ pullSecrets }) => pullSecrets),
    ...[...accounts.values()].flat(),
  ]);
  if (names.length === 0) return { ...none, accounts, failure: undefined };
  const secrets = await list(secretsQuestion(names, place), readPullSecrets, asking);
  if ("failure" in secrets) return { ...none, accounts, failure: secrets };
  const found = new Map(names.map((name) => [name, secrets.get(name)]));
  return { accounts, secrets: found, failure: undefined };
}

/** Each name once, and no more of them than are asked for by name. */
function firstDistinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].slice(0, maxNamed);
}

async function list<Found extends object>(
  question: readonly string[],
  read: (text: string) => Found | ClusterFailure,
  { run, signal }: Asking,
): Promise<Found | ClusterFailure> {
  const answer = await run(question, signal);
  const failure = failureOf(answer);
  if (failure !== undefined || typeof answer === "string") return failure ?? failed("failed");
  return read(answer.stdout);
}
