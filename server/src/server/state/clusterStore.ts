// What a cluster said: asked for where the user wants it, kept for some minutes, each namespace by itself.

import {
  askConfig,
  askNamespace,
  resourceKey,
  type Asking,
  type ClusterTarget,
  type NamespaceAnswer,
} from "../../cluster/askCluster.ts";
import type { ClusterConfig } from "../../cluster/answers/config.ts";
import type { ClusterFailure } from "../../cluster/clusterFailure.ts";
import { clusterKnown, type ClusterKnown } from "../../cluster/clusterKnown.ts";
import type { Clock, Log, RunKubectl } from "../../environment.ts";
import { skipListOf } from "../../knative/skipList/skipList.ts";
import { createBoundedMap } from "../../base/boundedMap.ts";
import type { Settings } from "../../settings.ts";
import type { Guard } from "../requests.ts";

export interface ClusterStore {
  /** What is known now; undefined while no cluster may be asked. The same object until something changes. */
  known(): ClusterKnown | undefined;
  /** Grows with each answer that says something else. */
  generation(): number;
  /** The registries that the cluster skips; undefined while it was not asked or did not answer. */
  registries(): readonly string[] | undefined;
  /** Why the cluster did not answer; undefined if it did or was not asked. */
  failure(): ClusterFailure | undefined;
  /** Whether the user wants a cluster to be asked, and trusts the workspace. */
  mayAsk(): boolean;
  /** Takes what decides that. */
  configure(settings: Settings, trusted: boolean): void;
  /** The user wants to compare in this session, whatever the setting says. @returns false without trust */
  turnOn(): boolean;
  /** The open manifests need these: what is not known, or no longer fresh, is asked for. */
  prefetch(targets: readonly ClusterTarget[]): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<unknown>;
  /** What it said is asked for again. */
  refresh(): void;
  dispose(): void;
}

/** An answer holds this long, in milliseconds; a failure, too. */
const freshMs = 5 * 60_000;
/** Namespaces that are kept; the one that was asked longest ago goes first. */
const maxNamespaces = 32;

/** @param changed is called when an answer says something else. */
export function createClusterStore(options: {
  readonly run: RunKubectl;
  readonly clock: Clock;
  readonly log: Log;
  readonly guard: Guard;
  readonly changed: () => void;
}): ClusterStore {
  const { run, clock } = options;
  let setting = { enabled: false, context: "", trusted: false };
  let isTurnedOn = false;
  let generation = 0;
  let known: ClusterKnown | undefined;
  let registries: readonly string[] | undefined;
  let under = new AbortController();

  const mayAsk = (): boolean => setting.trusted && (setting.enabled || isTurnedOn);
  const asking = (): Asking => ({
    ...{ run, clock, context: setting.context, signal: under.signal },
    wantsPullSecrets: true,
  });
  function tell(): void {
    generation += 1;
    const answer = configs.peek("");
    const config = answer?.kind === "config" ? answer : undefined;
    registries = config && [...skipListOf(config.settings).registries];
    known = mayAsk() ? clusterKnown(setting.context, config, namespaces.peek) : undefined;
    options.changed();
  }
  const configs = createAnswers<ClusterConfig | ClusterFailure>(options, tell);
  const namespaces = createAnswers<NamespaceAnswer>(options, tell);
  function forget(): void {
    under.abort();
    under = new AbortController();
    configs.clear();
    namespaces.clear();
    [known, registries] = [undefined, undefined];
    generation += 1;
  }
  return {
    mayAsk,
    known: () => known,
    generation: () => generation,
    registries: () => registries,
    failure: () =>
      [...configs.all(), ...namespaces.all()].find(
        (answer): answer is ClusterFailure => answer.kind === "failed",
      ),
    configure({ cluster }, trusted) {
      const before = [mayAsk(), setting.context].join();
      setting = { ...cluster, trusted };
      if ([mayAsk(), setting.context].join() !== before) forget();
    },
    turnOn() {
      isTurnedOn = true;
      return mayAsk();
    },
    prefetch(targets) {
      if (!mayAsk()) return;
      configs.prefetch({
        name: "",
        about: "",
        signal: under.signal,
        ask: () => askConfig(asking()),
      });
      for (const name of new Set(targets.map(({ namespace }) => namespace))) {
        const own = targets.filter(({ namespace }) => namespace === name);
        const ask = (): Promise<NamespaceAnswer> => askNamespace(name, own, asking());
        const about = own.map(resourceKey).sort().join();
        namespaces.prefetch({ name, about, signal: under.signal, ask });
      }
    },
    settled: () => Promise.all([configs.settled(), namespaces.settled()]),
    refresh() {
      configs.expire();
      namespaces.expire();
    },
    dispose() {
      under.abort();
    },
  };
}

interface Kept<Answer> {
  readonly answer: Answer | undefined;
  readonly askedAt: number;
  /** What it was asked about. */
  readonly about: string;
}

interface Lookup<Answer> {
  readonly name: string;
  readonly about: string;
  /** Aborted when the answer is of no use any more. */
  readonly signal: AbortSignal;
  readonly ask: () => Promise<Answer>;
}

interface KeptAnswers<Answer> {
  readonly peek: (name: string) => Answer | undefined;
  all(): Answer[];
  /** Asks, unless the same was asked within the last minutes. */
  prefetch(lookup: Lookup<Answer>): void;
  settled(): Promise<unknown>;
  /** What is kept is asked for again when it is lookup. */
  expire(): void;
  clear(): void;
}

/** Keeps the answers to one kind of question. @param news is called when one says something else */
function createAnswers<Answer extends NamespaceAnswer | ClusterConfig>(
  { clock, log, guard }: { readonly clock: Clock; readonly log: Log; readonly guard: Guard },
  news: () => void,
): KeptAnswers<Answer> {
  const kept = createBoundedMap<Kept<Answer>>(maxNamespaces);
  const running = new Set<Promise<unknown>>();
  async function ask({ name, about, signal, ask: question }: Lookup<Answer>): Promise<void> {
    const before = kept.get(name)?.answer;
    const askedAt = clock.monotonic();
    kept.set(name, { answer: before, askedAt, about });
    const answer = await question();
    if (signal.aborted) return;
    kept.set(name, { answer, askedAt, about });
    if (answer.kind === "failed") log("warning", `the cluster was not read (${answer.failure})`);
    if (comparable(answer) !== comparable(before)) news();
  }
  return {
    peek: (name) => kept.get(name)?.answer,
    all: () => kept.values().flatMap(({ answer }) => answer ?? []),
    prefetch(lookup) {
      const last = kept.get(lookup.name);
      const isFresh = last !== undefined && clock.monotonic() - last.askedAt < freshMs;
      if (isFresh && last.about === lookup.about) return;
      const work = ask(lookup);
      running.add(work);
      guard.background("cluster", () => work.finally(() => running.delete(work)));
    },
    settled: () => Promise.allSettled(running),
    expire() {
      for (const [name, entry] of kept.entries()) kept.set(name, { ...entry, askedAt: -Infinity });
    },
    clear() {
      kept.clear();
    },
  };
}

/**
 * What an answer says, as a text: Maps say nothing as JSON, and the time of an answer is not a change, unless it tells for
 * how long a lookup has been stuck.
 */
function comparable(answer: ClusterConfig | NamespaceAnswer | undefined): string | undefined {
  const plain = (key: string, value: unknown): unknown =>
    key === "askedAt" ? undefined : value instanceof Map ? [...value] : value;
  const text = JSON.stringify(answer, plain) as string | undefined;
  const isTimed = answer?.kind === "facts" && text?.includes('"ResolvingDigests"') === true;
  return isTimed ? `${text} ${answer.askedAt}` : text;
}
