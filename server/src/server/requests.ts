// Guards every request: a fault in one answers with its fallback, is logged, and ends nothing else.

import { ResponseError, type CancellationToken } from "vscode-languageserver";
import type { Log } from "../environment.ts";

export interface Guard {
  /** Runs a handler. Cancelled, or on a fault, the answer is the fallback. */
  run<Result>(
    name: string,
    token: CancellationToken,
    work: {
      readonly fallback: Result;
      readonly handle: (signal: AbortSignal) => Result | Promise<Result>;
    },
  ): Promise<Result>;
  /** Runs something nobody waits for; a fault is logged. */
  background(name: string, work: () => Promise<unknown>): void;
}

export function createGuard(log: Log): Guard {
  const report = (name: string, error: unknown): void => {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log("error", `${name} failed: ${words}`);
  };
  return {
    async run(name, token, { fallback, handle }) {
      const controller = new AbortController();
      if (token.isCancellationRequested) return fallback;
      const listener = token.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return await handle(controller.signal);
      } catch (error) {
        // A refusal in the protocol's own words is an answer.
        if (error instanceof ResponseError) throw error;
        if (!controller.signal.aborted) report(name, error);
        return fallback;
      } finally {
        listener.dispose();
      }
    },
    background(name, work) {
      // The call is inside, so that what it throws before its first await is caught, too.
      void (async () => {
        try {
          await work();
        } catch (error) {
          report(name, error);
        }
      })();
    },
  };
}
