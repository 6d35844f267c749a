// The cluster's skip list: asked for where the user wants it and nothing nearer says which registries are skipped.

import type { Clock, Log, ReadClusterConfig } from "../environment.ts";
import { effectiveSkipList } from "../knative/skipList.ts";
import type { Settings } from "../settings.ts";
import type { Guard } from "./requests.ts";

export interface ClusterSkipList {
  /** The registries that the cluster skips; undefined while it was not asked or did not answer. */
  registries(): readonly string[] | undefined;
  /** Why the cluster did not answer, in English, for the log and the report; undefined if it did or was not asked. */
  problem(): string | undefined;
  /** Takes what decides whether it may be asked. */
  configure(settings: Settings, trusted: boolean): void;
  /** A manifest needs it: it is asked for, unless it was within the last minutes. */
  want(): void;
  /** What it said is asked for again. */
  refresh(): void;
  dispose(): void;
}

/** An answer holds this long, in milliseconds; a failure, too. */
const freshMs = 5 * 60_000;

/** @param changed is called when another list applies. */
export function createClusterSkipList(options: {
  readonly read: ReadClusterConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly guard: Guard;
  readonly changed: () => void;
}): ClusterSkipList {
  const { read, clock, log, guard } = options;
  let context: string | undefined;
  let askedAt: number | undefined;
  let registries: readonly string[] | undefined;
  let problem: string | undefined;
  let under = new AbortController();

  async function ask(from: string): Promise<void> {
    const { signal } = under;
    const answer = await read(from, signal);
    if (signal.aborted) return;
    const before = registries?.join();
    if (answer.kind === "config") {
      registries = [...effectiveSkipList(answer.settings).registries];
      problem = undefined;
    } else {
      registries = undefined;
      problem = `kubectl gave no config-deployment (${answer.reason})`;
      log("warning", problem);
    }
    if (registries?.join() !== before) options.changed();
  }
  function forget(): void {
    under.abort();
    under = new AbortController();
    askedAt = undefined;
  }
  return {
    registries: () => registries,
    problem: () => problem,
    configure({ cluster }, trusted) {
      const now = cluster.enabled && trusted ? cluster.context : undefined;
      if (now === context) return;
      context = now;
      registries = undefined;
      problem = undefined;
      forget();
    },
    want() {
      const from = context;
      const isFresh = askedAt !== undefined && clock.monotonic() - askedAt < freshMs;
      if (from === undefined || isFresh) return;
      askedAt = clock.monotonic();
      guard.background("cluster", () => ask(from));
    },
    refresh: forget,
    dispose: () => under.abort(),
  };
}
