// Makes a folder as repositories with Knative in them are: a few Services among very much else.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { service } from "./manifests.ts";

/** The files of a tree by their kinds. */
const services = 200;
const workloads = 3_000;
const definitions = 60;
const releases = 40;
/** Files of this many kinds of workloads stand in one folder. */
const perFolder = 20;
/** Properties in a definition of its own, and in one of a release: about 1.2 MB and 100 KB. */
const largeSchema = 6_200;
const smallSchema = 540;

/** How many images `list` must find in the tree. */
export const repositoryImages = services;

/**
 * Writes 3,300 files of 120 MB: custom resource definitions and releases that speak of images and, in their
 * descriptions, of Knative, and 200 Services among 3,000 other workloads.
 * @param host the registry that the Services' images name
 */
export async function withRepository<Result>(
  host: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "knative-digest-bench-"));
  try {
    const write = async (kind: string, index: number, text: string): Promise<void> => {
      const part = join(folder, `${kind}-${Math.floor(index / perFolder)}`);
      if (index % perFolder === 0) await mkdir(part);
      await writeFile(join(part, `${kind}-${index}.yaml`), text);
    };
    for (let index = 0; index < definitions; index++) {
      await write("crd", index, definition(index, largeSchema));
    }
    for (let index = 0; index < releases; index++) await write("release", index, release(index));
    for (let index = 0; index < workloads; index++) await write("app", index, workload(index));
    for (let index = 0; index < services; index++) {
      await write("service", index, service(index, host));
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file of a release that says much of images and holds nothing of Knative. */
export function irrelevantFile(): string {
  return release(0);
}

const descriptions = [
  "Image is the container image to run, as it is pulled by the kubelet.",
  "ImagePullPolicy is one of Always, Never, IfNotPresent. Defaults to Always if :latest is specified.",
  "Secrets of type kubernetes.io/dockerconfigjson that are used for pulling any of the images.",
  "The template of a serving.knative.dev Service, with everything that it may hold.",
  "This affects both apps/v1.Deployment and caching.internal.knative.dev/v1alpha1.Image.",
  "The port on which the container listens, from 1 to 65535. Other numbers are refused: they name no port.",
];

function definition(index: number, properties: number): string {
  const lines = Array.from({ length: properties }, (_, at) => {
    const words = descriptions[(at + index) % descriptions.length] ?? "";
    return `                field${at}:
                  description: |-
                    ${words}
                  type: string`;
  });
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things${index}.example.com
spec:
  group: example.com
  names: { kind: Thing${index}, plural: things${index} }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
${lines.join("\n")}
`;
}

function release(index: number): string {
  const parts = Array.from({ length: 10 }, (_, at) =>
    [definition(index * 10 + at, smallSchema), role(at), workload(index * 10 + at)].join("---\n"),
  );
  return parts.join("---\n");
}

function role(index: number): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: controller-${index}
rules:
  - apiGroups: ["serving.knative.dev"]
    resources: ["services", "configurations", "revisions"]
    verbs: ["get", "list", "watch"]
`;
}

function workload(index: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  labels:
    app.kubernetes.io/part-of: shop
spec:
  replicas: 2
  selector:
    matchLabels: { app: app-${index} }
  template:
    metadata:
      labels: { app: app-${index} }
    spec:
      containers:
        - name: app
          image: registry.example/shop/app-${index}:1.${index % 20}
          ports:
            - containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
`;
}
