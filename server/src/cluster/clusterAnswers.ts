// Reads what kubectl printed: lists of resources become values. Whatever is missing or odd is left out.

import { decodeGoBase64 } from "../knative/go/goBase64.ts";
import { secretKeys, type SecretKeys } from "../knative/pullSecret/pullSecret.ts";
import type { ClusterTemplate } from "./appliedTemplate.ts";
import { failed, type ClusterFailure } from "./clusterFailure.ts";
import { isName } from "./kubectlQuestions.ts";

/** A container of a template. */
export interface TemplateContainer {
  readonly name: string;
  /** As it is written in the cluster. */
  readonly image: string;
  /** Whether it is the one that requests go to. */
  readonly hasPorts: boolean;
}

/** A container of a Revision, with what it became. */
export interface RevisionContainer extends TemplateContainer {
  /** `repository@digest`; undefined where none is recorded (a skipped tag). */
  readonly runs: string | undefined;
}

export interface Template<Container = TemplateContainer> {
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  /** The names under `imagePullSecrets`. */
  readonly pullSecrets: readonly string[];
  /** The service account that its pods run as. */
  readonly serviceAccount: string;
}

/** A condition that is not met. */
export interface UnmetCondition {
  /** `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly since: number | undefined;
}

/** A Service or a Configuration. */
export interface ClusterResource extends Template {
  readonly kind: "Service" | "Configuration";
  readonly namespace: string;
  readonly name: string;
  /** The whole template, to be compared with a file's. */
  readonly template: ClusterTemplate;
  readonly latestCreated: string | undefined;
  readonly latestReady: string | undefined;
  /** Shares of the traffic by Revision, in percent; empty for a Configuration. */
  readonly traffic: ReadonlyMap<string, number>;
}

export interface ClusterRevision extends Template<RevisionContainer> {
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number | undefined;
  readonly isReady: boolean;
  /** Those of `Ready`, `ContainerHealthy` and `ResourcesAvailable` that are not met. */
  readonly unmet: readonly UnmetCondition[];
}

/** A container of a pod. */
export interface PodContainer {
  readonly revision: string;
  readonly name: string;
  /** `repository@digest`, as the node's runtime has it. */
  readonly runs: string;
}

/** Knative's configuration in the cluster. */
export interface ClusterConfig {
  readonly kind: "config";
  /** The texts under `data` of `config-deployment`. */
  readonly settings: ReadonlyMap<string, string>;
  /** The Knative release, `1.23.0`; undefined if no label tells it. */
  readonly version: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads the ConfigMap `config-deployment`. */
export function readConfig(text: string): ClusterConfig | ClusterFailure {
  const root = parse(text);
  if (root?.["kind"] !== "ConfigMap") return failed("cut-off");
  const settings = Object.entries(mapAt(root, "data")).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const labels = mapAt(mapAt(root, "metadata"), "labels");
  // Since 1.0 the one (config/core of a release), before that the other.
  const release =
    textAt(labels, "app.kubernetes.io/version") ?? textAt(labels, "serving.knative.dev/release");
  const version = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(release ?? "")?.[1];
  return { kind: "config", settings: new Map(settings), version };
}

/** Reads Services and Configurations. */
export function readResources(text: string): readonly ClusterResource[] | ClusterFailure {
  return readList(text, (item) => {
    const kind = textAt(item, "kind");
    const id = identity(item);
    if ((kind !== "Service" && kind !== "Configuration") || id === undefined) return [];
    const status = mapAt(item, "status");
    const template = mapAt(mapAt(item, "spec"), "template");
    if (!isShallow(template)) return [];
    const applied = lastApplied(item);
    return [
      {
        ...{ kind, ...id, template: { live: template, applied } },
        ...readTemplate(mapAt(template, "spec"), templateContainer),
        latestCreated: nameAt(status, "latestCreatedRevisionName"),
        latestReady: nameAt(status, "latestReadyRevisionName"),
        traffic: readTraffic(status),
      },
    ];
  });
}

/** The template that `kubectl apply` wrote last; undefined if it was not used, or if it cannot be compared. */
function lastApplied(item: Json): unknown {
  const annotations = mapAt(mapAt(item, "metadata"), "annotations");
  const text = annotations["kubectl.kubernetes.io/last-applied-configuration"];
  const applied = typeof text === "string" ? parse(text) : undefined;
  const template = applied && mapAt(mapAt(applied, "spec"), "template");
  return template && isShallow(template) ? template : undefined;
}

/** Levels of a template at most: what compares it calls itself for each. Those of Knative have about ten. */
const maxNesting = 100;

function isShallow(value: object, levels = maxNesting): boolean {
  if (levels === 0) return false;
  return Object.values(value).every(
    (child: unknown) => typeof child !== "object" || child === null || isShallow(child, levels - 1),
  );
}

/** Reads Revisions. */
export function readRevisions(text: string): readonly ClusterRevision[] | ClusterFailure {
  return readList(text, (item) => {
    const id = identity(item);
    if (item["kind"] !== "Revision" || id === undefined) return [];
    const status = mapAt(item, "status");
    const recorded = recordedDigests(status);
    const conditions = listAt(status, "conditions");
    return [
      {
        ...id,
        ...readTemplate(mapAt(item, "spec"), (container, index, isInit) => ({
          ...templateContainer(container),
          runs: recorded(textAt(container, "name"), index, isInit),
        })),
        created: timeAt(mapAt(item, "metadata"), "creationTimestamp"),
        isReady: conditions.some((each) => each["type"] === "Ready" && each["status"] === "True"),
        unmet: conditions.flatMap(unmetCondition),
      },
    ];
  });
}

/** Reads what the pods of Revisions run. */
export function readPods(text: string): readonly PodContainer[] | ClusterFailure {
  return readList(text, (item) => {
    const labels = mapAt(mapAt(item, "metadata"), "labels");
    const revision = nameAt(labels, "serving.knative.dev/revision");
    if (item["kind"] !== "Pod" || revision === undefined) return [];
    const status = mapAt(item, "status");
    const all = [
      ...listAt(status, "containerStatuses"),
      ...listAt(status, "initContainerStatuses"),
    ];
    return all.flatMap((container) => {
      const name = nameAt(container, "name");
      // `docker-pullable://` is Docker's; an image that was loaded onto the node has no repository.
      const runs = textAt(container, "imageID")?.replace(/^[a-z-]+:\/\//, "");
      return name !== undefined && isRecordedDigest(runs) ? [{ revision, name, runs }] : [];
    });
  });
}

/** Reads which pull secrets service accounts name, by the account's name. */
export function readAccounts(
  text: string,
): ReadonlyMap<string, readonly string[]> | ClusterFailure {
  const accounts = readNamed(text, (item) => {
    const name = nameAt(mapAt(item, "metadata"), "name");
    if (item["kind"] !== "ServiceAccount" || name === undefined) return [];
    return [[name, namesIn(item, "imagePullSecrets")] as const];
  });
  return "failure" in accounts ? accounts : new Map(accounts);
}

/** The types of Secrets that Knative's keychain reads, with their keys; it passes over others. */
const pullSecretKeys = {
  "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
  "kubernetes.io/dockercfg": ".dockercfg",
} as const;

/** Reads which registries pull secrets are for, by the Secret's name. Nothing else of them is kept. */
export function readPullSecrets(text: string): ReadonlyMap<string, SecretKeys> | ClusterFailure {
  const secrets = readNamed(text, (item) => {
    const name = nameAt(mapAt(item, "metadata"), "name");
    const { type } = item;
    const isPullSecret =
      type === "kubernetes.io/dockerconfigjson" || type === "kubernetes.io/dockercfg";
    if (item["kind"] !== "Secret" || name === undefined || !isPullSecret) return [];
    const encoded = mapAt(item, "data")[pullSecretKeys[type]];
    const decoded = decodeGoBase64(typeof encoded === "string" ? encoded : "", true);
    const bytes = decoded.kind === "bytes" ? decoded.bytes : new Uint8Array();
    const content = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return [[name, secretKeys({ type, text: content })] as const];
  });
  return "failure" in secrets ? secrets : new Map(secrets);
}

/** What was asked for by name and is not there leaves an empty answer. */
function readNamed<Value>(
  text: string,
  read: (item: Json) => readonly Value[],
): readonly Value[] | ClusterFailure {
  return text.trim() === "" ? [] : readList(text, read);
}

function readList<Value>(
  text: string,
  read: (item: Json) => readonly Value[],
): readonly Value[] | ClusterFailure {
  const root = parse(text);
  if (root === undefined) return failed("cut-off");
  const items = Array.isArray(root["items"]) ? listAt(root, "items") : [root];
  const isOld = items.some((item) =>
    /^serving\.knative\.dev\/v1(alpha|beta)/.test(textAt(item, "apiVersion") ?? ""),
  );
  return isOld ? failed("old-knative") : items.flatMap(read);
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function identity(item: Json): { readonly name: string; readonly namespace: string } | undefined {
  const metadata = mapAt(item, "metadata");
  const name = nameAt(metadata, "name");
  return name === undefined ? undefined : { name, namespace: nameAt(metadata, "namespace") ?? "" };
}

function readTemplate<Container>(
  spec: Json,
  read: (container: Json, index: number, isInit: boolean) => Container,
): Template<Container> {
  return {
    containers: listAt(spec, "containers").map((each, index) => read(each, index, false)),
    initContainers: listAt(spec, "initContainers").map((each, index) => read(each, index, true)),
    pullSecrets: namesIn(spec, "imagePullSecrets"),
    serviceAccount: nameAt(spec, "serviceAccountName") ?? "default",
  };
}

function namesIn(map: Json, key: string): readonly string[] {
  return listAt(map, key).flatMap((each) => nameAt(each, "name") ?? []);
}

function templateContainer(container: Json): TemplateContainer {
  return {
    name: textAt(container, "name") ?? "",
    image: textAt(container, "image") ?? "",
    hasPorts: listAt(container, "ports").length > 0,
  };
}

/**
 * The digests that a Revision's status records, by the container's name, else by its place: they are in the order of
 * the spec (serving pkg/reconciler/revision/revision.go `reconcileDigest`).
 */
function recordedDigests(
  status: Json,
): (name: string | undefined, index: number, isInit: boolean) => string | undefined {
  const containers = listAt(status, "containerStatuses");
  const initContainers = listAt(status, "initContainerStatuses");
  return (name, index, isInit) => {
    const list = isInit ? initContainers : containers;
    const entry = list.find((each) => each["name"] === name) ?? list[index];
    const recorded = textAt(entry ?? {}, "imageDigest");
    return isRecordedDigest(recorded) ? recorded : undefined;
  };
}

function isRecordedDigest(text: string | undefined): text is string {
  return text !== undefined && /^[^\s@]+@sha256:[0-9a-f]{64}$/.test(text);
}

function readTraffic(status: Json): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const target of listAt(status, "traffic")) {
    const revision = nameAt(target, "revisionName");
    const percent = target["percent"];
    if (revision === undefined || typeof percent !== "number") continue;
    shares.set(revision, (shares.get(revision) ?? 0) + percent);
  }
  return shares;
}

const imageConditions: readonly unknown[] = ["Ready", "ContainerHealthy", "ResourcesAvailable"];

function unmetCondition(condition: Json): readonly UnmetCondition[] {
  const status = textAt(condition, "status") ?? "";
  if (status === "True" || !imageConditions.includes(condition["type"])) return [];
  return [
    {
      status,
      reason: textAt(condition, "reason") ?? "",
      message: textAt(condition, "message") ?? "",
      since: timeAt(condition, "lastTransitionTime"),
    },
  ];
}

function isMap(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapAt(map: Json, key: string): Json {
  const value = map[key];
  return isMap(value) ? value : {};
}

function listAt(map: Json, key: string): readonly Json[] {
  const value = map[key];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** Longer texts are cut: Knative's longest message holds a URL and a registry's words. */
const maxText = 1000;

/** A text without what would break a line or turn its direction. */
function textAt(map: Json, key: string): string | undefined {
  const value = map[key];
  if (typeof value !== "string") return undefined;
  return value.slice(0, maxText).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}

function nameAt(map: Json, key: string): string | undefined {
  const text = textAt(map, key);
  return text !== undefined && isName(text) ? text : undefined;
}

function timeAt(map: Json, key: string): number | undefined {
  const time = Date.parse(textAt(map, key) ?? "");
  return Number.isNaN(time) ? undefined : time;
}
