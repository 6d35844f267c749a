// A deadline that holds whatever undici is doing.

import { TransportError } from "../../environment.ts";
import { toTransportError } from "./transportErrors.ts";

/**
 * Rejects when the time is over or the signal aborts, whatever undici is doing: it minds neither while it
 * connects. The request that is left behind ends with its connection's own deadline.
 */
export async function withDeadline<Value>(
  request: { readonly timeoutMs: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  let stop: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      reject(new TransportError("timeout", "no answer in time"));
    }, request.timeoutMs);
    const abort = (): void => reject(toError(request.signal.reason));
    request.signal.addEventListener("abort", abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      request.signal.removeEventListener("abort", abort);
    };
  });
  const working = work(controller.signal);
  working.catch(() => undefined);
  try {
    return await Promise.race([working, ended]);
  } catch (error) {
    controller.abort();
    throw request.signal.aborted ? toError(request.signal.reason) : toTransportError(error);
  } finally {
    stop();
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("aborted");
}
