// Applies the `images:` of a kustomization.

import type { FileAnalysis } from "../../document/analysis.ts";
import type { ImageRule } from "../../document/kustomize/kustomizationSource.ts";
import { getOrMake } from "./getOrMake.ts";
import { applyRule, isPlainName, splitImage } from "./imageName.ts";
import { containerList, type Layer, type LayeredImage } from "./layers.ts";
import type { Reached, Tracker } from "./tracker.ts";
import { ruleWriter, writesOf } from "./writers.ts";

/** The kustomization whose entries are applied. */
interface Rules {
  readonly uri: string;
  readonly analysis: FileAnalysis;
  readonly rules: readonly ImageRule[];
  /** Whether images may stand in fields that are not looked at. */
  readonly hasOwnFields: boolean;
}

/** The images after all entries, one after the other; each changes only what stands in lists of containers. */
export function withImageRules(
  { uri, analysis, rules, hasOwnFields }: Rules,
  layer: Layer,
  tracker: Tracker,
): Layer {
  if (rules.length === 0) return layer;
  const writers = new Map(writesOf(uri, analysis).map(({ use, writer }) => [use.path, writer]));
  const notFollowed = (images: readonly LayeredImage[]): Layer => {
    for (const writer of writers.values()) tracker.reach(writer).unseen = true;
    return { ...layer, images, hasUnseen: true };
  };
  if (!tracker.take(layer.images.length + rules.length)) return notFollowed(layer.images);
  const images = [...layer.images];
  const byName = indexByName(images);
  // Fields of one's own matter to Knative only in its own resources.
  const mayStandElsewhere = hasOwnFields && layer.resources.some(({ isWorkload }) => !isWorkload);
  for (const rule of rules) {
    const written = writers.get(rule.path);
    const writer = written ?? ruleWriter(uri, analysis);
    const found = tracker.reach(writer);
    if (layer.hasUnseen || !isPlainName(rule.name)) found.unseen = true;
    const matching = [...(byName.get(rule.name) ?? [])];
    if (mayStandElsewhere && matching.length === 0) found.unseen = true;
    if (!tracker.take(matching.length)) return notFollowed(images);
    for (const index of matching) {
      const before = images[index];
      if (before === undefined) continue;
      const image = applyRule(before.image, rule);
      note(found, before, image);
      byName.get(rule.name)?.delete(index);
      getOrMake(byName, splitImage(image).name, () => new Set<number>()).add(index);
      images[index] = { ...before, image, chain: { writer, image, before: before.chain } };
    }
  }
  return { ...layer, images };
}

/** Notes what an entry reached, and what came of it. */
function note(found: Reached, { isWorkload, role }: LayeredImage, image: string): void {
  if (isWorkload) found.workloads = true;
  else {
    found.role ??= role;
    // One that differs is enough to say that they do.
    if (found.images.size < 2) found.images.add(image);
  }
}

function indexByName(images: readonly LayeredImage[]): Map<string, Set<number>> {
  const byName = new Map<string, Set<number>>();
  for (const [index, { image, path }] of images.entries()) {
    if (image === "" || containerList(path) === undefined) continue;
    getOrMake(byName, splitImage(image).name, () => new Set<number>()).add(index);
  }
  return byName;
}
