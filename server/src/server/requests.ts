// Guards every request: a fault in one answers with its fallback, is logged, and ends nothing else.

import type { CancellationToken } from "vscode-languageserver";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "./lspLibrary.ts";
import type { Log } from "../environment.ts";
import { stackOf } from "./log.ts";

export interface Guard {
  /**
   * Runs a handler; on a fault the answer is the fallback. What is cancelled is refused as such, so that no client
   * takes an empty answer for the truth.
   */
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
  /** The client said `shutdown`: whatever it asks from now on is refused. */
  shutDown(): void;
}

export function createGuard(log: Log): Guard {
  const report = (name: string, error: unknown): void => {
    log("error", `${name} failed: ${stackOf(error)}`);
  };
  const cancelled = (name: string): ResponseError =>
    new ResponseError(LSPErrorCodes.RequestCancelled, `Cancelled: ${name}`);
  let isShutDown = false;
  return {
    async run(name, token, { fallback, handle }) {
      if (isShutDown) throw new ResponseError(ErrorCodes.InvalidRequest, "The server is shut down");
      const controller = new AbortController();
      if (token.isCancellationRequested) throw cancelled(name);
      const listener = token.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return await handle(controller.signal);
      } catch (error) {
        // A refusal in the protocol's own words is an answer.
        if (error instanceof ResponseError) throw error;
        if (controller.signal.aborted) throw cancelled(name);
        // Somebody has ended it by its progress: the request itself goes on to its end.
        if (!isAbort(error)) report(name, error);
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
    shutDown() {
      isShutDown = true;
    },
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
