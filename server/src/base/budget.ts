// Time and cancellation of one lookup: what it may spend on the network, pauses, waits that end early.

import { TransportError, type Clock } from "../environment.ts";

/** The time that one lookup may spend on the network; waiting in our own queues is not counted. */
export interface Budget {
  /** Runs `work` with what is left, in milliseconds, and takes off what it used. */
  spend<Value>(work: (timeoutMs: number) => Promise<Value>): Promise<Value>;
  /** Milliseconds that are left. */
  left(): number;
}

/** A budget of `totalMs`; when it is used up, `spend` rejects with a timeout. */
export function createBudget(clock: Clock, totalMs: number): Budget {
  let left = totalMs;
  return {
    async spend(work) {
      if (left <= 0) throw timeout();
      const start = clock.monotonic();
      try {
        return await work(left);
      } finally {
        left -= clock.monotonic() - start;
      }
    },
    left: () => left,
  };
}

function timeout(): TransportError {
  return new TransportError("timeout", "the time for this lookup is used up");
}

/** The signal's reason as an error. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error("aborted");
}

/** `work`, or a rejection with the signal's reason as soon as it aborts. The work itself goes on. */
export function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) return Promise.reject(abortReason(signal));
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortReason(signal));
    signal.addEventListener("abort", abort, { once: true });
    const settled = (): void => signal.removeEventListener("abort", abort);
    work.then(resolve, reject).finally(settled);
  });
}

/** `work`, or a timeout after `milliseconds`, or a rejection when the signal aborts. The work itself goes on. */
export function within<Value>(
  work: Promise<Value>,
  milliseconds: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Value> {
  let cancel: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.schedule(milliseconds, () => reject(timeout()));
  });
  return unlessAborted(Promise.race([work, late]), signal).finally(cancel);
}

/** Resolves after `milliseconds`; rejects with the signal's reason when it aborts first. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  let cancel: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    cancel = clock.schedule(milliseconds, resolve);
  });
  return unlessAborted(over, signal).finally(cancel);
}
