// Platforms and dates of manifests: read only on request, or to tell a moved tag from a pinned child.

import type { Clock } from "../../environment.ts";
import { isDigest } from "../../image/digest.ts";
import { createBoundedMap } from "../../base/boundedMap.ts";
import {
  keyText,
  type Failed,
  type ManifestDetails,
  type ManifestKey,
  type NotAsked,
} from "../../resolver/resolution.ts";
import type { Answers } from "../outside.ts";
import type { Guard } from "../requests.ts";

export interface DetailsStore {
  /** The details of the manifest that a tag points at now, or of a digest's; undefined if they were not read. */
  peek(key: ManifestKey): ManifestDetails | undefined;
  /** Reads a manifest because a person asked for it. @returns why it could not be read; undefined if it was. */
  ask(key: ManifestKey, signal: AbortSignal): Promise<Failed | NotAsked | undefined>;
  /**
   * Reads a manifest in the background, where that does not count as a pull; a failure is repeated when its wait ends.
   * Resolves when it was read or cannot be read now. Never rejects.
   */
  prefetch(key: ManifestKey): Promise<void>;
  /** Grows with each manifest that was read. */
  generation(): number;
  clear(): void;
}

export interface DetailsStoreParts {
  readonly answers: Pick<Answers, "peek" | "details">;
  readonly guard: Guard;
  readonly clock: Pick<Clock, "now">;
  /** Called when a manifest was read. */
  readonly changed: () => void;
}

/** More than the manifests of any workspace in sight. */
const maxKept = 500;
/** A failure that only new credentials or settings can undo is repeated after this time: they may have changed. */
const longestWaitMs = 10 * 60_000;

/** Makes an empty store; it lives as long as the session. */
export function createDetailsStore(parts: DetailsStoreParts): DetailsStore {
  const { answers, guard, clock, changed } = parts;
  const kept = createBoundedMap<ManifestDetails>(maxKept);
  /** Milliseconds since 1970 before which a manifest is not read in the background again. */
  const failedUntil = createBoundedMap<number>(maxKept);
  const inFlight = new Map<string, Promise<void>>();
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
    kept.set(keyText({ ...key, reference: details.digest }), details);
    generation += 1;
    changed();
    return undefined;
  }
  async function readInBackground(key: ManifestKey, text: string): Promise<void> {
    const { signal } = new AbortController();
    try {
      const problem = await read(key, { signal, mayPull: false });
      if (problem?.status === "failed") {
        failedUntil.set(text, Math.min(problem.retryAt, clock.now() + longestWaitMs));
      }
    } finally {
      inFlight.delete(text);
    }
  }
  function prefetch(key: ManifestKey): Promise<void> {
    const at = byDigest(key);
    if (at === undefined) return Promise.resolve();
    const text = keyText(at);
    const before = inFlight.get(text);
    if (before !== undefined) return before;
    if (kept.has(text) || (failedUntil.get(text) ?? 0) > clock.now()) return Promise.resolve();
    const reading = new Promise<void>((resolve) => {
      guard.background("details", () => readInBackground(at, text).finally(resolve));
    });
    inFlight.set(text, reading);
    return reading;
  }
  return {
    peek(key) {
      const at = byDigest(key);
      return at === undefined ? undefined : kept.get(keyText(at));
    },
    ask: (key, signal) => read(byDigest(key) ?? key, { signal, mayPull: true }),
    prefetch,
    generation: () => generation,
    clear() {
      kept.clear();
      failedUntil.clear();
      generation += 1;
    },
  };
}
