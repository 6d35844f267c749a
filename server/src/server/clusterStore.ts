// What a cluster said: asked for where the user wants it, kept for some minutes, each namespace by itself.

import {
  askConfig,
  askNamespace,
  type ClusterTarget,
  type NamespaceAnswer,
} from "../cluster/askCluster.ts";
import type { ClusterConfig } from "../cluster/clusterAnswers.ts";
import type { ClusterFailure } from "../cluster/clusterFailure.ts";
import { clusterKnown, type ClusterKnown } from "../cluster/clusterKnown.ts";
import type { Clock, Log, RunKubectl } from "../environment.ts";
import { effectiveSkipList } from "../knative/skipList.ts";
import type { Settings } from "../settings.ts";
import type { Guard } from "./requests.ts";

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
  want(targets: readonly ClusterTarget[]): void;
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

interface Kept<Answer> {
  readonly answer: Answer | undefined;
  readonly askedAt: number;
  /** What it was asked about. */
  readonly about: string;
}

/** @param changed is called when an answer says something else. */
export function createClusterStore(options: {
  readonly run: RunKubectl;
  readonly clock: Clock;
  readonly log: Log;
  readonly guard: Guard;
  readonly changed: () => void;
}): ClusterStore {
  const { run, clock, log, guard } = options;
  let setting: { readonly enabled: boolean; readonly context: string; readonly trusted: boolean } =
    {
      ...{ enabled: false, context: "", trusted: false },
    };
  let isTurnedOn = false;
  let config: Kept<ClusterConfig | ClusterFailure> | undefined;
  const namespaces = new Map<string, Kept<NamespaceAnswer>>();
  let generation = 0;
  let known: ClusterKnown | undefined;
  let registries: readonly string[] | undefined;
  let under = new AbortController();
  const running = new Set<Promise<unknown>>();

  function mayAsk(): boolean {
    return setting.trusted && (setting.enabled || isTurnedOn);
  }
  function tell(): void {
    generation += 1;
    const { answer } = config ?? {};
    const said = answer?.kind === "config" ? answer : undefined;
    registries = said && [...effectiveSkipList(said.settings).registries];
    known = mayAsk()
      ? clusterKnown(setting.context, said, (name) => namespaces.get(name)?.answer)
      : undefined;
    options.changed();
  }
  function forget(): void {
    under.abort();
    under = new AbortController();
    config = undefined;
    namespaces.clear();
    known = undefined;
    registries = undefined;
  }
  function isFresh(kept: Kept<unknown> | undefined, about: string): boolean {
    return kept !== undefined && kept.about === about && clock.monotonic() - kept.askedAt < freshMs;
  }
  /** Asks, and keeps the answer unless what decides has changed in the meantime. */
  function ask<Answer extends { readonly kind: string }>(
    about: string,
    question: (signal: AbortSignal) => Promise<Answer>,
    slot: { get: () => Kept<Answer> | undefined; set: (kept: Kept<Answer>) => void },
  ): void {
    const { signal } = under;
    const before = slot.get()?.answer;
    const askedAt = clock.monotonic();
    slot.set({ answer: before, askedAt, about });
    const work = (async () => {
      const answer = await question(signal);
      if (signal.aborted) return;
      slot.set({ answer, askedAt, about });
      if ("failure" in answer)
        log("warning", `the cluster was not read (${String(answer.failure)})`);
      if (comparable(answer) !== comparable(before)) tell();
    })();
    running.add(work);
    guard.background("cluster", () => work.finally(() => running.delete(work)));
  }
  function asking(signal: AbortSignal) {
    return { run, context: setting.context, signal, clock };
  }
  function wantConfig(): void {
    if (isFresh(config, "")) return;
    ask("", (signal) => askConfig(asking(signal)), {
      get: () => config,
      set: (kept) => void (config = kept),
    });
  }
  function wantNamespace(name: string, targets: readonly ClusterTarget[]): void {
    const about = targets
      .map(({ kind, name: own }) => `${kind} ${own}`)
      .sort()
      .join();
    if (isFresh(namespaces.get(name), about)) return;
    ask(about, (signal) => askNamespace(name, targets, asking(signal)), {
      get: () => namespaces.get(name),
      set(kept) {
        namespaces.delete(name);
        namespaces.set(name, kept);
        const [oldest] = namespaces.keys();
        if (namespaces.size > maxNamespaces && oldest !== undefined) namespaces.delete(oldest);
      },
    });
  }
  return {
    mayAsk,
    known: () => known,
    generation: () => generation,
    registries: () => registries,
    failure() {
      const answers = [config?.answer, ...[...namespaces.values()].map(({ answer }) => answer)];
      return answers.find((answer) => answer?.kind === "failed");
    },
    configure({ cluster }, trusted) {
      const before = JSON.stringify([mayAsk(), setting.context]);
      setting = { ...cluster, trusted };
      if (JSON.stringify([mayAsk(), setting.context]) === before) return;
      forget();
      generation += 1;
    },
    turnOn() {
      isTurnedOn = true;
      return mayAsk();
    },
    want(targets) {
      if (!mayAsk()) return;
      wantConfig();
      for (const name of new Set(targets.map(({ namespace }) => namespace))) {
        wantNamespace(
          name,
          targets.filter(({ namespace }) => namespace === name),
        );
      }
    },
    settled: () => Promise.allSettled(running),
    refresh() {
      const old = <Answer>(kept: Kept<Answer>): Kept<Answer> => ({ ...kept, askedAt: -Infinity });
      if (config !== undefined) config = old(config);
      for (const [name, kept] of namespaces) namespaces.set(name, old(kept));
    },
    dispose() {
      under.abort();
    },
  };
}

/** What an answer says, as a text: Maps say nothing as JSON, and the time of an answer is no news. */
function comparable(answer: object | undefined): string | undefined {
  const plain = (key: string, value: unknown): unknown =>
    key === "askedAt" ? undefined : value instanceof Map ? [...value] : value;
  return JSON.stringify(answer, plain);
}
