// Resources of Knative as a cluster holds them, in the shapes that its controllers write.

import type { Resource } from "./apiServer.ts";

export interface ContainerOf {
  readonly name?: string;
  readonly image: string;
  /** What the status records; absent for a skipped tag. */
  readonly digest?: string;
  readonly ports?: boolean;
}

export interface RevisionOf {
  readonly name: string;
  /** The Service's, which is the Configuration's. */
  readonly service: string;
  readonly namespace?: string;
  readonly containers: readonly ContainerOf[];
  readonly initContainers?: readonly ContainerOf[];
  readonly created?: string;
  /** Of the condition that is not met: its type, its reason and its message. */
  readonly unmet?: readonly { type: string; status: string; reason: string; message?: string }[];
}

const usualName = "user-container";

function podSpec({
  containers,
  initContainers = [],
}: Pick<RevisionOf, "containers" | "initContainers">) {
  const of = ({ name = usualName, image, ports = false }: ContainerOf): Resource => ({
    ...{ name, image, resources: {} },
    ...(ports ? { ports: [{ containerPort: 8080 }] } : {}),
  });
  return {
    containers: containers.map(of),
    ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(of) }),
  };
}

/** A Revision. */
export function revision(from: RevisionOf): Resource {
  const { name, service, namespace = "default", created = "2026-11-01T00:00:00Z" } = from;
  const { containers, initContainers = [], unmet = [] } = from;
  const recorded = ({ name: own = usualName, digest }: ContainerOf): Resource => ({
    name: own,
    ...(digest === undefined ? {} : { imageDigest: digest }),
  });
  const isUnresolved = unmet.some(({ reason }) => /ContainerMissing|ResolvingDigests/.test(reason));
  const isFalse = unmet.find((each) => each.status === "False") ?? unmet[0];
  const ready = isFalse === undefined ? { status: "True" } : { ...isFalse };
  const conditions = [...unmet, { ...ready, type: "Ready" }].map((condition) => ({
    lastTransitionTime: created,
    ...condition,
  }));
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Revision",
    metadata: {
      ...{ name, namespace, creationTimestamp: created },
      labels: {
        "serving.knative.dev/configuration": service,
        "serving.knative.dev/service": service,
      },
    },
    spec: podSpec({ containers, initContainers }),
    status: isUnresolved
      ? { conditions }
      : {
          conditions,
          containerStatuses: containers.map(recorded),
          ...(initContainers.length === 0
            ? {}
            : { initContainerStatuses: initContainers.map(recorded) }),
        },
  };
}

export interface ResourceOf extends Pick<RevisionOf, "containers" | "initContainers"> {
  /** Under `imagePullSecrets`. */
  readonly pullSecrets?: readonly string[];
  readonly name: string;
  readonly namespace?: string;
  readonly kind?: "Service" | "Configuration";
  readonly latestCreated: string;
  readonly latestReady?: string;
  /** Percent by Revision; all to the latest ready one if left out. */
  readonly traffic?: Readonly<Record<string, number>>;
}

/** A Service or a Configuration. */
export function resource(from: ResourceOf): Resource {
  const { name, namespace = "default", kind = "Service", latestCreated, latestReady } = from;
  const usual = latestReady === undefined ? {} : { [latestReady]: 100 };
  const traffic = Object.entries(from.traffic ?? usual).map(([revisionName, percent]) => ({
    ...{ revisionName, percent },
  }));
  return {
    apiVersion: "serving.knative.dev/v1",
    kind,
    metadata: { name, namespace },
    spec: { template: { metadata: {}, spec: { ...podSpec(from), ...imagePullSecrets(from) } } },
    status: {
      latestCreatedRevisionName: latestCreated,
      ...(latestReady === undefined ? {} : { latestReadyRevisionName: latestReady }),
      ...(kind === "Service" ? { traffic } : {}),
    },
  };
}

function imagePullSecrets({ pullSecrets }: Pick<ResourceOf, "pullSecrets">): Resource {
  return pullSecrets === undefined
    ? {}
    : { imagePullSecrets: pullSecrets.map((name) => ({ name })) };
}

/** A service account that names pull secrets. */
export function serviceAccount(pullSecrets: readonly string[], name = "default"): Resource {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace: "default" },
    ...imagePullSecrets({ pullSecrets }),
  };
}

/** A pull secret with an entry for a registry. */
export function pullSecret(name: string, key: string, password: string): Resource {
  const auths = { [key]: { username: "me", password } };
  const text = Buffer.from(JSON.stringify({ auths })).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/dockerconfigjson",
    metadata: { name, namespace: "default" },
    data: { ".dockerconfigjson": text },
  };
}

/** Knative's configuration, as a release installs it. */
export function configDeployment(data: Readonly<Record<string, string>>): Resource {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "config-deployment",
      namespace: "knative-serving",
      labels: { "app.kubernetes.io/version": "1.23.0" },
    },
    data: { "queue-sidecar-image": "gcr.io/queue", ...data },
  };
}

/** A pod of a Revision. */
export function pod(of: {
  readonly name: string;
  readonly revision: string;
  readonly container?: string;
  readonly imageID: string;
}): Resource {
  const { name, revision: revisionName, container = usualName, imageID } = of;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...{ name, namespace: "default" },
      labels: { "serving.knative.dev/revision": revisionName },
    },
    status: { containerStatuses: [{ name: container, imageID }] },
  };
}
