// Lookups other than digests: a repository's tags for completion, and details from a manifest's body.

import type { Clock } from "../environment.ts";
import { createBoundedMap } from "../registry/boundedMap.ts";
import { createFlights } from "../registry/flights.ts";
import type { RegistryClient } from "../registry/registryClient.ts";
import { RegistryError } from "../registry/registryError.ts";
import { describeFailure } from "./failure.ts";
import {
  keyText,
  type Failed,
  type ManifestDetails,
  type ManifestKey,
  type TagList,
} from "./resolution.ts";

export interface SideQuestions {
  details(
    key: ManifestKey,
    options: { readonly signal: AbortSignal; readonly mayPull: boolean },
  ): Promise<ManifestDetails | Failed>;
  tags(
    registry: string,
    repository: string,
    options: { readonly signal: AbortSignal },
  ): Promise<TagList | Failed>;
  /** The repository's tags as far as they were read before; undefined if they were not. Asks nothing. */
  peekTags(registry: string, repository: string): TagList | undefined;
  /** Aborts all requests in flight; waiters are rejected with the reason. */
  abortAll(reason: Error): void;
  clear(): void;
}

interface KeptTags {
  readonly list: TagList | Failed;
  /** On the monotonic clock. */
  readonly at: number;
  readonly freshMs: number;
}

const tagsFreshMs = 10 * 60_000;
/** An older list is shown at once and asked for again behind the scenes. */
const tagsUsableMs = 24 * 60 * 60_000;
const maxKept = 200;

export function createSideQuestions(client: RegistryClient, clock: Clock): SideQuestions {
  const tags = createTagQuestions(client, clock);
  const details = createDetailQuestions(client, clock);
  return {
    tags: tags.ask,
    peekTags: tags.peek,
    details: details.ask,
    abortAll(reason) {
      tags.abortAll(reason);
      details.abortAll(reason);
    },
    clear() {
      tags.clear();
      details.clear();
    },
  };
}

const priority = (): "hover" => "hover";

interface SideQuestion<Ask> extends Pick<SideQuestions, "abortAll" | "clear"> {
  readonly ask: Ask;
}

function createTagQuestions(
  client: RegistryClient,
  clock: Clock,
): SideQuestion<SideQuestions["tags"]> & { readonly peek: SideQuestions["peekTags"] } {
  const kept = createBoundedMap<KeptTags>(maxKept);
  const flights = createFlights<TagList | Failed>();

  const askNow = async (key: ManifestKey, signal: AbortSignal): Promise<TagList | Failed> => {
    const list = await orFailed(key, { clock, client }, () =>
      client.listTags(key, { signal, priority, byPerson: false }),
    );
    const freshMs = "status" in list ? list.retryAt - clock.now() : tagsFreshMs;
    kept.set(keyText(key), { list, at: clock.monotonic(), freshMs });
    return list;
  };

  return {
    async ask(registry, repository, { signal }) {
      const key = { registry, repository, reference: "" };
      const text = keyText(key);
      const known = kept.get(text);
      const age = known === undefined ? Infinity : clock.monotonic() - known.at;
      if (known !== undefined && age < known.freshMs) return known.list;
      const start = (shared: AbortSignal): Promise<TagList | Failed> => askNow(key, shared);
      if (known === undefined || "status" in known.list || age > tagsUsableMs) {
        return flights.join(text, signal, start);
      }
      flights.join(text, new AbortController().signal, start).catch(() => undefined);
      return known.list;
    },
    peek(registry, repository) {
      const known = kept.get(keyText({ registry, repository, reference: "" }));
      if (known === undefined || "status" in known.list) return undefined;
      return clock.monotonic() - known.at > tagsUsableMs ? undefined : known.list;
    },
    abortAll: flights.abortAll,
    clear: () => kept.clear(),
  };
}

function createDetailQuestions(
  client: RegistryClient,
  clock: Clock,
): SideQuestion<SideQuestions["details"]> {
  const kept = createBoundedMap<ManifestDetails>(maxKept);
  const flights = createFlights<ManifestDetails | Failed>();
  return {
    async ask(key, { signal, mayPull }) {
      const text = keyText(key);
      const known = kept.get(text);
      if (known !== undefined) return known;
      return flights.join(`${text} ${String(mayPull)}`, signal, async (shared) => {
        const answer = await orFailed(key, { clock, client }, () =>
          client.readDetails(key, { signal: shared, priority, byPerson: true, mayPull }),
        );
        // Cached by digest only: a tag is looked up again.
        if (!("status" in answer)) kept.set(keyText({ ...key, reference: answer.digest }), answer);
        return answer;
      });
    },
    abortAll: flights.abortAll,
    clear: () => kept.clear(),
  };
}

async function orFailed<Value>(
  key: ManifestKey,
  { clock, client }: { readonly clock: Clock; readonly client: RegistryClient },
  ask: () => Promise<Value>,
): Promise<Value | Failed> {
  try {
    return await ask();
  } catch (failure) {
    if (!(failure instanceof RegistryError)) throw failure;
    const at = clock.now();
    const { error, waitMs } = describeFailure(failure, key, at);
    const retryAt = at + Math.max(waitMs, client.closedFor(key.registry));
    return { status: "failed", error, at, retryAt, last: undefined };
  }
}
