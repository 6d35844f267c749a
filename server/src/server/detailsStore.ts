// Platforms and dates of manifests: asked for only on request, or to tell a moved tag from a pinned child.

import type { ManifestDetails, ManifestKey } from "../resolver/resolution.ts";
import { keyText } from "../resolver/resolution.ts";
import type { Answers } from "./outside.ts";
import type { Guard } from "./requests.ts";

export interface DetailsStore {
  /** What was read of a manifest before; undefined if nothing was. */
  peek(key: ManifestKey): ManifestDetails | undefined;
  /** Reads a manifest; a failure is the answer's own and is not kept. */
  ask(key: ManifestKey, signal: AbortSignal): Promise<void>;
  /** Reads a manifest once in the background. */
  want(key: ManifestKey): void;
  /** Grows with each manifest that was read. */
  generation(): number;
  clear(): void;
}

/** Manifests kept at most. */
const maxKept = 500;

export function createDetailsStore(answers: Answers, guard: Guard): DetailsStore {
  const kept = new Map<string, ManifestDetails>();
  const wanted = new Set<string>();
  let generation = 0;
  async function ask(key: ManifestKey, signal: AbortSignal): Promise<void> {
    const details = await answers.details(key, { signal });
    if ("status" in details) return;
    if (kept.size >= maxKept) kept.clear();
    kept.set(keyText(key), details);
    generation += 1;
  }
  return {
    peek(key) {
      const details = kept.get(keyText(key));
      const resolution = answers.peek(key);
      // A tag may have moved since its manifest was read.
      const moved = resolution.status === "resolved" && resolution.digest !== details?.digest;
      return moved ? undefined : details;
    },
    ask,
    want(key) {
      const resolution = answers.peek(key);
      if (resolution.status !== "resolved") return;
      const once = `${keyText(key)} ${resolution.digest}`;
      if (wanted.has(once)) return;
      wanted.add(once);
      guard.background("details", () => ask(key, new AbortController().signal));
    },
    generation: () => generation,
    clear() {
      kept.clear();
      wanted.clear();
      generation += 1;
    },
  };
}
