// Platforms and dates of manifests: asked for only on request, or to tell a moved tag from a pinned child.

import { isDigest } from "../image/digest.ts";
import {
  keyText,
  type Failed,
  type ManifestDetails,
  type ManifestKey,
  type NotAsked,
} from "../resolver/resolution.ts";
import type { Answers } from "./outside.ts";
import type { Guard } from "./requests.ts";

export interface DetailsStore {
  /** What was read of the manifest that a tag points at now, or of a digest's; undefined if nothing was. */
  peek(key: ManifestKey): ManifestDetails | undefined;
  /** Reads a manifest because a person asked for it. @returns why it could not be read; undefined if it was. */
  ask(key: ManifestKey, signal: AbortSignal): Promise<Failed | NotAsked | undefined>;
  /**
   * Reads a manifest once in the background, where that costs nobody a pull.
   * @returns a promise that resolves when it was read, or cannot be
   */
  want(key: ManifestKey): Promise<void>;
  /** Grows with each manifest that was read. */
  generation(): number;
  clear(): void;
}

/** Manifests kept at most. */
const maxKept = 500;

/** @param changed is called when a manifest was read. */
export function createDetailsStore(
  answers: Answers,
  guard: Guard,
  changed: () => void,
): DetailsStore {
  const kept = new Map<string, ManifestDetails>();
  const wanted = new Map<string, Promise<void>>();
  let generation = 0;

  /** The manifest by its digest: a tag may move while it is read. */
  function byDigest(key: ManifestKey): ManifestKey | undefined {
    if (isDigest(key.reference)) return key;
    const resolution = answers.peek(key);
    return resolution.status === "resolved" ? { ...key, reference: resolution.digest } : undefined;
  }
  async function read(
    key: ManifestKey,
    options: { readonly signal: AbortSignal; readonly mayPull: boolean },
  ): Promise<Failed | NotAsked | undefined> {
    const details = await answers.details(key, options);
    if ("status" in details) return details;
    if (kept.size >= maxKept) kept.clear();
    kept.set(keyText({ ...key, reference: details.digest }), details);
    generation += 1;
    changed();
    return undefined;
  }
  return {
    peek(key) {
      const at = byDigest(key);
      return at === undefined ? undefined : kept.get(keyText(at));
    },
    ask: (key, signal) => read(byDigest(key) ?? key, { signal, mayPull: true }),
    want(key) {
      const at = byDigest(key);
      if (at === undefined) return Promise.resolve();
      const text = keyText(at);
      const before = wanted.get(text);
      if (before !== undefined) return before;
      if (wanted.size >= maxKept) wanted.clear();
      const { signal } = new AbortController();
      const reading = new Promise<void>((resolve) => {
        guard.background("details", async () => {
          try {
            await read(at, { signal, mayPull: false });
          } finally {
            resolve();
          }
        });
      });
      wanted.set(text, reading);
      return reading;
    },
    generation: () => generation,
    clear() {
      kept.clear();
      wanted.clear();
      generation += 1;
    },
  };
}
