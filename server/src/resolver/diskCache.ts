// Keeps what is known on the disk: read once at the start, written a little after something was learned.

import type { CacheFile, Clock } from "../environment.ts";
import type { HostTraitsStore } from "../registry/transport/hostTraits.ts";
import { mergeCache, parseCache, type CachedAnswer } from "./cacheText.ts";
import type { ManifestKey } from "./resolution.ts";
import type { ManifestAnswer } from "../registry/manifestLookup.ts";
import { dateOf, momentOf } from "../base/moment.ts";
import type { FactCache } from "./factCache.ts";

export interface DiskCache {
  /** Resolves when what other sessions learned is known here; never rejects. */
  readonly loaded: Promise<void>;
  /** Something was learned: it is written soon. */
  touch(): void;
  /** Writes now what was not written yet. */
  flush(): Promise<void>;
  remove(): Promise<void>;
}

export interface DiskCacheParts {
  readonly file: CacheFile;
  readonly clock: Clock;
  readonly answers: FactCache<ManifestAnswer>;
  readonly traits: HostTraitsStore;
  /**
   * The place of the credential that would be used now; an answer got with another one is not taken over.
   * Undefined where credentials must not be looked at: then only anonymous answers are.
   */
  readonly placeOf: (answer: CachedAnswer) => Promise<string | undefined>;
  /** How a registry would be asked now; an answer got in another way is not taken over. */
  readonly routeOf: (key: ManifestKey) => string;
  readonly onLoaded: () => void;
}

const writeAfterMs = 2000;

export function createDiskCache(parts: DiskCacheParts): DiskCache {
  const { file, clock, answers, traits } = parts;
  let cancel: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = (): Promise<void> => {
    const learned = contentOf(answers, traits, clock);
    writing = writing.then(() => file.update((text) => mergeCache(text, learned, clock.now())));
    return writing;
  };

  return {
    loaded: load(parts),
    touch() {
      cancel ??= clock.schedule(writeAfterMs, () => {
        cancel = undefined;
        void write();
      });
    },
    async flush() {
      if (cancel === undefined) return writing;
      cancel();
      cancel = undefined;
      return write();
    },
    async remove() {
      cancel?.();
      cancel = undefined;
      await writing;
      await file.remove();
    },
  };
}

async function load({
  file,
  clock,
  answers,
  traits,
  placeOf,
  routeOf,
  onLoaded,
}: DiskCacheParts): Promise<void> {
  const content = parseCache(await file.read(), clock.now());
  for (const one of content.answers) {
    if (one.answer.route !== routeOf(one.key)) continue;
    // After signing out, answers got with the credentials must no longer be shown.
    const place =
      one.answer.credentialPlace === "" ? "" : await placeOf(one).catch(() => undefined);
    if (place === one.answer.credentialPlace) {
      answers.adopt(one.key, { value: one.answer, learned: momentOf(one.at, clock) });
    }
  }
  for (const { host, traits: known } of content.hosts) {
    if (traits.get(host).authentication === undefined) traits.update(host, known);
  }
  if (content.answers.length > 0) onLoaded();
}

function contentOf(
  answers: FactCache<ManifestAnswer>,
  traits: HostTraitsStore,
  clock: Clock,
): Parameters<typeof mergeCache>[1] {
  const entries = answers.entries();
  return {
    answers: entries.flatMap(({ key, answer }) =>
      answer === undefined
        ? []
        : [{ key, answer: answer.value, at: dateOf(answer.learned, clock) }],
    ),
    hosts: traits
      .entries()
      .flatMap(([host, known]) =>
        known.authentication === undefined ? [] : [{ host, traits: known, at: clock.now() }],
      ),
    gone: entries.flatMap(({ key, answer, failure }) =>
      answer === undefined && failure !== undefined
        ? [{ key, at: dateOf(failure.tried, clock) }]
        : [],
    ),
  };
}
