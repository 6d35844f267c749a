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
  /** The most for one host, which is reached only when many wait for it. */
  readonly perHost: number;
  readonly total: number;
}

/** What a host is sent at once as long as few wait for it. */
const usualPerHost = 6;
/** Where more than this wait for a host, asking a few more at once is kinder than waiting long. */
const manyWaiting = 20;

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
  /** Undefined: that of hosts. */
  readonly limit: number | undefined;
  readonly start: () => void;
}

/** undici's own queue does not let go of a cancelled request, so nothing waits there. */
export function createRequestQueue(limits: () => QueueLimits): RequestQueue {
  const places = createPlaces(limits);
  return {
    async run(host, { priority, signal, limit }, task) {
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

function createPlaces(limits: () => QueueLimits): Places {
  const running = new Map<string, number>();
  const waitingFor = new Map<string, number>();
  let total = 0;
  let waiting: readonly Waiting[] = [];

  const hasRoom = ({ host, limit }: Waiting, perHost: number): boolean => {
    const many = (waitingFor.get(host) ?? 0) > manyWaiting;
    const room = limit ?? (many ? perHost : Math.min(perHost, usualPerHost));
    return (running.get(host) ?? 0) < room;
  };

  /** The newest of the most urgent ones that have room: what was asked last is what a person looks at. */
  const next = (): Waiting | undefined => {
    const { perHost, total: most } = limits();
    if (total >= most) return undefined;
    let best: Waiting | undefined;
    let bestRank = order.length;
    for (let index = waiting.length - 1; index >= 0 && bestRank > 0; index -= 1) {
      const one = waiting[index];
      const rank = one === undefined ? order.length : order.indexOf(one.priority());
      if (one === undefined || rank >= bestRank || !hasRoom(one, perHost)) continue;
      best = one;
      bestRank = rank;
    }
    return best;
  };

  const fill = (): void => {
    for (let one = next(); one !== undefined; one = next()) {
      const { host, start } = one;
      leave(one);
      total += 1;
      count(running, host, 1);
      start();
    }
  };

  const leave = (one: Waiting): void => {
    if (!waiting.includes(one)) return;
    waiting = waiting.filter((other) => other !== one);
    count(waitingFor, one.host, -1);
  };

  return {
    enter(one) {
      waiting = [...waiting, one];
      count(waitingFor, one.host, 1);
      fill();
    },
    leave,
    free(host) {
      total -= 1;
      count(running, host, -1);
      fill();
    },
  };
}

function count(counts: Map<string, number>, host: string, change: 1 | -1): void {
  const value = (counts.get(host) ?? 0) + change;
  if (value === 0) counts.delete(host);
  else counts.set(host, value);
}
