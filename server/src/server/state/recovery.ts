// Looks failed lookups of what is in sight up again: when their wait ends, and when something says that they may do
// better now. Nothing is sent on a key, and what is not in sight waits until it is.

import type { TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Clock } from "../../environment.ts";
import type { Answer, ImageState } from "../../findings/imageState.ts";
import type { Failed } from "../../resolver/resolution.ts";
import {
  hasAnsweredSince,
  isFailed,
  isUnreachable,
  mayBetter,
  type FailedAnswer,
} from "./failedLookups.ts";
import type { Answers } from "../outside.ts";

export interface Recovery {
  /** What is known, or what is in sight, has changed: plans the next lookup of each open document. */
  changed(): void;
  /** The user is back: what failed some time ago is looked up again now. */
  again(): void;
  closed(uri: string): void;
  dispose(): void;
}

/** Many answers arrive together: plans are made once for all of them, after this many milliseconds. */
const coalesceMs = 250;
/** How often it is looked whether credentials or the network changed, while something waits for that. No request. */
const watchMs = 5000;
/** A failure younger than this is not looked up again when the user comes back. */
const recentMs = 5000;

/**
 * @param options.inSight the images of an open document that the user sees, or all where nobody says what is seen.
 * @param options.isAutomatic whether a document's images may be looked up without being asked for.
 * @param options.networkStamp another string means that the network changed.
 */
export function createRecovery(options: {
  readonly answers: Pick<Answers, "prefetch" | "resolve">;
  readonly clock: Clock;
  readonly documents: Pick<TextDocuments<TextDocument>, "all">;
  readonly inSight: (uri: string) => readonly ImageState[];
  readonly isAutomatic: (uri: string) => boolean;
  readonly networkStamp: () => string;
}): Recovery {
  const { answers, clock, documents, inSight } = options;
  /** One timer for each open document with failures in sight. */
  const timers = new Map<string, () => void>();
  let planning: (() => void) | undefined;
  let network = options.networkStamp();

  function lookUpNow(failed: readonly FailedAnswer[], before: number): void {
    const { signal } = new AbortController();
    for (const answer of failed.filter((each) => mayBetter(each, before))) {
      const fresh = { signal, priority: "visible", fresh: true } as const;
      // Its failure is an answer like any other; it is rejected only when the server ends.
      answers.resolve(answer.key, fresh).catch(() => undefined);
    }
  }
  function plan(uri: string, shortestMs = coalesceMs): void {
    timers.get(uri)?.();
    timers.delete(uri);
    if (!options.isAutomatic(uri)) return;
    const all = answersOf(inSight(uri));
    const failed = all.filter(isFailed);
    if (failed.length === 0) return;
    const answering = failed.filter((answer) => hasAnsweredSince(answer, all));
    lookUpNow(answering, clock.now());
    const wait = Math.max(nextWait(failed, clock.now()), shortestMs);
    const later = clock.schedule(wait, () => check(uri));
    timers.set(uri, later);
  }
  function check(uri: string): void {
    timers.delete(uri);
    const failed = answersOf(inSight(uri)).filter(isFailed);
    const stamp = options.networkStamp();
    if (stamp !== network) {
      network = stamp;
      lookUpNow(
        failed.filter(({ resolution }) => isUnreachable(resolution)),
        clock.now(),
      );
    }
    // Asks for what has waited long enough, and for what was denied with other credentials than there are now.
    answers.prefetch(
      failed.map(({ key }) => key),
      "visible",
    );
    // Until an answer comes, the failure is still there with its wait over.
    plan(uri, watchMs);
  }
  function planAll(): void {
    planning = undefined;
    for (const { uri } of documents.all()) plan(uri);
  }
  return {
    changed() {
      planning ??= clock.schedule(coalesceMs, planAll);
    },
    again() {
      const before = clock.now() - recentMs;
      for (const { uri } of documents.all()) {
        if (options.isAutomatic(uri)) lookUpNow(answersOf(inSight(uri)).filter(isFailed), before);
      }
    },
    closed(uri) {
      timers.get(uri)?.();
      timers.delete(uri);
    },
    dispose() {
      planning?.();
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

/** Milliseconds until the first of some failures is looked at again. */
function nextWait(failed: readonly FailedAnswer[], now: number): number {
  const waits = failed.map(({ resolution }) => {
    const wait = Math.max(resolution.retryAt - now, 0);
    return isWatched(resolution) ? Math.min(wait, watchMs) : wait;
  });
  return waits.reduce((least, wait) => Math.min(least, wait), Infinity);
}

function answersOf(states: readonly ImageState[]): Answer[] {
  return states.flatMap(({ tag, pin }) => [tag, pin]).filter((answer) => answer !== undefined);
}

/** Whether something on this machine may end the failure before its time: credentials, a network. */
function isWatched(failed: Failed): boolean {
  return isUnreachable(failed) || failed.error.kind === "access-denied";
}
