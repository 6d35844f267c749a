// The template of a resource or a Revision: its containers, and what its images are pulled with.

import { listAt, nameAt, namesIn, textAt, type Json } from "./kubectlJson.ts";

/** A container of a template. */
export interface TemplateContainer {
  readonly name: string;
  /** As it is written in the cluster. */
  readonly image: string;
  /** Whether it is the one that requests go to. */
  readonly hasPorts: boolean;
}

export interface Template<Container = TemplateContainer> {
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  /** The names under `imagePullSecrets`. */
  readonly pullSecrets: readonly string[];
  /** The service account that its pods run as. */
  readonly serviceAccount: string;
}

/** Reads the `spec` of a template, or of a Revision. @param read makes a value of each container */
export function readTemplate<Container>(
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

/** Reads a container as it is written. */
export function templateContainer(container: Json): TemplateContainer {
  return {
    name: textAt(container, "name") ?? "",
    image: textAt(container, "image") ?? "",
    hasPorts: listAt(container, "ports").length > 0,
  };
}
