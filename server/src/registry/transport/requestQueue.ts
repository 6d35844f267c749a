// Our own queue of requests: few at a time, the most urgent first, and cancelled ones leave at once.

import { abortReason } from "../../base/budget.ts";

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
/** With more than this waiting for a host, a few more parallel requests are better than a long wait. */
const manyWaiting = 20;

export interface RequestQueue {
  /**
   * Runs `task` when a place is free. Rejects with the signal's reason as soon as it aborts while waiting;
   * a running task minds the signal itself.
   */
  run<Value>(
    host: string,
    options: {
      /** Read at each choice: it can rise while the task waits. */
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
  /** By host, so that a host without room costs nothing, however many wait for it. */
  const waiting = new Map<string, Waiting[]>();
  let total = 0;

  /** What waits for the host and has room: the newest of the most urgent, which a person looks at. */
  const candidate = (host: string, perHost: number): Waiting | undefined => {
    const line = waiting.get(host) ?? [];
    const room = line.length > manyWaiting ? perHost : Math.min(perHost, usualPerHost);
    const busy = running.get(host) ?? 0;
    let best: Waiting | undefined;
    for (const one of line.toReversed()) {
      if (busy >= (one.limit ?? room) || rankOf(one) >= rankOf(best)) continue;
      best = one;
      if (rankOf(best) === 0) break;
    }
    return best;
  };

  const next = (): Waiting | undefined => {
    const { perHost, total: most } = limits();
    if (total >= most) return undefined;
    let best: Waiting | undefined;
    for (const [host] of waiting) {
      if ((running.get(host) ?? 0) >= perHost) continue;
      const one = candidate(host, perHost);
      if (rankOf(one) < rankOf(best)) best = one;
    }
    return best;
  };

  const fill = (): void => {
    for (let one = next(); one !== undefined; one = next()) {
      leave(one);
      total += 1;
      running.set(one.host, (running.get(one.host) ?? 0) + 1);
      one.start();
    }
  };

  const leave = (one: Waiting): void => {
    const line = (waiting.get(one.host) ?? []).filter((other) => other !== one);
    if (line.length === 0) waiting.delete(one.host);
    else waiting.set(one.host, line);
  };

  return {
    enter(one) {
      const line = waiting.get(one.host);
      if (line === undefined) waiting.set(one.host, [one]);
      else line.push(one);
      fill();
    },
    leave,
    free(host) {
      const left = (running.get(host) ?? 1) - 1;
      total -= 1;
      if (left === 0) running.delete(host);
      else running.set(host, left);
      fill();
    },
  };
}

/** The lower, the more urgent; nothing is least urgent. */
function rankOf(one: Waiting | undefined): number {
  return one === undefined ? order.length : order.indexOf(one.priority());
}
