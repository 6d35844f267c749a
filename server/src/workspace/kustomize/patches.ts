// Lays patches over resources.

import type { ImageUse } from "../../document/analysis.ts";
import type { KustomizePatch } from "../../document/kustomize/kustomizationSource.ts";
import type { ImageRole } from "../../knative/outcome.ts";
import { getOrMake } from "./getOrMake.ts";
import {
  containerList,
  ownPath,
  pathOfPointer,
  type Layer,
  type LayeredImage,
  type LayeredResource,
} from "./layers.ts";
import { named, selected, type PatchMatch } from "./patchTargets.ts";
import type { Tracker } from "./tracker.ts";
import type { Write } from "./writers.ts";

/** The writes of one patch by the resource that they name: those of a JSON patch name none. */
export function groups(writes: readonly Write[]): readonly (readonly Write[])[] {
  const byResource = new Map<string, Write[]>();
  for (const write of writes) {
    const { apiVersion, kind, name, namespace } = write.use.resource;
    const isPointer = ownPath(write.use).startsWith("/");
    const id = isPointer ? "" : JSON.stringify([apiVersion, kind, name, namespace]);
    getOrMake(byResource, id, (): Write[] => []).push(write);
  }
  return [...byResource.values()];
}

/** Lays the images of one patched resource over the resources that it is for. */
export function withWrites(
  group: readonly Write[],
  { target }: Pick<KustomizePatch, "target">,
  layer: Layer,
  tracker: Tracker,
): Layer {
  const [first] = group;
  if (first === undefined) return layer;
  if (!tracker.take(layer.resources.length + layer.images.length + group.length)) {
    for (const { writer } of group) tracker.reach(writer).unseen = true;
    return { ...layer, hasUnseen: true };
  }
  const match: PatchMatch =
    target === undefined
      ? named(first.use.resource, layer.resources)
      : selected(target, layer.resources);
  const isUnsure = layer.hasUnseen || match.isUncertain;
  for (const { writer } of group) {
    const found = tracker.reach(writer);
    for (const { isWorkload } of match.resources) {
      if (isWorkload) found.workloads = true;
      else found.role ??= "container";
    }
    if (isUnsure) found.unseen = true;
  }
  let images = layer.images;
  for (const resource of match.resources) {
    for (const write of group) {
      if (!tracker.take(images.length)) return { ...layer, images, hasUnseen: true };
      images = withWrite(images, write, resource, tracker);
    }
  }
  return { ...layer, images };
}

function withWrite(
  images: readonly LayeredImage[],
  { use, writer }: Write,
  { id, isWorkload }: LayeredResource,
  tracker: Tracker,
): readonly LayeredImage[] {
  const own = images.filter(({ resource }) => resource === id);
  const path = ownPath(use);
  const found = path.startsWith("/")
    ? own.find((image) => image.path === pathOfPointer(path))
    : sameContainer(own, use, path);
  const image = use.reference.text;
  if (found !== undefined && image === "") {
    // The patch changes other things of the container.
    tracker.complete(writer);
    return images;
  }
  const next: LayeredImage = {
    ...{ resource: id, isWorkload, role: found?.role ?? roleOf(use, path) },
    path: found?.path ?? pathOfPointer(path) ?? path,
    container: found?.container ?? use.container,
    ...{ image, chain: { writer, image, before: found?.chain } },
  };
  return found === undefined
    ? [...images, next]
    : images.map((each) => (each === found ? next : each));
}

/** The container that a patch means: the one of its name, else the only one of its list. */
function sameContainer(
  images: readonly LayeredImage[],
  use: ImageUse,
  path: string,
): LayeredImage | undefined {
  const list = containerList(path);
  if (list === undefined) return images.find((image) => image.path === path);
  const listed = images.filter((image) => containerList(image.path) === list);
  const sameName = listed.find(
    ({ container }) => container !== null && container === use.container,
  );
  return sameName ?? (listed.length === 1 ? listed[0] : undefined);
}

function roleOf(use: ImageUse, path: string): ImageRole {
  if (use.role !== "kustomize") return use.role;
  return path.includes("initContainers") ? "init-container" : "container";
}
