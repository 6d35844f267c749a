// The table of what holds images: a new resource kind is a new row here.

import type { ImageRole, Platform } from "../../knative/outcome.ts";
import { pathOf, type Path } from "./pathWalk.ts";

/** One place of a resource where an image reference stands. */
export interface ImagePath {
  readonly path: Path;
  readonly role: ImageRole;
  /** Whether a container without an image is refused. */
  readonly required?: boolean;
}

export interface ResourceKind {
  /** The API group; the version is not looked at, since only one is served at a time. */
  readonly group: string;
  readonly kinds: readonly string[];
  readonly images: readonly ImagePath[];
  /** Where the revision template's own name stands: if it is set, a changed image needs a new one. */
  readonly revisionName?: Path;
  /** Where the revision's annotations stand. */
  readonly annotations?: Path;
  /** Where the names of its pull secrets stand. */
  readonly pullSecrets?: Path;
  /** Read only when the setting `kubernetesWorkloads` is on. */
  readonly optional?: true;
  /** Who makes a Knative Service of the resource, or runs the Service itself: that decides what the images are. */
  readonly platform?: Platform;
}

interface PodSpecRoles {
  readonly containers: ImageRole;
  readonly initContainers: ImageRole;
  readonly volumes: ImageRole;
  readonly required?: boolean;
}

const served: PodSpecRoles = {
  containers: "container",
  initContainers: "init-container",
  volumes: "image-volume",
  required: true,
};

function everywhere(role: ImageRole): PodSpecRoles {
  return { containers: role, initContainers: role, volumes: role };
}

function podSpec(path: string, roles: PodSpecRoles): readonly ImagePath[] {
  const { required = false } = roles;
  return [
    { path: pathOf(`${path}.containers[*].image`), role: roles.containers, required },
    { path: pathOf(`${path}.initContainers[*].image`), role: roles.initContainers, required },
    { path: pathOf(`${path}.volumes[*].image.reference`), role: roles.volumes },
  ];
}

const workload = everywhere("kubernetes-workload");

/**
 * Serving's kinds (knative/serving `pkg/apis/serving/v1`), eventing's (knative/eventing `pkg/apis`),
 * the operator's, and Kubernetes' own workloads.
 */
const resourceKinds: readonly ResourceKind[] = [
  {
    group: "serving.knative.dev",
    kinds: ["Service", "Configuration"],
    platform: "knative",
    images: podSpec("spec.template.spec", served),
    revisionName: pathOf("spec.template.metadata.name"),
    annotations: pathOf("spec.template.metadata.annotations"),
    pullSecrets: pathOf("spec.template.spec.imagePullSecrets[*].name"),
  },
  {
    group: "serving.knative.dev",
    kinds: ["Revision"],
    images: podSpec("spec", served),
    annotations: pathOf("metadata.annotations"),
    pullSecrets: pathOf("spec.imagePullSecrets[*].name"),
  },
  {
    group: "caching.internal.knative.dev",
    kinds: ["Image"],
    images: [{ path: pathOf("spec.image"), role: "caching-image" }],
  },
  {
    group: "sources.knative.dev",
    kinds: ["ContainerSource"],
    images: podSpec("spec.template.spec", everywhere("container-source")),
  },
  {
    group: "sources.knative.dev",
    kinds: ["IntegrationSource"],
    // The controller overwrites `containers`: only the rest of the template survives.
    images: podSpec("spec.template.spec", everywhere("integration-source")).slice(1),
  },
  {
    group: "sinks.knative.dev",
    kinds: ["JobSink"],
    images: podSpec("spec.job.spec.template.spec", everywhere("job-sink")),
  },
  {
    group: "operator.knative.dev",
    kinds: ["KnativeServing", "KnativeEventing"],
    images: [
      { path: pathOf("spec.registry.default"), role: "operator-override" },
      { path: pathOf("spec.registry.override.*"), role: "operator-override" },
      { path: pathOf("spec.config.deployment.queue-sidecar-image"), role: "queue-sidecar" },
      { path: pathOf("spec.config.deployment.queueSidecarImage"), role: "queue-sidecar" },
      { path: pathOf("spec.config.config-deployment.queue-sidecar-image"), role: "queue-sidecar" },
      { path: pathOf("spec.config.config-deployment.queueSidecarImage"), role: "queue-sidecar" },
    ],
  },
  {
    // KServe makes a Knative Service of each component (kserve/kserve `pkg/apis/serving/v1beta1/component.go`); besides
    // whole containers, a model's or framework's own container can name an image.
    group: "serving.kserve.io",
    kinds: ["InferenceService"],
    platform: "kserve",
    images: ["predictor", "transformer", "explainer"].flatMap((component) => [
      ...podSpec(`spec.${component}`, { ...served, required: false }),
      { path: pathOf(`spec.${component}.*.image`), role: "container" as const },
    ]),
  },
  {
    group: "serving.kserve.io",
    kinds: ["ServingRuntime", "ClusterServingRuntime"],
    platform: "kserve",
    images: podSpec("spec", { ...served, required: false }),
  },
  { group: "", kinds: ["Pod"], images: podSpec("spec", workload), optional: true },
  {
    group: "",
    kinds: ["PodTemplate"],
    images: podSpec("template.spec", workload),
    optional: true,
  },
  {
    group: "",
    kinds: ["ReplicationController"],
    images: podSpec("spec.template.spec", workload),
    optional: true,
  },
  {
    group: "apps",
    kinds: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
    images: podSpec("spec.template.spec", workload),
    optional: true,
  },
  {
    group: "batch",
    kinds: ["Job"],
    images: podSpec("spec.template.spec", workload),
    optional: true,
  },
  {
    group: "batch",
    kinds: ["CronJob"],
    images: podSpec("spec.jobTemplate.spec.template.spec", workload),
    optional: true,
  },
];

/** `config-deployment`'s own image (knative/serving `pkg/deployment/config.go`), under both its names. */
export const configDeploymentImages: readonly ImagePath[] = [
  { path: pathOf("data.queue-sidecar-image"), role: "queue-sidecar" },
  { path: pathOf("data.queueSidecarImage"), role: "queue-sidecar" },
];

/** The images that Knative Functions builds and writes into `func.yaml` itself (knative/func `pkg/functions/function.go`). */
export const functionImages: readonly ImagePath[] = [
  { path: pathOf("image"), role: "func-image" },
  { path: pathOf("deploy.image"), role: "func-image" },
];

/** What Knative Functions builds with: the user's own choice. */
export const functionBuilders: readonly ImagePath[] = [
  { path: pathOf("build.builderImages.*"), role: "func-builder" },
  { path: pathOf("build.baseImage"), role: "func-builder" },
];

/** The row for a resource; undefined if its images are not checked. */
export function findResourceKind(apiVersion: string, kind: string): ResourceKind | undefined {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  return resourceKinds.find((row) => row.group === group && row.kinds.includes(kind));
}
