// Writes what `replacements` put into images. What that is stands in a resource whose fields are not kept.

import type { KustomizeReplacement } from "../../document/kustomize/kustomizationSource.ts";
import type { Layer, LayeredImage, Writer } from "./layers.ts";
import { selected } from "./patchTargets.ts";
import type { Tracker } from "./tracker.ts";

/** A layer after a replacement: the images that it writes into are those of its source. */
export function replaced(
  { source, targets }: KustomizeReplacement,
  writer: Writer,
  layer: Layer,
  { take }: Tracker,
): Layer {
  let { images } = layer;
  for (const { select, fieldPaths } of targets) {
    if (!take(layer.resources.length + images.length * Math.max(1, fieldPaths.length))) {
      return { ...layer, images, hasUnseen: true };
    }
    const found = new Set(selected(select, layer.resources).resources.map(({ id }) => id));
    images = images.map((image) =>
      found.has(image.resource) && fieldPaths.some((steps) => pointsAt(steps, image))
        ? { ...image, image: source, chain: { writer, image: source, before: image.chain } }
        : image,
    );
  }
  return { ...layer, images };
}

/** Whether a field's path means an image: a step may be a number, `*`, or a container by its name (`[name=user]`). */
function pointsAt(steps: readonly string[], { path, container }: LayeredImage): boolean {
  const own = path.replaceAll("[", ".").replaceAll("]", "").split(".");
  return (
    own.length === steps.length &&
    steps.every((step, index) => {
      if (step === own[index] || step === "*") return true;
      const name = /^\[name=(.*)\]$/.exec(step)?.[1];
      return name !== undefined && name === container;
    })
  );
}
