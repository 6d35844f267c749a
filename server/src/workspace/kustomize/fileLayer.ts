// The resources of files, before any kustomization changes them.

import type { FileAnalysis, ResourceId } from "../../document/analysis.ts";
import { findResourceKind } from "../../document/resources/resourceKinds.ts";
import { getOrMake } from "./getOrMake.ts";
import type { Layer, LayeredImage, LayeredResource } from "./layers.ts";
import type { Tracker } from "./tracker.ts";
import { writesOf } from "./writers.ts";

/** The resources of a file, with the images in them. */
export function fileLayer(uri: string, analysis: FileAnalysis): Layer {
  const resources = new Map<string, LayeredResource>();
  const images: LayeredImage[] = [];
  const resource = (id: ResourceId): LayeredResource =>
    getOrMake(resources, JSON.stringify([id.apiVersion, id.kind, id.namespace, id.name]), () => ({
      id,
      isWorkload: isWorkloadKind(id),
      madeNames: [],
    }));
  for (const { document } of analysis.parts) document.resources.forEach(resource);
  for (const { use, writer } of writesOf(uri, analysis)) {
    const { id, isWorkload } = resource(use.resource);
    const image = use.reference.text;
    images.push({
      ...{ resource: id, isWorkload: isWorkload || use.role === "kubernetes-workload" },
      ...{ role: use.role, path: use.path, container: use.container, image },
      chain: { writer, image, before: undefined },
    });
  }
  const hasTemplates = analysis.parts.some(({ document }) => document.syntaxProblems.length > 0);
  return { resources: [...resources.values()], images, hasUnseen: hasTemplates };
}

/** Kinds of the Knative family are in the table and not optional there. */
function isWorkloadKind({ apiVersion, kind }: ResourceId): boolean {
  const row = findResourceKind(apiVersion ?? "", kind ?? "");
  return row === undefined || row.optional === true;
}

/** Several layers as one; more than is followed is not seen, and is counted before it is copied. */
export function joined(layers: readonly Layer[], { take }: Tracker): Layer {
  const [first] = layers;
  if (first !== undefined && layers.length === 1) return first;
  const resources: LayeredResource[] = [];
  const images: LayeredImage[] = [];
  let hasUnseen = false;
  for (const layer of layers) {
    const hasRoom = take(layer.images.length + layer.resources.length);
    hasUnseen ||= layer.hasUnseen || !hasRoom;
    if (!hasRoom) continue;
    for (const resource of layer.resources) resources.push(resource);
    for (const image of layer.images) images.push(image);
  }
  return { resources, images, hasUnseen };
}
