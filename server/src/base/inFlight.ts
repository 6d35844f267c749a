// Requests in flight: one per key, shared by all callers that need it while it runs.

import { abortReason } from "./budget.ts";

export interface InFlight<Value> {
  /**
   * Joins the work that runs for `key`, or starts it. The promise rejects with the signal's reason as soon
   * as it aborts; the work itself is aborted only when the last who waits for it has left.
   */
  join(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value>;
  has(key: string): boolean;
  /** Aborts all requests in flight; waiters are rejected with the reason. */
  abortAll(reason: Error): void;
}

interface SharedWork<Value> {
  readonly work: Promise<Value>;
  /** Rejects the work, whatever it is doing. */
  readonly end: (reason: Error) => void;
  readonly controller: AbortController;
  waiters: number;
}

export function createInFlight<Value>(): InFlight<Value> {
  const running = new Map<string, SharedWork<Value>>();
  const onAbort = createAbortWatch();

  const open = (key: string, start: (signal: AbortSignal) => Promise<Value>): SharedWork<Value> => {
    const controller = new AbortController();
    let end: (reason: Error) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      end = reject;
    });
    const work = Promise.race([start(controller.signal), ended]).finally(() => {
      if (running.get(key) === shared) running.delete(key);
    });
    // The waiters handle the rejection; without waiters it would be unhandled.
    work.catch(() => undefined);
    const shared: SharedWork<Value> = { work, end, controller, waiters: 0 };
    running.set(key, shared);
    return shared;
  };

  return {
    join(key, signal, start) {
      if (signal.aborted) return Promise.reject(abortReason(signal));
      const shared = running.get(key) ?? open(key, start);
      shared.waiters += 1;
      return new Promise<Value>((resolve, reject) => {
        const leave = (): void => {
          shared.waiters -= 1;
          reject(abortReason(signal));
          if (shared.waiters > 0) return;
          // A newcomer must not join work that is about to end.
          if (running.get(key) === shared) running.delete(key);
          shared.controller.abort(signal.reason);
        };
        const done = onAbort(signal, leave);
        shared.work.then(resolve, reject).finally(done);
      });
    },
    has: (key) => running.has(key),
    abortAll(reason) {
      for (const shared of running.values()) {
        shared.controller.abort(reason);
        shared.end(reason);
      }
      running.clear();
    },
  };
}

/** The one listener of a signal, and whom it calls. */
interface AbortWatch {
  readonly calls: Set<() => void>;
  readonly stop: () => void;
}

/**
 * Calls when a signal aborts; the returned function takes it back. One signal may belong to thousands of lookups, so
 * each signal gets one listener. The listener leaves with the last lookup: a signal may outlive what is looked up.
 */
function createAbortWatch(): (signal: AbortSignal, call: () => void) => () => void {
  const watched = new WeakMap<AbortSignal, AbortWatch>();
  const watch = (signal: AbortSignal): AbortWatch => {
    const calls = new Set<() => void>();
    const callAll = (): void => {
      for (const one of [...calls]) one();
    };
    signal.addEventListener("abort", callAll, { once: true });
    const stop = (): void => {
      watched.delete(signal);
      signal.removeEventListener("abort", callAll);
    };
    const started = { calls, stop };
    watched.set(signal, started);
    return started;
  };
  return (signal, call) => {
    const { calls, stop } = watched.get(signal) ?? watch(signal);
    calls.add(call);
    return () => {
      calls.delete(call);
      if (calls.size === 0) stop();
    };
  };
}
