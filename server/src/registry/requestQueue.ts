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
  const places = createPlaces(() => limits().total);
  return {
    async run(host, { priority, signal, limit = limits().perHost }, task) {
      if (signal.aborted) throw abortReason(signal);
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => {
          places.leave(one);
          reject(abortReason(signal));
        };
        const start = (): void => {
          signal.removeEventListener("abort", leave);
          resolve();
        };
        const one: Waiting = { host, priority, limit, start };
        signal.addEventListener("abort", leave, { once: true });
        places.enter(one);
      });
      try {
        return await task();
      } finally {
        places.free(host);
      }
    },
  };
}

interface Places {
  /** Waits for a place; `start` is called when it is there, perhaps at once. */
  enter(one: Waiting): void;
  leave(one: Waiting): void;
  free(host: string): void;
}

function createPlaces(most: () => number): Places {
  const running = new Map<string, number>();
  let total = 0;
  let waiting: readonly Waiting[] = [];

  const hasRoom = ({ host, limit }: Waiting): boolean =>
    total < most() && (running.get(host) ?? 0) < limit;

  /** The newest of the most urgent ones that have room: what was asked last is what a person looks at. */
  const next = (): Waiting | undefined => {
    for (const priority of order) {
      const found = waiting.findLast((one) => one.priority() === priority && hasRoom(one));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const fill = (): void => {
    for (let one = next(); one !== undefined; one = next()) {
      const { host, start } = one;
      leave(one);
      total += 1;
      running.set(host, (running.get(host) ?? 0) + 1);
      start();
    }
  };

  const leave = (one: Waiting): void => {
    waiting = waiting.filter((other) => other !== one);
  };

  return {
    enter(one) {
      waiting = [...waiting, one];
      fill();
    },
    leave,
    free(host) {
      total -= 1;
      running.set(host, (running.get(host) ?? 0) - 1);
      if (running.get(host) === 0) running.delete(host);
      fill();
    },
  };
}
