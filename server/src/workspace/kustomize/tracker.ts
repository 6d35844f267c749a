// What is found out while kustomizations are joined, and how much work that may take.

import type { ImageRole } from "../../knative/outcome.ts";
import type { Reach } from "./fate.ts";
import { getOrMake } from "./getOrMake.ts";
import type { Writer } from "./layers.ts";

/** What an entry or a patch was found to reach, over all kustomizations that it is part of. */
export interface Reached {
  role: ImageRole | undefined;
  workloads: boolean;
  unseen: boolean;
  /** The images that come of it for Knative. */
  readonly images: Set<string>;
}

export interface Tracker {
  /** Counts work before it is done. @returns whether there is room for it */
  take(count: number): boolean;
  /** What a writer reaches, to be added to. */
  reach(writer: Writer): Reached;
  /** The missing image of a patch has a container to go with: another layer's. */
  complete(writer: Writer): void;
  readonly reached: ReadonlyMap<string, ReadonlyMap<string, Reached>>;
  readonly completed: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Steps of work at most: one for each image or resource that a patch or an entry is held against. */
const maxSteps = 300_000;

export function createTracker(): Tracker {
  const reached = new Map<string, Map<string, Reached>>();
  const completed = new Map<string, Set<string>>();
  let steps = 0;
  return {
    take(count) {
      steps += count;
      return steps <= maxSteps;
    },
    reach({ uri, key }) {
      const byKey = getOrMake(reached, uri, () => new Map<string, Reached>());
      const nothing = (): Reached => ({
        ...{ role: undefined, workloads: false, unseen: false },
        images: new Set<string>(),
      });
      // An entry that is not an image use is not tracked.
      return key === undefined ? nothing() : getOrMake(byKey, key, nothing);
    },
    complete({ uri, key }) {
      if (key !== undefined) getOrMake(completed, uri, () => new Set<string>()).add(key);
    },
    reached,
    completed,
  };
}

/** What was found, as one word: what cannot be seen may hold a Knative resource. */
export function reachOf({ role, workloads, unseen, images }: Reached): Reach {
  const [image] = images;
  if (role !== undefined) {
    return { kind: "knative", role, image: images.size === 1 ? image : undefined };
  }
  if (unseen) return { kind: "unknown" };
  return { kind: workloads ? "workloads" : "nothing" };
}
