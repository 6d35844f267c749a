// Our own queue of requests: few at a time, the most urgent first, and cancelled ones leave at once.

import { abortReason } from "./budget.ts";

/** `hover`: a person waits; `visible`: a person may look at it; `rest`: everything else. */
export type Priority = "hover" | "visible" | "rest";

const order: readonly Priority[] = ["hover", "visible", "rest"];

/** The most urgent of several. */
export function mostUrgent(priorities: readonly Priority[]): Priority {
  return order.find((one) => priorities.includes(one)) ?? "rest";
}

export interface QueueLimits {
  readonly perHost: number;
  readonly total: number;
}

export interface RequestQueue {
  /**
   * Runs `task` when a place is free. Rejects with the signal's reason as soon as it aborts while waiting;
   * a running task minds the signal itself.
   */
  run<Value>(
    host: string,
    options: {
      /** Asked anew at each choice: it can rise while the task waits. */
      readonly priority: () => Priority;
      readonly signal: AbortSignal;
      readonly limit?: number;
    },
    task: () => Promise<Value>,
  ): Promise<Value>;
}

interface Waiting {
  readonly host: string;
  readonly priority: () => Priority;
  readonly limit: number;
  readonly start: () => void;
}

/** undici's own queue does not let go of a cancelled request, so nothing waits there. */
export function createRequestQueue(limits: () => QueueLimits): RequestQueue {
  const running = new Map<string, number>();
  let total = 0;
  let waiting: Waiting[] = [];

  const hasRoom = ({ host, limit }: Waiting): boolean =>
    total < limits().total && (running.get(host) ?? 0) < limit;

  /** The newest of the most urgent ones that have room: what was asked last is what a person looks at. */
  const next = (): Waiting | undefined => {
    for (const priority of order) {
      const found = waiting.findLast((one) => one.priority() === priority && hasRoom(one));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const startNext = (): void => {
    for (let one = next(); one !== undefined; one = next()) {
      const started = one;
      waiting = waiting.filter((other) => other !== started);
      occupy(started.host, 1);
      started.start();
    }
  };

  const occupy = (host: string, change: 1 | -1): void => {
    total += change;
    const count = (running.get(host) ?? 0) + change;
    if (count === 0) running.delete(host);
    else running.set(host, count);
  };

  return {
    async run(host, { priority, signal, limit = limits().perHost }, task) {
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => {
          waiting = waiting.filter((other) => other !== place);
          reject(abortReason(signal));
        };
        const start = (): void => {
          signal.removeEventListener("abort", leave);
          resolve();
        };
        const place: Waiting = { host, priority, limit, start };
        if (signal.aborted) {
          leave();
          return;
        }
        signal.addEventListener("abort", leave, { once: true });
        waiting.push(place);
        startNext();
      });
      try {
        return await task();
      } finally {
        occupy(host, -1);
        startNext();
      }
    },
  };
}
