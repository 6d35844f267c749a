// What a cluster says of one image of a manifest: which Revisions run it, and why one does not.

import type { ImageUse } from "../document/analysis.ts";
import { isServing } from "../document/resources/resourceId.ts";
import type { YamlNode } from "../document/yaml/yamlDocument.ts";
import { templateChange, type TemplateChange } from "./appliedTemplate.ts";
import type { ClusterResource } from "./answers/resources.ts";
import type { ClusterRevision, RevisionContainer } from "./answers/revisions.ts";
import type { Template } from "./answers/template.ts";
import { resourceKey, type ClusterTarget, type NamespaceFacts } from "./askCluster.ts";
import { isName } from "./kubectlQuestions.ts";
import { choosePullSecret, type PullSecretChoice } from "./pullSecretChoice.ts";

/** What one Revision runs for an image of the manifest. */
export interface RunningImage {
  readonly revision: string;
  /** As the Revision's template has it. */
  readonly image: string;
  /** The repository and the digest that run; undefined where nobody knows, or pods run several. */
  readonly runs: { readonly repository: string; readonly digest: string } | undefined;
  /** When the Revision was made, in milliseconds since 1970. */
  readonly created: number | undefined;
  /** Its share of the traffic, in percent; undefined where no traffic is reported. */
  readonly percent: number | undefined;
  readonly isReady: boolean;
}

/** Why a Revision is not ready, at the image that it is about. */
export interface RevisionProblem {
  readonly revision: string;
  readonly reason: string;
  readonly message: string;
  /** Since when, in milliseconds since 1970. */
  readonly since: number | undefined;
}

export type ClusterImage =
  /** The cluster has no such resource, or no such container in it. */
  | { readonly kind: "absent"; readonly context: string }
  | {
      readonly kind: "present";
      readonly context: string;
      /** The image in the resource's own template, as it was applied. */
      readonly template: string;
      /** Whether applying the file changes anything of the template. */
      readonly change: TemplateChange;
      /** What the latest ready Revision runs; undefined if none was ever ready. */
      readonly serving: RunningImage | undefined;
      /** The latest Revision, if it is another one. */
      readonly created: RunningImage | undefined;
      /** Other Revisions that have a share of the traffic. */
      readonly others: readonly RunningImage[];
      /** Why the latest Revision is not ready; undefined if it is. */
      readonly unready: RevisionProblem | undefined;
      /** The same, if it is about this image and stands for longer than a lookup takes. */
      readonly problem: RevisionProblem | undefined;
      /** The pull secret that the controller takes; undefined where that is not known, and for an image without a tag. */
      readonly pullSecret: PullSecretChoice | undefined;
    };

/** The resource that an image is looked for in; undefined for those that no cluster is asked about. */
export function clusterTarget({
  resource,
  role,
  path,
  appliedAs = resource,
}: ImageUse): ClusterTarget | undefined {
  // Each of several overlays makes a resource of its own, and none is the file's.
  if (appliedAs === "several") return undefined;
  const { kind } = resource;
  const { name, namespace } = appliedAs;
  if (role !== "container" && role !== "init-container") return undefined;
  if (!isServing(resource) || containerPlace(path) === undefined) return undefined;
  if (kind !== "Service" && kind !== "Configuration" && kind !== "Revision") return undefined;
  if (name === null || !isName(name)) return undefined;
  return namespace === null || isName(namespace)
    ? { kind, name, namespace: namespace ?? "" }
    : undefined;
}

/** What is known of an image in its namespace. */
export function clusterImage(
  use: ImageUse,
  target: ClusterTarget,
  facts: NamespaceFacts,
  { context, templateOf }: { readonly context: string; readonly templateOf: TemplateOf },
): ClusterImage {
  const { kind, name } = target;
  const find = findContainer(use);
  if (kind === "Revision") {
    const revision = facts.revisions.get(name);
    const running = revision && runningImage(revision, find, facts, undefined);
    if (revision === undefined || running === undefined) return { kind: "absent", context };
    const unready = problemOf(revision);
    return {
      ...{ kind: "present", context, template: running.image, change: "unknown" },
      ...{ others: [], unready },
      ...{ serving: revision.isReady ? running : undefined },
      ...{ created: revision.isReady ? undefined : running },
      problem: imageProblem(unready, revision, { find, askedAt: facts.askedAt }),
      pullSecret: pullSecretOf(use, revision, facts),
    };
  }
  const resource = facts.resources.get(resourceKey(target));
  const template = resource && find(resource);
  if (resource === undefined || template === undefined) return { kind: "absent", context };
  return {
    kind: "present",
    context,
    template: template.image,
    change: changeOf(use, resource, templateOf),
    ...revisionsOf(resource, find, facts),
    pullSecret: pullSecretOf(use, resource, facts),
  };
}

function pullSecretOf(
  { reference }: ImageUse,
  template: Template<unknown>,
  { pullSecrets: facts }: NamespaceFacts,
): PullSecretChoice | undefined {
  return facts === undefined || reference.kind !== "tag"
    ? undefined
    : choosePullSecret(template, facts, reference);
}

/** The template in the file that an image stands in; undefined where that is not what is applied. */
export type TemplateOf = (path: string) => YamlNode | undefined;

function changeOf(
  { path, appliedAs }: ImageUse,
  { template }: ClusterResource,
  templateOf: TemplateOf,
): TemplateChange {
  // What kustomizations make of the rest of the file is not followed.
  const written = appliedAs === undefined ? templateOf(path) : undefined;
  return written === undefined ? "unknown" : templateChange(written, template);
}

type Find = <Container extends { readonly name: string }>(
  template: Template<Container>,
) => Container | undefined;

function revisionsOf(
  { latestCreated, latestReady, traffic }: ClusterResource,
  find: Find,
  facts: NamespaceFacts,
): Omit<
  Extract<ClusterImage, { kind: "present" }>,
  "kind" | "context" | "template" | "change" | "pullSecret"
> {
  const revisionOf = (name: string | undefined): ClusterRevision | undefined =>
    name === undefined ? undefined : facts.revisions.get(name);
  const imageOf = (name: string | undefined): RunningImage | undefined => {
    const revision = revisionOf(name);
    return revision && runningImage(revision, find, facts, traffic);
  };
  const latest = revisionOf(latestCreated);
  const isBehind = latestCreated !== latestReady;
  const unready = isBehind && latest !== undefined ? problemOf(latest) : undefined;
  const others = [...traffic]
    .filter(([name, percent]) => percent > 0 && name !== latestReady && name !== latestCreated)
    .flatMap(([name]) => imageOf(name) ?? []);
  return {
    serving: imageOf(latestReady),
    created: isBehind ? imageOf(latestCreated) : undefined,
    ...{ others, unready },
    problem: latest && imageProblem(unready, latest, { find, askedAt: facts.askedAt }),
  };
}

function runningImage(
  revision: ClusterRevision,
  find: Find,
  { pods }: NamespaceFacts,
  traffic: ReadonlyMap<string, number> | undefined,
): RunningImage | undefined {
  const container = find<RevisionContainer>(revision);
  if (container === undefined) return undefined;
  const { name, created, isReady } = revision;
  const seen = pods
    .filter((pod) => pod.revision === name && pod.name === container.name)
    .map(({ runs }) => runs);
  const runs = container.runs ?? (new Set(seen).size === 1 ? seen[0] : undefined);
  const at = runs?.indexOf("@") ?? -1;
  return {
    ...{ revision: name, image: container.image, created, isReady },
    runs:
      runs === undefined
        ? undefined
        : { repository: runs.slice(0, at), digest: runs.slice(at + 1) },
    percent: traffic === undefined || traffic.size === 0 ? undefined : (traffic.get(name) ?? 0),
  };
}

/** Where a container stands in its template. */
function containerPlace(
  path: string,
): { readonly isInit: boolean; readonly index: number } | undefined {
  const match = /(?:^|\.)(containers|initContainers)\[(\d+)\]\.image$/.exec(path);
  return match === null
    ? undefined
    : { isInit: match[1] === "initContainers", index: Number(match[2]) };
}

/**
 * The cluster's container for one of the manifest: by its name, else by its place. Knative gives names to those that
 * have none (serving pkg/apis/serving/v1/revision_defaults.go).
 */
function findContainer({ container, path }: ImageUse): Find {
  const place = containerPlace(path);
  return (template) => {
    if (place === undefined) return undefined;
    const list = place.isInit ? template.initContainers : template.containers;
    return container === null ? list[place.index] : list.find(({ name }) => name === container);
  };
}

/** Conditions in the order in which they tell more (serving pkg/apis/serving/v1/revision_lifecycle.go). */
function problemOf({ name, unmet }: ClusterRevision): RevisionProblem | undefined {
  const found =
    unmet.find(({ status, reason }) => status === "False" && reason !== "") ??
    unmet.find(({ reason }) => reason !== "");
  if (found === undefined) return undefined;
  const { reason, message, since } = found;
  return { revision: name, reason, message: message.trim(), since };
}

/** The reasons that are about an image; a container that exits is one of the image that is the container. */
const imageReasons =
  /^(ContainerMissing|ResolvingDigests|ExitCode\d+|ImagePullBackOff|ErrImagePull|InvalidImageName)$/;

/** Longer than any lookup takes that is not stuck: the default timeout is 10 s. */
const usualLookupMs = 60_000;

function imageProblem(
  problem: RevisionProblem | undefined,
  revision: ClusterRevision,
  { find, askedAt }: { readonly find: Find; readonly askedAt: number },
): RevisionProblem | undefined {
  if (problem === undefined || !imageReasons.test(problem.reason)) return undefined;
  const own = find<RevisionContainer>(revision);
  if (own === undefined) return undefined;
  const { reason, since = 0 } = problem;
  if (reason === "ResolvingDigests" && askedAt - since < usualLookupMs) return undefined;
  const named = /(?:fetch|pulling|pull) image "([^"]*)"/.exec(problem.message)?.[1];
  if (named !== undefined) return named === own.image ? problem : undefined;
  if (/^ExitCode/.test(problem.reason)) {
    const { containers } = revision;
    const main = containers.find(({ hasPorts }) => hasPorts) ?? containers[0];
    return own === main ? problem : undefined;
  }
  // A digest that is recorded needs no lookup.
  return own.runs === undefined ? problem : undefined;
}
