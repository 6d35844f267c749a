// Requests in flight: one per key, shared by all callers that need it while it runs.

import { abortReason } from "./budget.ts";

export interface Flights<Value> {
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

interface Flight<Value> {
  readonly work: Promise<Value>;
  /** Rejects the work, whatever it is doing. */
  readonly end: (reason: Error) => void;
  readonly controller: AbortController;
  waiters: number;
}

export function createFlights<Value>(): Flights<Value> {
  const flights = new Map<string, Flight<Value>>();
  const onAbort = createAbortWatch();

  const open = (key: string, start: (signal: AbortSignal) => Promise<Value>): Flight<Value> => {
    const controller = new AbortController();
    let end: (reason: Error) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      end = reject;
    });
    const work = Promise.race([start(controller.signal), ended]).finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    // The waiters handle the rejection; without waiters it would be unhandled.
    work.catch(() => undefined);
    const flight: Flight<Value> = { work, end, controller, waiters: 0 };
    flights.set(key, flight);
    return flight;
  };

  return {
    join(key, signal, start) {
      if (signal.aborted) return Promise.reject(abortReason(signal));
      const flight = flights.get(key) ?? open(key, start);
      flight.waiters += 1;
      return new Promise<Value>((resolve, reject) => {
        const leave = (): void => {
          flight.waiters -= 1;
          reject(abortReason(signal));
          if (flight.waiters > 0) return;
          // A newcomer must not join work that is about to end.
          if (flights.get(key) === flight) flights.delete(key);
          flight.controller.abort(signal.reason);
        };
        const done = onAbort(signal, leave);
        flight.work.then(resolve, reject).finally(done);
      });
    },
    has: (key) => flights.has(key),
    abortAll(reason) {
      for (const flight of flights.values()) {
        flight.controller.abort(reason);
        flight.end(reason);
      }
      flights.clear();
    },
  };
}

/**
 * Calls when a signal aborts; the returned function takes it back. One signal may belong to
 * thousands of lookups, so each signal gets one listener.
 */
function createAbortWatch(): (signal: AbortSignal, call: () => void) => () => void {
  const watched = new WeakMap<AbortSignal, Set<() => void>>();
  return (signal, call) => {
    const calls = watched.get(signal) ?? new Set();
    if (!watched.has(signal)) {
      watched.set(signal, calls);
      const callAll = (): void => {
        for (const one of [...calls]) one();
      };
      signal.addEventListener("abort", callAll, { once: true });
    }
    calls.add(call);
    return () => void calls.delete(call);
  };
}
