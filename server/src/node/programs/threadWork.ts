// Work in a thread of its own: nothing waits for it, and it ends no process, whatever it takes.

import { parentPort, Worker, workerData } from "node:worker_threads";

/** What a piece of work may take; beyond that it is ended. */
export interface ThreadLimits {
  readonly milliseconds: number;
  /** Of the heap. */
  readonly megabytes: number;
}

/**
 * Runs one piece of work at a time.
 * @param file the program that the thread runs: it calls `answerInThread`
 * @returns what takes the work (a value that can be cloned) and resolves with what came of it; with undefined if it
 *   failed or took more than it may. Never rejects.
 */
export function createThreadWork(
  file: string,
  limits: ThreadLimits,
): (work: unknown) => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    // Where no thread can be started, the next one may be.
    last = last.then(() => runInThread(file, work, limits)).catch(() => undefined);
    return last;
  };
}

function runInThread(file: string, work: unknown, limits: ThreadLimits): Promise<unknown> {
  return new Promise((resolve) => {
    const worker = new Worker(file, {
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: limits.megabytes },
      // It needs nothing of this process, and standard output belongs to the protocol.
      ...{ env: {}, execArgv: [], argv: [], stdin: false, stdout: true, stderr: true },
    });
    const timer = setTimeout(() => void worker.terminate(), limits.milliseconds);
    let answer: unknown;
    worker.on("message", (message) => {
      answer = message;
    });
    // Too little memory is an error; the end follows it.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** In a thread of `createThreadWork`: does the work and hands over what came of it. */
export function answerInThread(run: (work: unknown) => unknown): void {
  parentPort?.postMessage(run(workerData));
}
