// Under which names and in which namespaces the images of files are applied, once kustomizations have had their say.

import type { AppliedAs, ResourceId } from "../../document/analysis.ts";
import { getOrMake } from "./getOrMake.ts";
import type { Layer, LayeredResource } from "./layers.ts";
import type { Tracker } from "./tracker.ts";

/** An image of a file that comes out of a kustomization. */
export interface AppliedImage {
  readonly uri: string;
  /** The key of its fate. */
  readonly key: string;
  readonly as: AppliedAs;
}

/** The images that stand in what the kustomizations make, each once; those that there is room to follow. */
export function appliedImages(
  tops: readonly Layer[],
  { take }: Pick<Tracker, "take">,
): readonly AppliedImage[] {
  const all = new Map<string, Map<string, AppliedAs>>();
  for (const { resources, images } of tops) {
    const byId = new Map<ResourceId, AppliedAs>();
    for (const resource of resources) add(byId, resource.id, appliedAs(resource));
    for (const { resource, image, chain } of images) {
      const { uri, key } = chain.writer;
      const as = byId.get(resource);
      if (image === "" || key === undefined || as === undefined) continue;
      if (!take(1)) return listed(all);
      add(
        getOrMake(all, uri, () => new Map<string, AppliedAs>()),
        key,
        as,
      );
    }
  }
  return listed(all);
}

function appliedAs({ id, madeNames, madeNamespace }: LayeredResource): AppliedAs {
  return { name: madeNames.at(-1) ?? id.name, namespace: madeNamespace ?? id.namespace };
}

function add<Key>(known: Map<Key, AppliedAs>, key: Key, as: AppliedAs): void {
  const before = known.get(key);
  known.set(key, before === undefined || isSame(before, as) ? as : "several");
}

function isSame(a: AppliedAs, b: AppliedAs): boolean {
  if (a === "several" || b === "several") return a === b;
  return a.name === b.name && a.namespace === b.namespace;
}

function listed(all: ReadonlyMap<string, ReadonlyMap<string, AppliedAs>>): AppliedImage[] {
  return [...all].flatMap(([uri, byKey]) => [...byKey].map(([key, as]) => ({ uri, key, as })));
}
